#include "io/json_parameter_reader.hpp"

namespace margingate::io {
namespace {

void read_object(const JsonValue& value, const models::ParameterReader::Read& read) {
  value.object([&](JsonObject& members) {
    JsonParameterReader reader(members);
    read(reader);
  });
}

}  // namespace

bool JsonParameterReader::has(const std::string& key) { return members_.optional(key).has_value(); }

double JsonParameterReader::number(const std::string& key, models::NumberRange range) {
  return members_.required(key).number_in(range.low, range.high);
}

double JsonParameterReader::positive(const std::string& key, double high) {
  const JsonValue value = members_.required(key);
  if (!(value.number() > 0.0)) value.fail("a number above 0");
  return value.number_in(0.0, high);
}

std::int64_t JsonParameterReader::integer(const std::string& key, std::int64_t low,
                                          std::int64_t high) {
  return members_.required(key).integer_in(low, high);
}

bool JsonParameterReader::flag(const std::string& key) { return members_.required(key).boolean(); }

std::string JsonParameterReader::text(const std::string& key) {
  return members_.required(key).text();
}

std::size_t JsonParameterReader::choice(const std::string& key,
                                        std::span<const std::string_view> names) {
  return members_.required(key).one_of(names);
}

std::vector<std::size_t> JsonParameterReader::choices(const std::string& key,
                                                      std::span<const std::string_view> names) {
  std::vector<std::size_t> chosen;
  for (const JsonValue& value : members_.required(key).array()) {
    chosen.push_back(value.one_of(names));
  }
  return chosen;
}

std::vector<double> JsonParameterReader::numbers(const std::string& key,
                                                 models::NumberRange range) {
  std::vector<double> values;
  for (const JsonValue& value : members_.required(key).array()) {
    values.push_back(value.number_in(range.low, range.high));
  }
  return values;
}

void JsonParameterReader::object(const std::string& key, const Read& read) {
  read_object(members_.required(key), read);
}

void JsonParameterReader::objects(const std::string& key, const Read& read) {
  for (const JsonValue& value : members_.required(key).array()) read_object(value, read);
}

void JsonParameterReader::named_objects(const std::string& key, const std::string& first,
                                        const ReadNamed& read) {
  members_.required(key).object([&](JsonObject& members) {
    const auto read_one = [&](const std::string& name) {
      read_object(members.required(name),
                  [&](models::ParameterReader& reader) { read(name, reader); });
    };
    read_one(first);
    for (const std::string& name : members.keys()) {
      if (name != first) read_one(name);
    }
  });
}

void JsonParameterReader::fail(const std::string& key, std::size_t index,
                               const std::string& expected) {
  const JsonValue value = members_.required(key);
  if (index == std::string::npos) value.fail(expected);
  value.array().at(index).fail(expected);
}

}  // namespace margingate::io
