// Builds a JSON value while checking what the parser itself lets pass: duplicate keys, depth.
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "io/file_error.hpp"
#include "io/json_value.hpp"

namespace margingate::io {
namespace {

using Json = nlohmann::json;

std::string line_and_column(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    column = text[i] == '\n' ? 1 : column + 1;
    line += text[i] == '\n' ? 1U : 0U;
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// The parser reports all it has read of a token; its end is where the mistake is.
std::string shortened(const std::string& token) {
  constexpr std::size_t length_max = 24;
  return token.size() <= length_max ? token : "..." + token.substr(token.size() - length_max);
}

// Lets the builder know how far the parser has read: keys carry no position of their own.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    if (at_ > *furthest_) *furthest_ = at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }

 private:
  const char* at_;
  const char** furthest_;
};

class Builder final : public nlohmann::json_sax<Json> {
 public:
  Builder(const std::string& file, std::string_view text, Json& root, const char* const& furthest)
      : file_(file), text_(text), root_(root), furthest_(furthest) {}

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override {
    if (!std::isfinite(value)) fail("a finite number");
    return add(value);
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { fail("text, not binary data"); }

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (open_.back()->contains(name)) fail("each key once, found \"" + name + "\" again");
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& last_token,
                   const Json::exception& error) override {
    const std::size_t offset = position == 0 ? 0 : position - 1;
    const bool overflow = error.id == out_of_range_id;
    const std::string expected = overflow ? "a finite number" : "JSON";
    const std::string found =
        offset >= text_.size() ? "the end of the text" : "\"" + shortened(last_token) + "\"";
    throw FileError(file_, line_and_column(text_, offset), expected + ", found " + found);
  }

 private:
  static constexpr int out_of_range_id = 406;

  // Where a value belongs: the root, the end of an array, or under the key just read.
  Json& place(Json&& value) {
    if (open_.empty()) return root_ = std::move(value);
    Json& parent = *open_.back();
    if (parent.is_array()) return parent.emplace_back(std::move(value));
    return parent[key_] = std::move(value);
  }
  bool add(Json&& value) {
    place(std::move(value));
    return true;
  }
  bool open(Json&& value) {
    if (open_.size() >= json_depth_max) {
      fail("nesting of at most " + std::to_string(json_depth_max));
    }
    open_.push_back(&place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  [[noreturn]] void fail(const std::string& expected) const {
    const auto read = static_cast<std::size_t>(furthest_ - text_.data());
    throw FileError(file_, line_and_column(text_, read == 0 ? 0 : read - 1), expected);
  }

  const std::string& file_;
  std::string_view text_;
  Json& root_;
  const char* const& furthest_;
  std::vector<Json*> open_;
  std::string key_;
};

}  // namespace

JsonDocument::JsonDocument(std::string file, std::string_view text)
    : file_(std::move(file)), json_(std::make_unique<Json>()) {
  const char* furthest = text.data();
  Builder builder(file_, text, *json_, furthest);
  const CountingIterator first(text.data(), &furthest);
  const CountingIterator last(text.data() + text.size(), &furthest);
  Json::sax_parse(first, last, &builder);
}

JsonDocument::~JsonDocument() = default;

JsonValue JsonDocument::root() const { return JsonValue(file_, "", *json_); }

}  // namespace margingate::io
