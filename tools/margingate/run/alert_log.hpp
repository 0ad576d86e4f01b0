// Maintenance alerts as the revaluers' threads raise them.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "margingate/revaluer.hpp"

namespace margingate::run {

class AlertLog {
 public:
  static constexpr std::size_t kept_max = 8;

  struct Entry {
    std::uint32_t gate = 0;
    MaintenanceAlert alert;
  };

  void add(std::uint32_t gate, const MaintenanceAlert& alert) {
    const std::lock_guard lock(mutex_);
    ++count_;
    if (kept_.size() < kept_max) kept_.push_back({gate, alert});
  }
  [[nodiscard]] std::uint64_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  // The first ones.
  [[nodiscard]] std::vector<Entry> kept() const {
    const std::lock_guard lock(mutex_);
    return kept_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Entry> kept_;
  std::uint64_t count_ = 0;
};

}  // namespace margingate::run
