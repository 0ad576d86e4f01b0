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

  void add(const MaintenanceAlert& alert) {
    const std::lock_guard lock(mutex_);
    ++count_;
    if (kept_.size() < kept_max) kept_.push_back(alert);
  }
  [[nodiscard]] std::uint64_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  // The first ones.
  [[nodiscard]] std::vector<MaintenanceAlert> kept() const {
    const std::lock_guard lock(mutex_);
    return kept_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<MaintenanceAlert> kept_;
  std::uint64_t count_ = 0;
};

}  // namespace margingate::run
