#include "history/procyclicality_buffer.hpp"

#include <algorithm>

namespace margingate::history {

double ProcyclicalityBuffer::apply(double margin) {
  if (margin > 0.0 && margin_ > 0.0) {
    const double flat = applied_ / margin - 1.0;
    if (margin > margin_ * (1.0 + rise_)) buffer_ = std::clamp(flat, 0.0, buffer_);
    if (margin < margin_) buffer_ = std::clamp(flat, buffer_, buffer_max_);
  }
  margin_ = margin;
  applied_ = margin * (1.0 + buffer_);
  return applied_;
}

}  // namespace margingate::history
