// A buffer on top of margin that is drawn down while margin rises and rebuilt while it falls.
//
// Shape    one state per account or contract: margin called last and the buffer then.
// Units    margins in any one unit; the buffer is a share of the margin.
// Sign     non-negative.
// Range    buffer at least 0; margin finite, 0 or more.
// Errors   none.
// Threads  one owner.
// Cost     a few operations per margin.
// Source   Commission Delegated Regulation (EU) No 153/2013, Article 28(1)(a); the rule by which
//          it is drawn down is ours, docs/models/historical.md.
#pragma once

namespace margingate::history {

class ProcyclicalityBuffer {
 public:
  // Margin has to rise by more than `rise` from one call to the next before the buffer may fall.
  explicit ProcyclicalityBuffer(double buffer_max = 0.25, double rise = 0.0)
      : buffer_max_(buffer_max), rise_(rise), buffer_(buffer_max) {}

  // What is called where `margin` was calculated: margin * (1 + buffer).
  //   margin rose:  the buffer falls as far as leaves what is called as it was, to zero at most
  //   margin fell:  the buffer grows as far as leaves what is called as it was, to its full size
  double apply(double margin);

  [[nodiscard]] double buffer() const noexcept { return buffer_; }

 private:
  double buffer_max_;
  double rise_;
  double buffer_;
  double margin_ = 0.0;   // calculated last; 0: none yet
  double applied_ = 0.0;  // called last
};

}  // namespace margingate::history
