#include "margin/leg_contribution.hpp"

#include "margin/leg_contribution_body.hpp"

namespace margingate::margin {

LegContribution leg_contribution(const LegState& leg, const RiskRow& row,
                                 const ContributionParts& parts, const CoinPrice& coin) noexcept {
  if (row.status != Reason::accepted) return body::unpriced(leg, row);
  return body::contribution(leg, row, parts, coin);
}

}  // namespace margingate::margin
