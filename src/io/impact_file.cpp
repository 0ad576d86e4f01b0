#include "io/impact_file.hpp"

#include "io/json_value.hpp"
#include "io/text_file.hpp"

namespace margingate::io {
namespace {

constexpr std::array<const char*, 4> kind_names{"spot", "perpetual", "future", "option"};

MarketImpact read_impact(const JsonValue& value) {
  MarketImpact impact;
  value.object([&](JsonObject& members) {
    impact.half_spread = members.required("half_spread").number_in(0.0, 1.0);
    if (const auto linear = members.optional("linear"))
      impact.linear = linear->number_in(0.0, 10.0);
    if (const auto root = members.optional("square_root")) {
      impact.square_root = root->number_in(0.0, 10.0);
    }
    if (const auto depth = members.optional("depth")) impact.depth = depth->positive_number();
  });
  return impact;
}

}  // namespace

const MarketImpact& ImpactFile::of(const MarketInstrument& instrument) const {
  const auto own = instruments.find(instrument.name);
  return own != instruments.end() ? own->second : kinds[static_cast<std::size_t>(instrument.kind)];
}

ImpactFile parse_impact_file(const std::string& file, std::string_view text) {
  ImpactFile impacts;
  const JsonDocument document(file, text);
  document.root().object([&](JsonObject& members) {
    if (const auto kinds = members.optional("kinds")) {
      kinds->object([&](JsonObject& named) {
        for (std::size_t k = 0; k < kind_names.size(); ++k) {
          if (const auto impact = named.optional(kind_names[k])) {
            impacts.kinds[k] = read_impact(*impact);
          }
        }
      });
    }
    if (const auto instruments = members.optional("instruments")) {
      instruments->object([&](JsonObject& named) {
        for (const std::string& name : named.keys()) {
          impacts.instruments[name] = read_impact(named.required(name));
        }
      });
    }
  });
  return impacts;
}

ImpactFile read_impact_file(const std::string& path) {
  return parse_impact_file(path, read_text_file(path));
}

}  // namespace margingate::io
