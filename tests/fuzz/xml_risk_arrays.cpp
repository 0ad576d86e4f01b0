// Any bytes as an XML risk-array file: an error that names the place, or a set that can be
// margined.
#include "io/xml_risk_arrays.hpp"

#include "fuzz/margin_any_set.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return margingate::testing::margin_what_is_read(
      [](std::string_view text) { return margingate::io::parse_xml_risk_arrays("input", text); },
      data, size);
}
