// Names of what a gate knows by number, both ways.
//
// Shape    one table per kind of identifier; the position in a table is the identifier.
// Units    none.
// Sign     none.
// Range    names are unique within a table.
// Errors   find answers nullopt; adding a name twice gives the first identifier again.
// Threads  a value.
// Cost     a hash lookup by name, an array access by identifier.
// Source   ids.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "margingate/ids.hpp"

namespace margingate::io {

template <class Id>
class NameTable {
 public:
  Id add(const std::string& name) {
    const auto next = static_cast<std::uint32_t>(names_.size());
    const auto [entry, added] = ids_.try_emplace(name, Id{next});
    if (added) names_.push_back(name);
    return entry->second;
  }
  [[nodiscard]] std::optional<Id> find(std::string_view name) const {
    const auto found = ids_.find(std::string(name));
    if (found == ids_.end()) return std::nullopt;
    return found->second;
  }
  [[nodiscard]] const std::string& name(Id id) const { return names_.at(id.value); }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, Id> ids_;
};

struct InstrumentDirectory {
  NameTable<InstrumentId> instruments;
  NameTable<AssetId> assets;
  NameTable<UnderlyingId> underlyings;
  NameTable<RiskUnitId> risk_units;  // named after their underlying
};

}  // namespace margingate::io
