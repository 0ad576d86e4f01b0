// The parameter reader of the models over one object of a JSON text.
//
// Shape    a view into a JsonObject; nested objects get readers of their own.
// Units    none.
// Sign     none.
// Range    as the caller states.
// Errors   FileError.
// Threads  single-threaded.
// Cost     cold.
// Source   docs/formats.md, "parameter files".
#pragma once

#include <string>
#include <vector>

#include "io/json_value.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::io {

class JsonParameterReader final : public models::ParameterReader {
 public:
  explicit JsonParameterReader(JsonObject& members) : members_(members) {}

  bool has(const std::string& key) override;
  double number(const std::string& key, models::NumberRange range) override;
  double positive(const std::string& key, double high) override;
  std::int64_t integer(const std::string& key, std::int64_t low, std::int64_t high) override;
  bool flag(const std::string& key) override;
  std::string text(const std::string& key) override;
  std::size_t choice(const std::string& key, std::span<const std::string_view> names) override;
  std::vector<std::size_t> choices(const std::string& key,
                                   std::span<const std::string_view> names) override;
  std::vector<double> numbers(const std::string& key, models::NumberRange range) override;
  void object(const std::string& key, const Read& read) override;
  void objects(const std::string& key, const Read& read) override;
  void named_objects(const std::string& key, const std::string& first,
                     const ReadNamed& read) override;
  [[noreturn]] void fail(const std::string& key, std::size_t index,
                         const std::string& expected) override;

 private:
  JsonObject& members_;
};

}  // namespace margingate::io
