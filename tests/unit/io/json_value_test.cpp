#include "io/json_value.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

constexpr const char* file = "book.json";

void parse(const std::string& text) { const JsonDocument document(file, text); }

// Runs `read` on the member "x" of {"x": <text>}.
template <class Read>
void read_member(const std::string& text, Read read) {
  const JsonDocument document(file, "{\"x\": " + text + "}");
  document.root().object([&](JsonObject& members) { read(members.required("x")); });
}

TEST(JsonDocument, RejectsMalformedTextWithLineAndColumn) {
  expect_file_error([] { parse("{\"a\": 1,\n \"b\" 2}"); }, file, "line 2, column 6", "JSON");
  expect_file_error([] { parse("[1, 2,]"); }, file, "line 1, column 7", "JSON");
  expect_file_error([] { parse("{} x"); }, file, "line 1, column 4", "JSON");
}

TEST(JsonDocument, RejectsTruncatedText) {
  expect_file_error([] { parse("{\"a\": [1, 2"); }, file, "line 1, column 12", "the end");
  expect_file_error([] { parse(""); }, file, "line 1, column 1", "the end");
}

TEST(JsonDocument, RejectsNumbersThatAreNotFinite) {
  expect_file_error([] { parse("{\"a\": 1e999}"); }, file, "line 1, column 11", "finite");
  expect_file_error([] { parse("{\"a\": NaN}"); }, file, "line 1, column 7", "JSON");
  expect_file_error([] { parse("{\"a\": Infinity}"); }, file, "line 1, column 7", "JSON");
}

TEST(JsonDocument, RejectsDuplicateKeysWhereTheyStand) {
  expect_file_error([] { parse("{\"a\": 1,\n\"a\": 2}"); }, file, "line 2, column 3",
                    "\"a\" again");
  expect_file_error([] { parse("[{\"b\": {\"c\": 1, \"c\": 1}}]"); }, file, "line 1, column 19",
                    "\"c\" again");
}

TEST(JsonDocument, AcceptsTheSameKeyInDifferentObjects) {
  EXPECT_NO_THROW(parse("{\"a\": {\"a\": 1}, \"b\": [{\"a\": 1}, {\"a\": 2}]}"));
}

TEST(JsonDocument, RejectsDeepNesting) {
  const std::string deep(json_depth_max + 1, '[');
  expect_file_error([&] { parse(deep); }, file, "line 1, column 33", "nesting of at most 32");
}

TEST(JsonObject, RejectsUnknownKeysByPath) {
  const JsonDocument document(file, "{\"list\": [{\"known\": 1, \"nown\": 2}]}");
  const auto read = [&] {
    document.root().object([](JsonObject& members) {
      for (const JsonValue& entry : members.required("list").array()) {
        entry.object([](JsonObject& inner) { (void)inner.required("known").number(); });
      }
    });
  };
  expect_file_error(read, file, "/list/0/nown", "only \"known\"");
}

TEST(JsonObject, RejectsMissingKeys) {
  const JsonDocument document(file, "{}");
  const auto read = [&] {
    document.root().object([](JsonObject& members) { (void)members.required("strike"); });
  };
  expect_file_error(read, file, "/", "the key \"strike\"");
}

TEST(JsonValue, RejectsWrongTypesByPath) {
  const auto number = [](const JsonValue& v) { (void)v.number(); };
  const auto text = [](const JsonValue& v) { (void)v.text(); };
  const auto list = [](const JsonValue& v) { (void)v.array(); };
  const auto flag = [](const JsonValue& v) { (void)v.boolean(); };
  expect_file_error([&] { read_member("\"1\"", number); }, file, "/x", "a number, found string");
  expect_file_error([&] { read_member("null", number); }, file, "/x", "a number, found null");
  expect_file_error([&] { read_member("1", text); }, file, "/x", "a text, found number");
  expect_file_error([&] { read_member("\"\"", text); }, file, "/x", "not empty");
  expect_file_error([&] { read_member("{}", list); }, file, "/x", "an array, found object");
  expect_file_error([&] { read_member("0", flag); }, file, "/x", "true or false");
}

TEST(JsonValue, RejectsNumbersOutOfRange) {
  const auto positive = [](const JsonValue& v) { (void)v.positive_number(); };
  const auto share = [](const JsonValue& v) { (void)v.number_in(0.0, 1.0); };
  const auto count = [](const JsonValue& v) { (void)v.integer_in(1, 8); };
  expect_file_error([&] { read_member("0", positive); }, file, "/x", "above 0");
  expect_file_error([&] { read_member("-3", positive); }, file, "/x", "above 0, found -3");
  expect_file_error([&] { read_member("1.5", share); }, file, "/x", "from 0.0 to 1.0, found 1.5");
  expect_file_error([&] { read_member("9", count); }, file, "/x", "from 1 to 8, found 9");
  expect_file_error([&] { read_member("2.5", count); }, file, "/x", "a whole number");
  expect_file_error([&] { read_member("18446744073709551615", count); }, file, "/x", "from 1 to 8");
}

TEST(JsonValue, RejectsNamesThatAreNotListed) {
  constexpr std::array<std::string_view, 2> names{"call", "put"};
  const auto read = [&](const JsonValue& v) { (void)v.one_of(names); };
  expect_file_error([&] { read_member("\"Call\"", read); }, file, "/x",
                    "one of \"call\", \"put\", found \"Call\"");
}

TEST(JsonValue, RejectsTimesThatAreNotUtc) {
  const auto read = [](const JsonValue& v) { (void)v.time(); };
  expect_file_error([&] { read_member("\"2024-06-17\"", read); }, file, "/x", "a time such as");
}

}  // namespace
}  // namespace margingate::io
