// Strict reading of JSON: one value with its file and path, asked for by what it must be.
//
// Shape    JsonDocument owns the text's values; JsonValue and JsonObject are views into it.
// Units    none.
// Sign     none.
// Range    numbers are finite; nesting at most json_depth_max.
// Errors   FileError: malformed text and duplicate keys with line and column, everything else
//          with its path: wrong types, missing, unknown and repeated names, values out of range.
// Threads  values.
// Cost     cold.
// Source   RFC 8259; docs/formats.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "margingate/units.hpp"

namespace margingate::io {

inline constexpr std::size_t json_depth_max = 32;

class JsonObject;

class JsonValue {
 public:
  JsonValue(const std::string& file, std::string path, const nlohmann::json& json);

  [[nodiscard]] std::string text() const;  // not empty
  [[nodiscard]] double number() const;     // finite
  [[nodiscard]] double number_in(double low, double high) const;
  [[nodiscard]] double positive_number() const;
  [[nodiscard]] std::int64_t integer_in(std::int64_t low, std::int64_t high) const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] Timestamp time() const;  // ISO 8601 UTC
  [[nodiscard]] std::vector<JsonValue> array() const;
  // Position of the text in the list of what is allowed.
  [[nodiscard]] std::size_t one_of(std::span<const std::string_view> names) const;
  // Hands out the members; afterwards any key that was not asked for is an error.
  void object(const std::function<void(JsonObject&)>& read) const;

  [[noreturn]] void fail(const std::string& expected) const;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  friend class JsonObject;
  [[noreturn]] void fail_type(const std::string& expected) const;

  const std::string* file_;
  std::string path_;
  const nlohmann::json* json_;
};

class JsonObject {
 public:
  explicit JsonObject(const JsonValue& value) : value_(value) {}

  [[nodiscard]] JsonValue required(const std::string& key);
  [[nodiscard]] std::optional<JsonValue> optional(const std::string& key);
  // Keys in alphabetical order, for objects whose keys are names.
  [[nodiscard]] std::vector<std::string> keys() const;
  [[noreturn]] void fail(const std::string& expected) const { value_.fail(expected); }

  void refuse_unknown_keys() const;

 private:
  JsonValue value_;
  std::vector<std::string> asked_;
};

class JsonDocument {
 public:
  // file names the text in errors.
  JsonDocument(std::string file, std::string_view text);
  ~JsonDocument();
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  [[nodiscard]] JsonValue root() const;
  [[nodiscard]] const std::string& file() const noexcept { return file_; }

 private:
  std::string file_;
  std::unique_ptr<nlohmann::json> json_;
};

}  // namespace margingate::io
