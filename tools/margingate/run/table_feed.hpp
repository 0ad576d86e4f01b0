// Inputs of published tables on their way from the revaluer's thread to the order thread.
//
// Tables are published some hundred times a second at most, so a mutex is enough; it is taken
// between orders, only when the gate has just seen a new epoch.
#pragma once

#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "margingate/revaluer.hpp"

namespace margingate::run {

class TableFeed {
 public:
  void push(const PublishedTable& table) {
    const std::lock_guard lock(mutex_);
    tables_.push_back(table);
    newest_ = table.epoch;
  }

  // All tables up to this epoch, oldest first. A gate may see a table a moment before the
  // revaluer's thread has announced it here: waits for it.
  std::vector<PublishedTable> take_until(Epoch epoch) {
    for (;;) {
      {
        const std::lock_guard lock(mutex_);
        if (newest_ >= epoch) return split(epoch);
      }
      std::this_thread::yield();
    }
  }

 private:
  std::vector<PublishedTable> split(Epoch epoch) {
    std::vector<PublishedTable> taken;
    while (!tables_.empty() && tables_.front().epoch <= epoch) {
      taken.push_back(tables_.front());
      tables_.erase(tables_.begin());
    }
    return taken;
  }

  std::mutex mutex_;
  std::vector<PublishedTable> tables_;
  Epoch newest_ = 0;
};

}  // namespace margingate::run
