// XML read as it streams by: small subtrees are handed out and forgotten, the rest is skipped.
//
// Shape    feed() takes the text in pieces; the handler sees each record element when it ends, with
//          the plain fields of the containers around it that were read before it.
// Units    none.
// Sign     none.
// Range    nesting, text and elements kept at a time are limited; no document types, so no
//          entities.
// Errors   FileError naming line and element path, for malformed XML and for what a handler throws
//          as XmlNode::fail.
// Threads  one at a time.
// Cost     one pass; memory of one record and the fields around it.
// Source   expat; docs/formats.md, "XML risk arrays".
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "risk_arrays/parameter_set.hpp"

namespace margingate::io {

inline constexpr std::size_t xml_depth_max = 24;
inline constexpr std::size_t xml_text_size_max = 1024;
inline constexpr std::size_t xml_kept_elements_max = 300'000;

struct XmlNode {
  std::string name;
  std::string text;
  std::size_t line = 0;
  std::vector<XmlNode> children;

  [[nodiscard]] const XmlNode* find(std::string_view child) const noexcept;
};

// The outermost first.
using XmlAncestors = std::vector<const XmlNode*>;

// Which elements are containers, and which are records inside of them.
struct XmlShape {
  std::vector<std::string_view> containers;
  std::vector<std::string_view> records;
  std::vector<std::string_view> fields;  // with children, kept in their container
};

class XmlStream {
 public:
  using Handler = std::function<void(const XmlNode& record, const XmlAncestors& ancestors)>;

  XmlStream(std::string file, XmlShape shape, Handler on_record);
  ~XmlStream();
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;

  void feed(std::string_view piece);
  // After the last piece.
  void finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// One element that is read, with its path for errors.
class XmlElement {
 public:
  XmlElement(const std::string& file, std::string path, const XmlNode& node)
      : file_(&file), path_(std::move(path)), node_(&node) {}

  [[nodiscard]] const XmlNode& node() const noexcept { return *node_; }
  [[nodiscard]] std::vector<XmlElement> all(std::string_view child) const;
  [[nodiscard]] XmlElement required(std::string_view child) const;

  // Of a child; what is missing is empty, zero or the given default.
  [[nodiscard]] std::string text(std::string_view child) const;
  [[nodiscard]] std::string required_text(std::string_view child) const;
  [[nodiscard]] risk_arrays::FixedDecimal decimal(std::string_view child,
                                                  risk_arrays::FixedDecimal missing = {}) const;
  [[nodiscard]] int integer(std::string_view child, int missing = 0) const;
  [[nodiscard]] risk_arrays::Period period(std::string_view child) const;
  // Of itself.
  [[nodiscard]] risk_arrays::FixedDecimal own_decimal() const;

  [[noreturn]] void fail(const std::string& expected) const;

 private:
  [[nodiscard]] XmlElement element(const XmlNode& child) const;

  const std::string* file_;
  std::string path_;
  const XmlNode* node_;
};

}  // namespace margingate::io
