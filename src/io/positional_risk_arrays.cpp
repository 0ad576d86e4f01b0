#include "io/positional_risk_arrays.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>

#include "io/accepted_parameter_set.hpp"
#include "io/file_error.hpp"
#include "io/positional_records.hpp"
#include "io/text_file.hpp"

namespace margingate::io {
namespace {

using namespace risk_arrays;

constexpr int price_risk_places = 2;

struct KindName {
  const char* name;
  ContractKind kind;
};
constexpr std::array<KindName, 8> kinds = {{{"FUT", ContractKind::future},
                                            {"PHY", ContractKind::physical},
                                            {"STOCK", ContractKind::equity},
                                            {"CMB", ContractKind::combination},
                                            {"OOF", ContractKind::option_on_future},
                                            {"OOP", ContractKind::option_on_physical},
                                            {"OOS", ContractKind::option_on_equity},
                                            {"OOC", ContractKind::option_on_combination}}};

// Where a product's arrays go, and how they are scaled.
struct ProductState {
  std::size_t index = 0;
  int array_decimals = 0;
};

// Months of futures with the scan range of a delta, to find the nearest.
struct ScanRange {
  Period period;
  FixedDecimal per_delta;
};

// What records of a combined commodity say before everything about it is known.
struct CommodityState {
  std::size_t index = 0;
  std::vector<IntraSpread> series_spreads;
  std::vector<IntraSpread> tier_spreads;
  std::string scan_method;
  bool intra_free = false;  // no charge between months
  std::array<FixedDecimal, account_type_count> initial_ratios;
  std::array<FixedDecimal, account_type_count> factors;
  std::optional<ScanRange> nearest;
};

using ContractTerms = std::tuple<ProductKey, Period, Period>;

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  ParameterSet read(std::string_view text) {
    std::size_t line_number = 0;
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      std::string_view line = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      read_line(FixedWidthRecord(file_, line, ++line_number));
    }
    if (line_number == 0) throw FileError(file_, "", "records of risk arrays, found an empty file");
    finish(line_number);
    return accepted_parameter_set(file_, std::move(set_));
  }

 private:
  void read_line(const FixedWidthRecord& record) {
    const std::string_view line = record.line();
    if (line.size() > positional_line_size_max) {
      record.fail_line("lines of at most " + std::to_string(positional_line_size_max) +
                       " characters, found " + std::to_string(line.size()));
    }
    if (line.find_first_not_of(" \x1a") == std::string_view::npos) return;
    const std::string id = {line[0], line.size() > 1 ? line[1] : ' '};
    if (first_ && id != (is_wide_ ? "84" : "82")) {
      record.fail_line("record " + std::string(is_wide_ ? "84" : "82") +
                       " with the rest of the array of the line before, found \"" + shown(id) +
                       "\"");
    }
    if (!has_header_ && id != "0 ") {
      record.fail_line("a record 0 first, found \"" + shown(id) + "\"");
    }
    dispatch(id, record);
  }

  static std::string shown(const std::string& id) {
    std::string result = id;
    for (char& c : result) c = c >= ' ' && c <= '~' ? c : '?';
    return result;
  }

  void dispatch(const std::string& id, const FixedWidthRecord& record) {
    if (id == "0 ") return header(record);
    if (id == "2 ") return commodity(record);
    if (id == "3 ") return intra_tiers(record);
    if (id == "S ") return scan_tiers(record);
    if (id == "C ") return tier_spread(record);
    if (id == "E ") return series_spread(record);
    if (id == "4 ") return spot(record);
    if (id == "6 ") return inter_spread(record);
    if (id == "B ") return array_parameters(record);
    if (id == "P ") return price(record);
    if (id == "81" || id == "83") return first_array(record);
    if (id == "82" || id == "84") return second_array(record);
  }

  void header(const FixedWidthRecord& record) {
    if (has_header_) record.fail_line("one record 0");
    const HeaderRecord header = decode_header(record);
    if (header.format != "U2") {
      record.fail({36, 37}, "the format U2, found \"" + shown(header.format) + "\"");
    }
    has_header_ = true;
    limits_option_value_ = header.limits_option_value;
    set_.name = header.complex;
    set_.business_date = header.business_date;
  }

