#include "run/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "run/tick_timer.hpp"

namespace margingate::run {
namespace {

constexpr std::uint32_t calls_per_look = 64;
constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t terminal_period_ns = second_ns / 10;
constexpr std::uint64_t log_period_ns = 5 * second_ns;
constexpr std::size_t bar_columns = 30;

std::string time_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::clamp(seconds, 0.0, 359'999.0));
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

Progress::Progress(std::string label, std::uint64_t total, bool is_quiet)
    : label_(std::move(label)),
      total_(std::max<std::uint64_t>(1, total)),
      is_quiet_(is_quiet),
      is_terminal_(::isatty(STDERR_FILENO) == 1),
      begin_ns_(TickTimer::steady_ns()),
      next_ns_(begin_ns_ + (is_terminal_ ? terminal_period_ns : log_period_ns)) {}

Progress::~Progress() {
  if (is_drawn_ && is_terminal_) fmt::print(stderr, "\r\033[K");
}

void Progress::update(std::uint64_t done) {
  if (++calls_ % calls_per_look == 0) look(done);
}

void Progress::look(std::uint64_t done) {
  if (is_quiet_) return;
  const std::uint64_t now = TickTimer::steady_ns();
  if (now < next_ns_) return;
  next_ns_ = now + (is_terminal_ ? terminal_period_ns : log_period_ns);
  draw(done, now);
}

void Progress::finish(std::uint64_t done) {
  if (is_drawn_) draw(done, TickTimer::steady_ns());
}

void Progress::draw(std::uint64_t done, std::uint64_t now_ns) {
  const double spent = static_cast<double>(now_ns - begin_ns_) / static_cast<double>(second_ns);
  const double rate = spent > 0.0 ? static_cast<double>(done) / spent : 0.0;
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
  const double left =
      rate > 0.0 ? static_cast<double>(total_ - std::min(done, total_)) / rate : 0.0;
  const std::string numbers = fmt::format("{:5.1f} %  {}/{}  {:.0f}/s  {} left", 100.0 * share,
                                          done, total_, rate, time_text(left));
  if (is_terminal_) {
    const auto filled = static_cast<std::size_t>(share * static_cast<double>(bar_columns));
    fmt::print(stderr, "\r{} [{}{}] {}\033[K", label_, std::string(filled, '#'),
               std::string(bar_columns - filled, '.'), numbers);
  } else {
    fmt::print(stderr, "{}: {}\n", label_, numbers);
  }
  std::fflush(stderr);
  is_drawn_ = true;
}

}  // namespace margingate::run
