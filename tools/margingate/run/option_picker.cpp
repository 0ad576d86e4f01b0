#include <algorithm>
#include <cmath>

#include "pricing/elementary.hpp"
#include "run/traders.hpp"

namespace margingate::run {
namespace {

constexpr Duration shortest_life = seconds(1800);
constexpr int tries_max = 40;

}  // namespace

void OptionPicker::Weighted::add(std::uint32_t contract, double weight) {
  const double before = running_sums.empty() ? 0.0 : running_sums.back();
  contracts.push_back(contract);
  running_sums.push_back(before + weight);
}

std::uint32_t OptionPicker::Weighted::pick(Random& random) const {
  return contracts.empty() ? nowhere : contracts[random.weighted(running_sums)];
}

OptionPicker::OptionPicker(const Universe& universe, const Session& session, const Marks& marks)
    : universe_(&universe) {
  for (std::uint32_t i = 0; i < universe.contracts.size(); ++i) {
    const Contract& contract = universe.contracts[i];
    if (!session.is_routed(i) || !marks.is_priced(i)) continue;
    if (contract.expires() && contract.expiry - marks.time() < shortest_life) continue;
    if (contract.kind == InstrumentKind::future) futures_[contract.coin].add(i, 1.0);
    if (!contract.is_option()) continue;
    const double distance =
        std::fabs(pricing::log_ratio_portable(contract.strike, marks.forward(i)));
    const double weight =
        (contract.open_interest + 1.0) * pricing::exp_portable(-8.0 * std::min(distance, 10.0));
    const Mark mark = marks.mark(i);
    const double delta = std::fabs(mark.delta_coins) / contract.lot_size();
    const bool is_above = contract.strike > marks.forward(i);
    const bool is_out = is_above == (contract.option_type == OptionType::call);
    if (is_out && delta < 0.1 && mark.price > 0.0) far_[contract.coin].add(i, 1.0);
    if (distance < 0.5) near_[contract.coin].add(i, weight);
    if (is_out && is_above && delta > 0.05) calls_[contract.coin].add(i, weight);
  }
}

std::uint32_t OptionPicker::near_money(Random& random, std::size_t coin) const {
  return near_[coin].pick(random);
}

std::uint32_t OptionPicker::far_out(Random& random, std::size_t coin) const {
  return far_[coin].pick(random);
}

std::uint32_t OptionPicker::call_above(Random& random, std::size_t coin) const {
  return calls_[coin].pick(random);
}

std::uint32_t OptionPicker::future(Random& random, std::size_t coin) const {
  return futures_[coin].pick(random);
}

std::uint32_t OptionPicker::other_strike(Random& random, std::uint32_t contract) const {
  const Contract& first = universe_->contracts[contract];
  for (int i = 0; i < tries_max; ++i) {
    const std::uint32_t other = near_money(random, first.coin);
    if (other == nowhere) break;
    const Contract& second = universe_->contracts[other];
    if (second.option_type == first.option_type && second.expiry == first.expiry &&
        other != contract) {
      return other;
    }
  }
  return nowhere;
}

std::uint32_t OptionPicker::other_expiry(Random& random, std::uint32_t contract) const {
  const Contract& first = universe_->contracts[contract];
  for (int i = 0; i < tries_max; ++i) {
    const std::uint32_t other = near_money(random, first.coin);
    if (other == nowhere) break;
    const Contract& second = universe_->contracts[other];
    if (second.option_type == first.option_type && second.strike == first.strike &&
        other != contract) {
      return other;
    }
  }
  return nowhere;
}

}  // namespace margingate::run