  void commodity(const FixedWidthRecord& record) {
    const CommodityRecord read = decode_commodity(record);
    const auto known = commodities_.find(read.code);
    if (known == commodities_.end()) {
      CombinedCommodity terms;
      terms.code = read.code;
      terms.exchange = read.exchange;
      terms.currency = read.currency;
      terms.risk_exponent = read.risk_exponent;
      terms.limit_option_value = read.limits_option_value || limits_option_value_;
      commodities_[read.code].index = set_.combined_commodities.size();
      set_.combined_commodities.push_back(std::move(terms));
    } else {
      const CombinedCommodity& terms = set_.combined_commodities[known->second.index];
      if (terms.currency != read.currency || terms.risk_exponent != read.risk_exponent) {
        record.fail_line("the currency and exponent of the record 2 before of " + read.code);
      }
    }
    for (const CommodityRecord::Member& member : read.members) add_product(record, member, read);
  }

  void add_product(const FixedWidthRecord& record, const CommodityRecord::Member& member,
                   const CommodityRecord& read) {
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const KindName& name) {
      return name.name == member.product.kind;
    });
    if (kind == kinds.end()) {
      record.fail_line("FUT, PHY, CMB, STOCK or OOF, OOP, OOC, OOS as the kind of " +
                       member.product.code);
    }
    const std::size_t index = set_.products.size();
    if (!products_.emplace(member.product, ProductState{index, member.array_decimals}).second) {
      record.fail_line("product " + member.product.code + " in one combined commodity");
    }
    set_.products.push_back({member.product.exchange, member.product.code, kind->kind, false, 1,
                             commodities_[read.code].index});
  }

  CommodityState& known(const FixedWidthRecord& record, const std::string& code) {
    const auto found = commodities_.find(code);
    if (found == commodities_.end()) {
      record.fail({3, 8}, "a combined commodity of a record 2 before");
    }
    return found->second;
  }

  CombinedCommodity& terms_of(const CommodityState& state) {
    return set_.combined_commodities[state.index];
  }

  void intra_tiers(const FixedWidthRecord& record) {
    const IntraTierRecord read = decode_intra_tiers(record);
    CommodityState& state = known(record, read.code);
    CombinedCommodity& terms = terms_of(state);
    state.intra_free = read.method == "01";
    if (read.method != "01" && read.method != "10") {
      terms.not_computed = "intra-commodity spread method " + shown(read.method);
    }
    terms.intra_tiers.insert(terms.intra_tiers.end(), read.tiers.begin(), read.tiers.end());
    state.initial_ratios = read.initial_ratios;
  }

  void scan_tiers(const FixedWidthRecord& record) {
    const ScanTierRecord read = decode_scan_tiers(record);
    CommodityState& state = known(record, read.code);
    CombinedCommodity& terms = terms_of(state);
    state.scan_method = read.method;
    if (read.method == "01") {
      terms.scan_method = ScanMethod::one_tier;
    } else if (read.method == "02") {
      terms.scan_method = ScanMethod::tier_per_period;
    } else if (read.method == "10" || read.method == "20") {
      terms.scan_method = ScanMethod::listed_tiers;
    } else {
      terms.not_computed = "scanning method " + shown(read.method);
    }
    for (const Tier& tier : read.tiers) {
      if (read.has_minimum) terms.short_option_minimum.tiers.push_back(tier);
      terms.scan_tiers.push_back(tier);
    }
    switch (read.price_risk_method) {
      case 0:
      case 1:
        terms.price_risk_method = PriceRiskMethod::normal;
        break;
      case 2:
        terms.price_risk_method = PriceRiskMethod::capped;
        break;
      case 3:
        terms.price_risk_method = PriceRiskMethod::scan_range;
        break;
      default:
        record.fail({83, 83}, "1, 2 or 3 as the method of weighted price risk");
    }
  }

  void tier_spread(const FixedWidthRecord& record) {
    const IntraSpreadRecord read = decode_tier_spread(record);
    CommodityState& state = known(record, read.code);
    if (read.method != "10") {
      terms_of(state).not_computed = "tier spread method " + shown(read.method);
    }
    state.tier_spreads.push_back(read.spread);
  }

  void series_spread(const FixedWidthRecord& record) {
    const IntraSpreadRecord read = decode_series_spread(record);
    known(record, read.code).series_spreads.push_back(read.spread);
  }

  void spot(const FixedWidthRecord& record) {
    const SpotRecord read = decode_spot(record);
    CommodityState& state = known(record, read.code);
    CombinedCommodity& terms = terms_of(state);
    if (read.method != "10" && read.method != "01" && !read.method.empty()) {
      terms.not_computed = "spot charge method " + shown(read.method);
    }
    terms.spot_rates.insert(terms.spot_rates.end(), read.rates.begin(), read.rates.end());
    terms.short_option_minimum.rate = read.minimum_rate;
    terms.short_option_minimum.method =
        read.minimum_method == "1" ? ShortOptionMethod::larger_side : ShortOptionMethod::gross;
    if (!read.minimum_method.empty() && read.minimum_method != "1" && read.minimum_method != "2") {
      record.fail({79, 79}, "1, 2 or blank as the method of the short option minimum");
    }
    state.factors = read.factors;
  }

  void inter_spread(const FixedWidthRecord& record) {
    const InterSpreadRecord read = decode_inter_spread(record);
    InterSpread spread = read.spread;
    if (read.method == "04") {
      spread.method = InterSpreadMethod::scanning;
    } else {
      spread.target.clear();
      // Short lines end before their method: deltas of whole commodities.
      const bool deltas =
          read.method.empty() || read.method == "01" || read.method == "02" || read.method == "20";
      if (!deltas) {
        spread.not_computed = "inter-commodity spread method " + shown(read.method);
      }
    }
    spread.is_flat = read.credit_method == "F";
    const std::string_view percent_methods = "PW ";
    if (!spread.is_flat && !read.credit_method.empty() &&
        percent_methods.find(read.credit_method) == std::string_view::npos) {
      spread.not_computed = "credit method " + shown(read.credit_method);
    }
    (read.is_super ? set_.super_spreads : set_.inter_spreads).push_back(std::move(spread));
  }

  void array_parameters(const FixedWidthRecord& record) {
    const ArrayParameterRecord read = decode_array_parameters(record);
    const auto product = products_.find(read.product);
    if (product == products_.end()) {
      record.fail({6, 18}, "a product of a record 2 before");
    }
    const FixedDecimal scaling = read.delta_scaling.is_zero() ? 1 : read.delta_scaling;
    delta_scalings_[{read.product, read.underlying_period, read.period}] = scaling;
    // The extremes of delivered arrays are weighted; the set keeps what the file says of them.
    if (!has_extremes_ && !read.extreme_multiplier.is_zero() && !read.cover_fraction.is_zero()) {
      if (read.cover_fraction > FixedDecimal(1)) record.fail({63, 67}, "a fraction of at most 1");
      set_.scenarios = classic_scenario_set(read.extreme_multiplier, read.cover_fraction);
      has_extremes_ = true;
    }
    const Product& terms = set_.products[product->second.index];
    if (terms.kind != ContractKind::future || read.price_scan_quotation == "P") return;
    CommodityState& state = commodities_[set_.combined_commodities[terms.combined_commodity].code];
    if (state.nearest && !(read.underlying_period < state.nearest->period)) return;
    state.nearest = ScanRange{read.underlying_period,
                              rounded_quotient(read.price_scan_range, scaling, price_risk_places)};
  }

  void price(const FixedWidthRecord& record) {
    const PriceRecord read = decode_price(record);
    if (!prices_.emplace(read.product, read).second) {
      record.fail_line("one record P of each product and kind");
    }
  }

  void first_array(const FixedWidthRecord& record) {
    is_wide_ = record.line()[1] == '3';
    first_ = decode_first_array(record);
    if (!products_.contains(first_->product)) {
      record.fail({6, 28}, "a product of a record 2 before");
    }
    if (!first_->right.empty() && first_->right != "C" && first_->right != "P") {
      record.fail({29, 29}, "C or P or blank");
    }
    identity_ = record.text({3, 54});
  }

  void second_array(const FixedWidthRecord& record) {
    if (!first_) record.fail_line("a record 81 or 83 before");
    if (record.text({3, 54}) != identity_) {
      record.fail({3, 54}, "the contract of the line before");
    }
    const SecondArrayRecord second = decode_second_array(record);
    const ProductState& state = products_.at(first_->product);
    Contract contract;
    contract.product = state.index;
    contract.underlying_period = first_->underlying_period;
    contract.period = first_->period.is_set() ? first_->period : first_->underlying_period;
    if (!contract.underlying_period.is_set()) contract.underlying_period = contract.period;
    contract.right = first_->right == "C"   ? OptionRight::call
                     : first_->right == "P" ? OptionRight::put
                                            : OptionRight::none;
    const FixedDecimal scale = FixedDecimal::of_digits(1, -state.array_decimals);
    for (std::size_t i = 0; i < scenario_count; ++i) {
      contract.array.losses[i] = scale * (i < 9 ? first_->losses[i] : second.losses[i - 9]);
    }
    contract.array.composite_delta = second.composite_delta;
    if (contract.right != OptionRight::none) add_option_terms(record, second, contract);
    contracts_.emplace_back(first_->product, first_->underlying_period, first_->period);
    set_.contracts.push_back(contract);
    first_.reset();
  }

  void add_option_terms(const FixedWidthRecord& record, const SecondArrayRecord& second,
                        Contract& contract) {
    const auto price = prices_.find(first_->product);
    if (price == prices_.end()) {
      record.fail_line("a record P of product " + first_->product.code + " before");
    }
    const PriceRecord& terms = price->second;
    const FixedDecimal strike = FixedDecimal::of_digits(first_->strike, -terms.strike_decimals);
    contract.strike = second.is_strike_negative ? -strike : strike;
    contract.value =
        second.price * FixedDecimal::of_digits(1, -terms.price_decimals) * terms.multiplier;
  }

  void finish(std::size_t line_number) {
    if (first_) {
      throw FileError(file_, "line " + std::to_string(line_number),
                      "the rest of a risk array, found the end of the file");
    }
    if (!has_header_) throw FileError(file_, "", "a record 0");
    for (std::size_t i = 0; i < set_.contracts.size(); ++i) {
      const auto scaling = delta_scalings_.find(contracts_[i]);
      if (scaling != delta_scalings_.end()) set_.contracts[i].delta_scaling = scaling->second;
    }
    for (const auto& [key, price] : prices_) {
      const auto product = products_.find(key);
      if (product == products_.end()) continue;
      set_.products[product->second.index].multiplier = price.multiplier;
      set_.products[product->second.index].is_premium_style = price.valuation == "EQTY";
    }
    if (!has_extremes_) set_.scenarios = classic_scenario_set(1, 1);
    for (auto& [code, state] : commodities_) finish_commodity(state);
    const auto earlier = [](const InterSpread& a, const InterSpread& b) {
      return a.priority < b.priority;
    };
    std::stable_sort(set_.super_spreads.begin(), set_.super_spreads.end(), earlier);
    std::stable_sort(set_.inter_spreads.begin(), set_.inter_spreads.end(), earlier);
  }

  void finish_commodity(CommodityState& state) {
    CombinedCommodity& terms = terms_of(state);
    const auto earlier = [](const IntraSpread& a, const IntraSpread& b) {
      return a.priority < b.priority;
    };
    // Spreads between months form before spreads between tiers.
    for (std::vector<IntraSpread>* spreads : {&state.series_spreads, &state.tier_spreads}) {
      std::stable_sort(spreads->begin(), spreads->end(), earlier);
      if (state.intra_free) continue;
      terms.intra_spreads.insert(terms.intra_spreads.end(), spreads->begin(), spreads->end());
    }
    terms.inter_tiers = state.scan_method == "20" ? terms.scan_tiers : terms.intra_tiers;
    if (state.nearest) terms.price_scan_range = state.nearest->per_delta;
    for (std::size_t i = 0; i < account_type_count; ++i) {
      const FixedDecimal factor = state.factors[i].is_zero() ? 1 : state.factors[i];
      const FixedDecimal ratio = state.initial_ratios[i].is_zero() ? 1 : state.initial_ratios[i];
      terms.factors[i] = {factor, factor * ratio};
    }
  }

  const std::string& file_;
  ParameterSet set_;
  bool has_header_ = false;
  bool limits_option_value_ = false;
  bool has_extremes_ = false;
  std::map<std::string, CommodityState> commodities_;
  std::map<ProductKey, ProductState> products_;
  std::map<ProductKey, PriceRecord> prices_;
  std::map<ContractTerms, FixedDecimal> delta_scalings_;
  std::vector<ContractTerms> contracts_;  // of set_.contracts
  // The array that waits for its second line.
  std::optional<FirstArrayRecord> first_;
  std::string identity_;
  bool is_wide_ = false;
};

}  // namespace

ParameterSet parse_positional_risk_arrays(const std::string& file, std::string_view text) {
  try {
    return Reader(file).read(text);
  } catch (const std::overflow_error& error) {
    throw FileError(file, "", std::string("numbers in range, found ") + error.what());
  }
}

ParameterSet read_positional_risk_arrays(const std::string& path) {
  return parse_positional_risk_arrays(path, read_text_file(path));
}

}  // namespace margingate::io
