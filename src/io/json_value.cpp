#include "io/json_value.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "io/file_error.hpp"
#include "io/iso_time.hpp"

namespace margingate::io {
namespace {

std::string format_number(double value) { return nlohmann::json(value).dump(); }

std::string quoted_list(std::span<const std::string_view> names) {
  std::string list;
  for (const std::string_view name : names) {
    if (!list.empty()) list += ", ";
    list += '"' + std::string(name) + '"';
  }
  return list;
}

std::string joined(const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  return quoted_list(views);
}

}  // namespace

JsonValue::JsonValue(const std::string& file, std::string path, const nlohmann::json& json)
    : file_(&file), path_(std::move(path)), json_(&json) {}

void JsonValue::fail(const std::string& expected) const {
  throw FileError(*file_, path_.empty() ? "/" : path_, expected);
}

void JsonValue::fail_type(const std::string& expected) const {
  fail(expected + ", found " + json_->type_name());
}

std::string JsonValue::text() const {
  if (!json_->is_string()) fail_type("a text");
  std::string value = json_->get<std::string>();
  if (value.empty()) fail("a text that is not empty");
  return value;
}

double JsonValue::number() const {
  if (!json_->is_number()) fail_type("a number");
  return json_->get<double>();
}

double JsonValue::number_in(double low, double high) const {
  const double value = number();
  if (!(value >= low && value <= high)) {
    fail("a number from " + format_number(low) + " to " + format_number(high) + ", found " +
         format_number(value));
  }
  return value;
}

double JsonValue::positive_number() const {
  const double value = number();
  if (!(value > 0.0)) fail("a number above 0, found " + format_number(value));
  return value;
}

std::int64_t JsonValue::integer_in(std::int64_t low, std::int64_t high) const {
  const std::string range =
      "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  if (!json_->is_number_integer()) fail_type(range);
  const bool too_large = json_->is_number_unsigned() && json_->get<std::uint64_t>() > INT64_MAX;
  const std::int64_t value = too_large ? 0 : json_->get<std::int64_t>();
  if (too_large || value < low || value > high) fail(range + ", found " + json_->dump());
  return value;
}

bool JsonValue::boolean() const {
  if (!json_->is_boolean()) fail_type("true or false");
  return json_->get<bool>();
}

Timestamp JsonValue::time() const {
  const std::string value = text();
  const auto time = parse_iso_time(value);
  if (!time) fail("a time such as \"2024-06-17T10:15:40.501Z\", found \"" + value + "\"");
  return *time;
}

std::vector<JsonValue> JsonValue::array() const {
  if (!json_->is_array()) fail_type("an array");
  std::vector<JsonValue> values;
  values.reserve(json_->size());
  for (std::size_t i = 0; i < json_->size(); ++i) {
    values.emplace_back(*file_, path_ + "/" + std::to_string(i), (*json_)[i]);
  }
  return values;
}

std::size_t JsonValue::one_of(std::span<const std::string_view> names) const {
  const std::string value = text();
  const auto found = std::find(names.begin(), names.end(), value);
  if (found == names.end()) fail("one of " + quoted_list(names) + ", found \"" + value + "\"");
  return static_cast<std::size_t>(found - names.begin());
}

void JsonValue::object(const std::function<void(JsonObject&)>& read) const {
  if (!json_->is_object()) fail_type("an object");
  JsonObject members(*this);
  read(members);
  members.refuse_unknown_keys();
}

JsonValue JsonObject::required(const std::string& key) {
  auto found = optional(key);
  if (!found) value_.fail("the key \"" + key + "\"");
  return *std::move(found);
}

std::optional<JsonValue> JsonObject::optional(const std::string& key) {
  asked_.push_back(key);
  const auto found = value_.json_->find(key);
  if (found == value_.json_->end()) return std::nullopt;
  return JsonValue(*value_.file_, value_.path_ + "/" + key, *found);
}

std::vector<std::string> JsonObject::keys() const {
  std::vector<std::string> names;
  for (const auto& item : value_.json_->items()) names.push_back(item.key());
  return names;
}

void JsonObject::refuse_unknown_keys() const {
  for (const std::string& key : keys()) {
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    throw FileError(*value_.file_, value_.path_ + "/" + key,
                    "no such key here, only " + joined(asked_));
  }
}

}  // namespace margingate::io
