// From a GateConfig to a gate: validate everything, resolve everything, take all memory.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "control/controls_create.hpp"
#include "control/gate_config_issues.hpp"
#include "gate/gate_impl.hpp"
#include "margin/fixed_point.hpp"
#include "scenario/delivered_terms.hpp"

namespace margingate {
namespace {

std::int64_t power_of_ten(int exponent) {
  std::int64_t result = 1;
  for (int i = 0; i < exponent; ++i) result *= 10;
  return result;
}

std::int64_t parts_per_billion(double fraction) { return std::llround(fraction * 1e9); }

// Underlying of each risk unit: that of its instruments, which agree.
std::vector<std::uint32_t> unit_underlyings(const GateConfig& config) {
  std::vector<std::uint32_t> underlyings(config.model.units.size(), 0);
  for (const Instrument& i : config.instruments) {
    underlyings[i.risk_unit.value] = i.underlying.value;
  }
  return underlyings;
}

void prepare_units(const GateConfig& config, GateTerms& terms) {
  const std::vector<std::uint32_t> underlyings = unit_underlyings(config);
  for (std::size_t u = 0; u < config.model.units.size(); ++u) {
    const AssetId coin = config.underlyings[underlyings[u]].asset;
    const bool coin_form = coin == config.numeraire;
    terms.units.push_back(scenario::prepare_risk_unit(config.model.units[u], underlyings[u],
                                                      coin_form, config.money_decimals,
                                                      config.model.unrealised_profit));
    terms.account.coin_asset[u] = static_cast<std::uint8_t>(coin.value);
  }
}

// Where spot pays a charge by expiry it is an expiry of its own, after all dates.
constexpr Timestamp spot_expiry{INT64_MAX};

bool spot_is_apart(const GateConfig& config, const Instrument& instrument) {
  return instrument.kind == InstrumentKind::spot &&
         config.model.units[instrument.risk_unit.value].expiry_delta.spot_rate > 0.0;
}

// Buckets are numbered by expiry within a risk unit, or by strike in one that nets strikes;
// bucket 0 is of neither.
void assign_expiry_buckets(const GateConfig& config, GateTerms& terms) {
  using Bucket = std::pair<Timestamp, double>;
  const auto has_bucket = [&](const Instrument& i) {
    if (i.kind == InstrumentKind::option || spot_is_apart(config, i)) return true;
    return i.kind == InstrumentKind::future && !terms.units[i.risk_unit.value].nets_strikes;
  };
  const auto bucket_of = [&](const Instrument& i) {
    if (spot_is_apart(config, i)) return Bucket{spot_expiry, 0.0};
    return Bucket{i.expiry, terms.units[i.risk_unit.value].nets_strikes ? i.strike : 0.0};
  };
  std::vector<std::set<Bucket>> expiries(terms.units.size());
  for (const Instrument& i : config.instruments) {
    if (has_bucket(i)) expiries[i.risk_unit.value].insert(bucket_of(i));
  }
  for (std::size_t i = 0; i < config.instruments.size(); ++i) {
    const Instrument& instrument = config.instruments[i];
    const auto& unit = expiries[instrument.risk_unit.value];
    const auto found = unit.find(bucket_of(instrument));
    terms.instruments[i].expiry_bucket =
        has_bucket(instrument) ? static_cast<std::uint8_t>(1 + std::distance(unit.begin(), found))
                               : 0;
  }
  for (std::size_t u = 0; u < terms.units.size(); ++u) {
    const std::size_t buckets = (1 + expiries[u].size() + 7) / 8 * 8;
    terms.layouts.push_back({terms.units[u].lanes.lane_count, buckets});
  }
}

void prepare_instruments(const GateConfig& config, GateTerms& terms) {
  for (const Instrument& i : config.instruments) {
    const scenario::RiskUnitTerms& unit = terms.units[i.risk_unit.value];
    const double reference = config.underlyings[i.underlying.value].reference_price;
    terms.lanes_offset.push_back(terms.lanes_total);
    terms.lanes_total += unit.lanes.lane_count;
    terms.instruments.push_back(scenario::prepare_instrument(
        i, unit, reference, config.money_decimals, config.price_decimals));
    terms.instruments.back().fee_ppb = parts_per_billion(i.fee_rate_max);
    scenario::RiskUnitTerms& own = terms.units[i.risk_unit.value];
    own.values_kinked = own.values_kinked || terms.instruments.back().is_american;
  }
  for (const DeliveredRow& row : config.model.delivered) {
    const Instrument& i = config.instruments[row.instrument.value];
    scenario::prepare_delivered(row, i, config.underlyings[i.underlying.value].reference_price,
                                terms.money_scale, terms.units[i.risk_unit.value],
                                terms.instruments[row.instrument.value]);
  }
}

// The exponent is that of a contract as large as all legs together, MR-35.
void prepare_combos(const GateConfig& config, GateTerms& terms) {
  for (const Combo& combo : config.combos) {
    ComboTerms prepared;
    scenario::InstrumentTerms contract = terms.instruments[combo.legs.front().instrument.value];
    const std::uint8_t bucket = contract.expiry_bucket;
    std::int64_t lots = 0;
    double magnitude = 0.0;
    bool is_delivered = false;
    contract.legs_scaled = 0;
    prepared.is_in_one_expiry = true;
    for (const ComboLeg& leg : combo.legs) {
      const scenario::InstrumentTerms& terms_of_leg = terms.instruments[leg.instrument.value];
      prepared.legs[prepared.count++] = {leg.instrument.value, leg.ratio};
      const std::int64_t ratio = std::abs(std::int64_t{leg.ratio});
      lots += ratio;
      magnitude = std::max(magnitude, terms_of_leg.lot_magnitude);
      is_delivered = is_delivered || terms_of_leg.delivered >= 0;
      contract.legs_scaled += ratio * (std::int64_t{1} << terms_of_leg.exponent);
      prepared.is_in_one_expiry = prepared.is_in_one_expiry && terms_of_leg.expiry_bucket == bucket;
    }
    contract.is_option = contract.is_call = false;
    contract.expiry_bucket = prepared.is_in_one_expiry ? bucket : std::uint8_t{0};
    // What a combo over several expiries pays for them is an added charge.
    scenario::RiskUnitTerms& unit = terms.units[contract.risk_unit];
    unit.charges_added |= !prepared.is_in_one_expiry && unit.charges_expiry_delta;
    Instrument as_large = config.instruments[combo.legs.front().instrument.value];
    as_large.contract_size *= static_cast<double>(lots);
    const double reference = config.underlyings[as_large.underlying.value].reference_price;
    contract.exponent = scenario::prepare_instrument(as_large, unit, reference,
                                                     config.money_decimals, config.price_decimals)
                            .exponent;
    if (is_delivered) {
      contract.exponent = scenario::delivered_combo_exponent(lots, magnitude, terms.money_scale);
    }
    contract.delivered = -1;
    terms.lanes_offset.push_back(terms.lanes_total);
    terms.lanes_total += terms.units[contract.risk_unit].lanes.lane_count;
    terms.instruments.push_back(contract);
    terms.combos.push_back(prepared);
  }
}

// Held like a contract of the largest exponent; two lots of rounding for the envelope.
void prepare_quote_groups(const GateConfig& config, GateTerms& terms) {
  for (const QuoteGroup& group : config.quote_groups) {
    std::vector<std::uint32_t> members;
    scenario::InstrumentTerms contract = terms.instruments[group.instruments.front().value];
    for (const InstrumentId id : group.instruments) {
      members.push_back(id.value);
      contract.exponent = std::max(contract.exponent, terms.instruments[id.value].exponent);
    }
    contract.is_option = contract.is_call = false;
    contract.expiry_bucket = 0;
    contract.fee_ppb = 0;
    contract.delivered = -1;
    contract.legs_scaled = 2 * (std::int64_t{1} << contract.exponent);
    scenario::RiskUnitTerms& unit = terms.units[contract.risk_unit];
    unit.charges_added |= unit.charges_expiry_delta;
    terms.lanes_offset.push_back(terms.lanes_total);
    terms.lanes_total += unit.lanes.lane_count;
    terms.instruments.push_back(contract);
    terms.quote_groups.push_back(std::move(members));
  }
}

// No balance reaches it: where a tier begins beyond it, it never does.
constexpr double amount_max = 0x1p62;

margin::AssetTerms asset_terms(const GateConfig& config, std::uint32_t index) {
  const Asset& asset = config.assets[index];
  margin::AssetTerms terms;
  terms.haircut_ppb = parts_per_billion(asset.haircut);
  terms.is_numeraire = index == config.numeraire.value;
  terms.tiers_in_value = asset.tiers_in_value || terms.is_numeraire;
  for (const HaircutTier& tier : asset.haircut_tiers) {
    const double from = tier.from * std::pow(10.0, config.money_decimals);
    terms.tiers.push_back({static_cast<std::int64_t>(std::min(std::floor(from), amount_max)),
                           parts_per_billion(tier.added_haircut)});
  }
  terms.borrow_initial_ppb = parts_per_billion(asset.borrow_initial_rate);
  terms.borrow_maintenance_ppb = parts_per_billion(asset.borrow_maintenance_rate);
  return terms;
}

void prepare_pools(const GateConfig& config, GateTerms& terms) {
  margin::AccountTerms& account = terms.account;
  for (const ScanPool& pool : config.model.pools) {
    margin::PoolTerms prepared;
    for (const ScanGroup& group : pool.groups) {
      margin::PoolGroupTerms& of_group = prepared.groups.emplace_back();
      of_group.gain_ppb = parts_per_billion(group.gain_share);
      for (const RiskUnitId unit : group.units) {
        of_group.unit_mask |= std::uint32_t{1} << unit.value;
        account.pool_of_unit[unit.value] = static_cast<std::uint8_t>(account.pools.size());
        terms.units[unit.value].is_pooled = true;
      }
      prepared.unit_mask |= of_group.unit_mask;
    }
    prepared.gain_ppb = parts_per_billion(pool.gain_share);
    prepared.initial_ppb = parts_per_billion(pool.initial_factor);
    prepared.maintenance_ppb = parts_per_billion(pool.maintenance_factor);
    const std::uint32_t first = pool.groups.front().units.front().value;
    prepared.reducer =
        scenario::prepare_reducer(pool.reducer, pool.parts, terms.units[first].reducer.scenarios);
    prepared.quantum = scenario::quantum(pool.rounding_decimals, config.money_decimals);
    account.pools.push_back(std::move(prepared));
  }
}

void prepare_account_terms(const GateConfig& config, GateTerms& terms) {
  margin::AccountTerms& account = terms.account;
  for (const OffsetCredit& c : config.model.credits) {
    account.credits.push_back({c.first.value, c.second.value, parts_per_billion(c.rate)});
  }
  for (std::uint32_t a = 0; a < config.assets.size(); ++a) {
    account.assets.push_back(asset_terms(config, a));
    account.charges_borrow |= account.assets.back().borrow_initial_ppb > 0 ||
                              account.assets.back().borrow_maintenance_ppb > 0;
  }
  account.numeraire = static_cast<std::uint8_t>(config.numeraire.value);
  account.initial_ppb = parts_per_billion(config.model.initial_factor);
  account.maintenance_ppb = parts_per_billion(config.model.maintenance_factor);
  account.price_scale = terms.price_scale;
  for (const MarginBand& band : config.model.bands) {
    terms.bands.push_back({parts_per_billion(band.ratio)});
  }
  if (terms.bands.empty()) terms.bands.push_back({margin::parts_per_one});
  account.counts_profit = config.model.unrealised_profit == UnrealisedProfit::counted;
}

void prepare_parts(GateTerms& terms) {
  for (std::size_t u = 0; u < terms.units.size(); ++u) {
    const scenario::RiskUnitTerms& unit = terms.units[u];
    margin::ContributionParts parts;
    parts.expiry_delta = unit.charges_expiry_delta;
    parts.delta = unit.charges_delta_shock || !terms.account.credits.empty();
    parts.added = unit.charges_added;
    parts.floor = unit.charges_floor;
    parts.total_floor = unit.charges_total_floor;
    terms.has_row_charges |= unit.has_row_charges;
    parts.unrealised_losses = unit.charges_unrealised_losses;
    terms.parts.push_back(parts);
    terms.block_offset_words.push_back(terms.account_words);
    terms.account_words += terms.layouts[u].words();
  }
}

GateTerms prepare_terms(const GateConfig& config) {
  GateTerms terms;
  terms.config = config;
  terms.price_scale = power_of_ten(config.price_decimals);
  terms.money_scale = std::pow(10.0, config.money_decimals);
  terms.band_ppb = parts_per_billion(config.drift_band);
  terms.instruction_set = config.instruction_set.value_or(best_instruction_set());
  terms.lane_kernel = &margin::lane_kernel(terms.instruction_set);
  terms.row_settings = {terms.instruction_set, config.drift_band,
                        config.reducing_open_loss_rate_max};
  prepare_units(config, terms);
  prepare_instruments(config, terms);
  assign_expiry_buckets(config, terms);
  prepare_combos(config, terms);
  prepare_quote_groups(config, terms);
  prepare_account_terms(config, terms);
  prepare_pools(config, terms);
  prepare_parts(terms);
  terms.publishes_greeks = config.controls && prepare_controls(config).tracks_greeks;
  return terms;
}

std::pmr::memory_resource* memory_of(const GateConfig& config) {
  return config.memory != nullptr ? config.memory : std::pmr::get_default_resource();
}

// Counts what is asked of it; create() runs against the real one with the same calls.
class CountingResource final : public std::pmr::memory_resource {
 public:
  std::size_t bytes = 0;

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    bytes += size;
    return std::pmr::get_default_resource()->allocate(size, alignment);
  }
  void do_deallocate(void* p, std::size_t size, std::size_t alignment) override {
    std::pmr::get_default_resource()->deallocate(p, size, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

// Of all risk units that take something off their losses.
std::size_t deductibles_per_table(const GateTerms& terms) {
  std::size_t lanes = 0;
  for (const scenario::RiskUnitTerms& unit : terms.units) {
    if (unit.lanes.has_deductibles) lanes += unit.lanes.lane_count;
  }
  return lanes;
}

std::int64_t* aligned(std::pmr::vector<std::int64_t>& words) {
  const auto address = reinterpret_cast<std::uintptr_t>(words.data());
  return reinterpret_cast<std::int64_t*>((address + 63) / 64 * 64);
}

}  // namespace

GateShared::GateShared(GateTerms prepared, std::pmr::memory_resource* resource)
    : terms(std::move(prepared)),
      memory(resource),
      slots(terms.config.limits.risk_tables_max),
      events(terms.config.limits.queue_capacity),
      handovers(handover_buffers_max),
      buffers_back(handover_buffers_max),
      audit_requests(audit_buffers_max),
      handover_words(terms.account_words * handover_buffers_max, resource),
      audit_words(terms.account_words * audit_buffers_max, resource) {
  for (std::uint32_t i = 0; i < terms.config.limits.risk_tables_max; ++i) {
    tables.emplace_back(terms, resource);
  }
}

QuoteScratch::QuoteScratch(std::uint32_t quotes_max, std::size_t instruments)
    : moves(quotes_max),
      plans(quotes_max),
      sides(2 * std::size_t{quotes_max}),
      orders(2 * std::size_t{quotes_max}),
      controlled(2 * std::size_t{quotes_max}),
      last_batch(instruments) {}

Gate::Impl::Impl(GateTerms prepared, std::pmr::memory_resource* upstream)
    : memory(upstream),
      shared(std::move(prepared), &memory),
      terms(shared.terms),
      accounts(terms.config.limits.accounts_max, &memory),
      blocks(terms.account_words * terms.config.limits.accounts_max + 8, 0, &memory),
      cache(terms.units.size() * terms.config.limits.accounts_max, &memory),
      chords(terms.units.size() >= units_for_chords ? cache.size() : 0, &memory),
      pool_cache(terms.account.pools.size() * terms.config.limits.accounts_max, &memory),
      legs(terms.config.limits.legs_max, terms.config.limits.accounts_max, &memory),
      orders(terms.config.limits.working_orders_max, &memory),
      order_ids(terms.config.limits.working_orders_max, terms.config.limits.order_ids_max, &memory),
      quarantined(terms.config.limits.quarantine_max, &memory),
      changes(terms.config.limits.changes_max, &memory),
      live(terms.units.size() * terms.config.limits.risk_tables_max, &memory),
      deductibles(deductibles_per_table(terms) * terms.config.limits.risk_tables_max, &memory),
      spots(terms.config.underlyings.size()),
      to_resend(terms.config.limits.accounts_max, &memory),
      aligned_blocks_(aligned(blocks)),
      scratch_lanes_(3 * scenario::lanes_max),
      scratch_totals_(terms.account_words),
      pool_losses_(terms.account, terms.lane_counts()),
      quotes_(terms.config.limits.quote_batch_max, terms.instruments.size()),
      derived_lanes_(3 * scenario::lanes_max) {
  std::size_t first = 0;
  for (std::size_t i = 0; i < live.size(); ++i) {
    const scenario::ScenarioLanes& lanes = terms.units[i % terms.units.size()].lanes;
    if (!lanes.has_deductibles) continue;
    live[i].deductibles = {deductibles.data() + first, lanes.lane_count};
    first += lanes.lane_count;
  }
  exact_before_.words.resize(terms.account_words);
  exact_after_.words.resize(terms.account_words);
  if (!terms.config.controls) return;
  controls = std::make_unique<limits::Controls>(prepare_controls(terms.config), &memory);
  for (std::uint32_t slot = 0; slot < shared.tables.size(); ++slot) {
    controls->use_greeks(slot, shared.tables[slot].greeks.data());
  }
}

Gate::Gate(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Gate::~Gate() = default;

Gate::Created Gate::create(const GateConfig& config) {
  Created created;
  created.issues = gate_config_issues(config);
  if (!created.issues.empty()) return created;
  GateTerms terms = prepare_terms(config);
  created.issues = trade_value_issues(terms);
  if (!created.issues.empty()) return created;
  created.gate.reset(new Gate(std::make_unique<Impl>(std::move(terms), memory_of(config))));
  return created;
}

std::size_t Gate::memory_required_bytes(const GateConfig& config) {
  if (!gate_config_issues(config).empty()) return 0;
  CountingResource counting;
  { const Impl probe(prepare_terms(config), &counting); }
  return counting.bytes;
}

}  // namespace margingate
