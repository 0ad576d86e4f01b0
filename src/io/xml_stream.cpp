#include "io/xml_stream.hpp"

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <utility>

#include "io/file_error.hpp"

namespace margingate::io {
namespace {

using risk_arrays::FixedDecimal;
using risk_arrays::Period;

std::string shown(std::string_view text) {
  constexpr std::size_t size_max = 40;
  std::string result = "\"";
  for (const char c : text.substr(0, size_max)) {
    result.push_back(c >= ' ' && c <= '~' ? c : '?');
  }
  return result + (text.size() > size_max ? "...\"" : "\"");
}

std::string printable(std::string_view name) {
  const std::string quoted = shown(name);
  return quoted.substr(1, quoted.size() - 2);
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void trim(std::string& text) {
  constexpr const char* blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos) {
    text.clear();
    return;
  }
  text.erase(text.find_last_not_of(blanks) + 1);
  text.erase(0, begin);
}

}  // namespace

const XmlNode* XmlNode::find(std::string_view child) const noexcept {
  const auto at = std::find_if(children.begin(), children.end(),
                               [&](const XmlNode& node) { return node.name == child; });
  return at == children.end() ? nullptr : &*at;
}

class XmlStream::Impl {
 public:
  Impl(std::string file, XmlShape shape, Handler on_record)
      : file_(std::move(file)),
        shape_(std::move(shape)),
        on_record_(std::move(on_record)),
        parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {
    if (!parser_) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &Impl::on_start, &Impl::on_end);
    XML_SetCharacterDataHandler(parser_.get(), &Impl::on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), &Impl::on_doctype);
  }

  void feed(std::string_view piece, bool is_last) {
    constexpr std::size_t piece_size_max = std::size_t{1} << 20;
    do {
      const std::string_view part = piece.substr(0, piece_size_max);
      piece.remove_prefix(part.size());
      const XML_Status status = XML_Parse(parser_.get(), part.data(), static_cast<int>(part.size()),
                                          is_last && piece.empty());
      // Nothing may be thrown through the parser's own frames.
      if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
      if (status != XML_STATUS_OK) {
        fail(std::string("well-formed XML, found: ") +
             XML_ErrorString(XML_GetErrorCode(parser_.get())));
      }
    } while (!piece.empty());
  }

 private:
  template <class Action>
  void guarded(Action&& action) noexcept {
    if (thrown_) return;
    try {
      action();
    } catch (...) {
      thrown_ = std::current_exception();
      XML_StopParser(parser_.get(), XML_FALSE);
    }
  }

  static void XMLCALL on_start(void* self, const XML_Char* name, const XML_Char**) {
    auto& impl = *static_cast<Impl*>(self);
    impl.guarded([&] { impl.start(name); });
  }
  static void XMLCALL on_end(void* self, const XML_Char*) {
    auto& impl = *static_cast<Impl*>(self);
    impl.guarded([&] { impl.end(); });
  }
  static void XMLCALL on_text(void* self, const XML_Char* text, int size) {
    auto& impl = *static_cast<Impl*>(self);
    impl.guarded([&] { impl.add_text({text, static_cast<std::size_t>(size)}); });
  }
  static void XMLCALL on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*,
                                 int) {
    auto& impl = *static_cast<Impl*>(self);
    impl.guarded([&] { impl.fail("no document type declaration"); });
  }

  void start(std::string_view name) {
    if (name.size() > xml_text_size_max) fail("element names of at most 1024 characters");
    if (open_.size() >= xml_depth_max) {
      fail("nesting of at most " + std::to_string(xml_depth_max));
    }
    if (++kept_ > xml_kept_elements_max) {
      fail("at most " + std::to_string(xml_kept_elements_max) + " elements in one record");
    }
    XmlNode node;
    node.name = name;
    node.line = XML_GetCurrentLineNumber(parser_.get());
    open_.push_back(std::move(node));
  }

  void add_text(std::string_view text) {
    if (open_.empty()) return;
    std::string& into = open_.back().text;
    if (into.empty()) {
      const std::size_t begin = text.find_first_not_of(" \t\r\n");
      if (begin == std::string_view::npos) return;
      text.remove_prefix(begin);
    }
    if (into.size() + text.size() > xml_text_size_max) {
      fail("text of at most " + std::to_string(xml_text_size_max) + " characters");
    }
    into.append(text);
  }

  void end() {
    trim(open_.back().text);
    const bool in_container =
        open_.size() >= 2 && contains(shape_.containers, open_[open_.size() - 2].name);
    const bool is_record = contains(shape_.records, open_.back().name);
    if (is_record && (in_container || open_.size() == 1)) {
      XmlAncestors ancestors;
      for (std::size_t i = 0; i + 1 < open_.size(); ++i) ancestors.push_back(&open_[i]);
      on_record_(open_.back(), ancestors);
    }
    XmlNode node = std::move(open_.back());
    open_.pop_back();
    const bool plain = node.children.empty() || contains(shape_.fields, node.name);
    const bool forgotten = open_.empty() || contains(shape_.containers, node.name) ||
                           (in_container && (is_record || !plain));
    if (forgotten) {
      kept_ -= 1 + size_of(node);
    } else {
      open_.back().children.push_back(std::move(node));
    }
  }

  static std::size_t size_of(const XmlNode& node) {
    std::size_t size = node.children.size();
    for (const XmlNode& child : node.children) size += size_of(child);
    return size;
  }

  [[noreturn]] void fail(const std::string& expected) const {
    std::string place = "line " + std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ", ";
    for (const XmlNode& node : open_) place += "/" + printable(node.name);
    throw FileError(file_, open_.empty() ? place + "/" : place, expected);
  }

  std::string file_;
  XmlShape shape_;
  Handler on_record_;
  std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser_;
  std::vector<XmlNode> open_;
  std::size_t kept_ = 0;
  std::exception_ptr thrown_;
};

