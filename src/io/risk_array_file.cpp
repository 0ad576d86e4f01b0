#include "io/risk_array_file.hpp"

#include <array>
#include <fstream>
#include <string_view>

#include "io/positional_risk_arrays.hpp"
#include "io/text_file.hpp"
#include "io/xml_risk_arrays.hpp"

namespace margingate::io {
namespace {

bool begins_as_xml(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '<';
}

}  // namespace

risk_arrays::ParameterSet read_risk_arrays(const std::string& path) {
  if (path.ends_with(".gz")) {
    const std::string text = read_text_file(path);
    return begins_as_xml(text) ? parse_xml_risk_arrays(path, text)
                               : parse_positional_risk_arrays(path, text);
  }
  std::array<char, 64> beginning{};
  std::ifstream stream(path, std::ios::binary);
  stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  const std::string_view text(beginning.data(), static_cast<std::size_t>(stream.gcount()));
  return begins_as_xml(text) ? read_xml_risk_arrays(path) : read_positional_risk_arrays(path);
}

}  // namespace margingate::io