XmlStream::XmlStream(std::string file, XmlShape shape, Handler on_record)
    : impl_(std::make_unique<Impl>(std::move(file), std::move(shape), std::move(on_record))) {}

XmlStream::~XmlStream() = default;

void XmlStream::feed(std::string_view piece) {
  if (!piece.empty()) impl_->feed(piece, false);
}

void XmlStream::finish() { impl_->feed({}, true); }

XmlElement XmlElement::element(const XmlNode& child) const {
  return {*file_, path_ + "/" + printable(child.name), child};
}

std::vector<XmlElement> XmlElement::all(std::string_view child) const {
  std::vector<XmlElement> found;
  for (const XmlNode& node : node_->children) {
    if (node.name == child) found.push_back(element(node));
  }
  return found;
}

XmlElement XmlElement::required(std::string_view child) const {
  const XmlNode* found = node_->find(child);
  if (found == nullptr) fail("an element " + std::string(child));
  return element(*found);
}

std::string XmlElement::text(std::string_view child) const {
  const XmlNode* found = node_->find(child);
  return found == nullptr ? "" : found->text;
}

std::string XmlElement::required_text(std::string_view child) const {
  const XmlElement found = required(child);
  if (found.node_->text.empty()) found.fail("text");
  return found.node_->text;
}

FixedDecimal XmlElement::own_decimal() const {
  const auto value = FixedDecimal::parse(node_->text);
  if (!value) fail("a number below 10^18, found " + shown(node_->text));
  return *value;
}

FixedDecimal XmlElement::decimal(std::string_view child, FixedDecimal missing) const {
  const XmlNode* found = node_->find(child);
  return found == nullptr || found->text.empty() ? missing : element(*found).own_decimal();
}

int XmlElement::integer(std::string_view child, int missing) const {
  const XmlNode* found = node_->find(child);
  if (found == nullptr || found->text.empty()) return missing;
  const FixedDecimal number = element(*found).own_decimal();
  const FixedDecimal whole = risk_arrays::rounded(number, 0);
  constexpr int magnitude_max = 1'000'000'000;
  if (number != whole || risk_arrays::magnitude(whole) > FixedDecimal(magnitude_max)) {
    element(*found).fail("an integer, found " + shown(found->text));
  }
  const auto value = static_cast<int>(whole.scaled() / FixedDecimal::one_scaled);
  return value;
}

Period XmlElement::period(std::string_view child) const {
  const XmlNode* found = node_->find(child);
  if (found == nullptr || found->text.empty()) return {};
  const std::string& text = found->text;
  if (text.find_first_not_of('0') == std::string::npos) return {};
  Period period;
  const auto result = std::from_chars(
      text.data(), text.data() + std::min<std::size_t>(6, text.size()), period.month);
  const bool month = result.ec == std::errc() && result.ptr == text.data() + 6;
  const auto printable_char = [](char c) { return c > ' ' && c <= '~'; };
  const bool day = text.size() == 8 && printable_char(text[6]) && printable_char(text[7]);
  if (!month || (text.size() != 6 && !day)) {
    element(*found).fail("a period as CCYYMM or CCYYMMDD, found " + shown(text));
  }
  if (day && text.substr(6) != "00") {
    period.day_code = static_cast<std::uint16_t>((text[6] << 8) | text[7]);
  }
  return period;
}

void XmlElement::fail(const std::string& expected) const {
  throw FileError(*file_, "line " + std::to_string(node_->line) + ", " + path_, expected);
}

}  // namespace margingate::io
