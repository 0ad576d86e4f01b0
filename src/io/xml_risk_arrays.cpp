#include "io/xml_risk_arrays.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>

#include "io/accepted_parameter_set.hpp"
#include "io/file_error.hpp"
#include "io/text_file.hpp"
#include "io/xml_commodity.hpp"
#include "io/xml_stream.hpp"

namespace margingate::io {
namespace {

using namespace risk_arrays;

struct PortfolioKind {
  std::string_view element;
  ContractKind kind;
};
constexpr std::array<PortfolioKind, 8> portfolio_kinds = {{
    {"phyPf", ContractKind::physical},
    {"equityPf", ContractKind::equity},
    {"futPf", ContractKind::future},
    {"cmbPf", ContractKind::combination},
    {"oofPf", ContractKind::option_on_future},
    {"oopPf", ContractKind::option_on_physical},
    {"ooePf", ContractKind::option_on_equity},
    {"oocPf", ContractKind::option_on_combination},
}};

XmlShape shape() {
  return {{"spanFile", "definitions", "pointInTime", "clearingOrg", "exchange", "phyPf", "equityPf",
           "futPf", "cmbPf", "oofPf", "oopPf", "ooePf", "oocPf", "series", "superSpreads",
           "interSpreads", "interClearSpreads", "superInterClearSpreads"},
          {"fileFormat", "currencyDef", "pbRateDef", "pointDef", "phy", "equity", "fut", "cmb",
           "opt", "ccDef", "dSpread", "sSpread", "hSpread", "clearSpread"},
          {"undC"}};
}

class Reader {
 public:
  explicit Reader(std::string file)
      : file_(std::move(file)),
        stream_(file_, shape(), [this](const XmlNode& record, const XmlAncestors& ancestors) {
          read(record, ancestors);
        }) {}

  void feed(std::string_view piece) { stream_.feed(piece); }

  ParameterSet finish() {
    stream_.finish();
    if (!has_format_) throw FileError(file_, "/spanFile/fileFormat", "4.00");
    if (!has_scenarios_) set_.scenarios = classic_scenario_set(1, 1);
    link_products();
    for (std::vector<InterSpread>* spreads :
         {&set_.super_spreads, &set_.inter_spreads, &set_.exchange_spreads}) {
      finish_spreads(*spreads);
    }
    return accepted_parameter_set(file_, std::move(set_));
  }

 private:
  using ProductId = std::pair<std::string, std::string>;  // exchange, id

  static std::string path_of(const XmlAncestors& ancestors, const XmlNode& record) {
    std::string path;
    for (const XmlNode* ancestor : ancestors) path += "/" + ancestor->name;
    return path + "/" + record.name;
  }

  void read(const XmlNode& record, const XmlAncestors& ancestors) {
    const XmlElement element(file_, path_of(ancestors, record), record);
    if (ancestors.empty() || ancestors.front()->name != "spanFile") {
      element.fail("spanFile as the outermost element");
    }
    const std::string& name = record.name;
    if (name == "fileFormat") return read_format(element);
    if (!has_format_) element.fail("a fileFormat of 4.00 before");
    if (name == "currencyDef") {
      set_.currency_places[element.required_text("currency")] = element.integer("decimalPos", 2);
    } else if (name == "pbRateDef") {
      const auto use = read_rate_use(element);
      if (use) rates_.emplace(element.integer("r"), *use);
    } else if (name == "pointDef") {
      // Rate ids share the scenarios; the first stands for all.
      if (!has_scenarios_) set_.scenarios = read_scenario_set(element);
      has_scenarios_ = true;
    } else if (name == "ccDef") {
      read_organisation(ancestors);
      add_commodity(element);
    } else if (name.ends_with("Spread")) {
      spreads_of(ancestors).push_back(read_inter_spread(element));
    } else {
      read_contract(element, ancestors);
    }
  }

  void read_format(const XmlElement& element) {
    if (element.node().text != "4.00") element.fail("4.00");
    has_format_ = true;
  }

  static const XmlNode* ancestor(const XmlAncestors& ancestors, std::string_view name) {
    const auto at = std::find_if(ancestors.begin(), ancestors.end(),
                                 [&](const XmlNode* node) { return node->name == name; });
    return at == ancestors.end() ? nullptr : *at;
  }

  void read_organisation(const XmlAncestors& ancestors) {
    for (const auto& [container, field, into] :
         {std::tuple("clearingOrg", "ec", &set_.name),
          std::tuple("pointInTime", "date", &set_.business_date)}) {
      const XmlNode* holder = ancestor(ancestors, container);
      const XmlNode* value = holder == nullptr ? nullptr : holder->find(field);
      if (value != nullptr) *into = value->text;
    }
  }

  std::vector<InterSpread>& spreads_of(const XmlAncestors& ancestors) {
    if (ancestor(ancestors, "superSpreads") != nullptr) return set_.super_spreads;
    if (ancestor(ancestors, "interSpreads") != nullptr) return set_.inter_spreads;
    return set_.exchange_spreads;
  }

  void add_commodity(const XmlElement& element) {
    const CommodityElement commodity = read_commodity(element, rates_);
    for (const ProductLink& link : commodity.links) {
      links_[{link.exchange, link.product_id}] = {set_.combined_commodities.size(),
                                                  link.delta_scaling};
    }
    set_.combined_commodities.push_back(commodity.terms);
  }

  // The element around a contract that says what kind it is; the product of that element.
  std::size_t product_of(const XmlElement& element, const XmlAncestors& ancestors) {
    for (const PortfolioKind& portfolio : portfolio_kinds) {
      const XmlNode* holder = ancestor(ancestors, portfolio.element);
      if (holder == nullptr) continue;
      const XmlElement fields(file_, path_of(ancestors, element.node()), *holder);
      const ProductId id{exchange_of(ancestors), fields.required_text("pfId")};
      const auto known = products_.find(id);
      if (known != products_.end()) return known->second;
      Product product;
      product.exchange = id.first;
      product.code = fields.required_text("pfCode");
      product.kind = portfolio.kind;
      product.multiplier = fields.decimal("cvf", 1);
      product.is_premium_style = fields.text("valueMeth") == "EQTY";
      products_.emplace(id, set_.products.size());
      product_ids_.push_back(id);
      set_.products.push_back(std::move(product));
      return set_.products.size() - 1;
    }
    element.fail("a contract inside phyPf, equityPf, futPf, cmbPf, oofPf, oopPf, ooePf or oocPf");
  }

  void read_contract(const XmlElement& element, const XmlAncestors& ancestors) {
    if (element.node().name == "fut") keep_future(element, ancestors);
    const std::vector<XmlElement> arrays = element.all("ra");
    if (arrays.empty()) return;  // only an underlying
    Contract contract;
    contract.product = product_of(element, ancestors);
    contract.array = read_array(arrays.front());
    const bool option = is_option(set_.products[contract.product].kind);
    if (option != (element.node().name == "opt")) element.fail("options as opt, others not");
    if (option) {
      read_option(element, ancestors, contract);
    } else {
      contract.period = contract.underlying_period = element.period("pe");
      contract.delta_scaling = element.decimal("sc", 1);
    }
    set_.contracts.push_back(contract);
  }

  RiskArray read_array(const XmlElement& element) const {
    const std::vector<XmlElement> values = element.all("a");
    if (values.size() != scenario_count) {
      element.fail("sixteen elements a, found " + std::to_string(values.size()));
    }
    RiskArray array;
    for (std::size_t i = 0; i < scenario_count; ++i) array.losses[i] = values[i].own_decimal();
    array.composite_delta = element.required("d").own_decimal();
    return array;
  }

  void read_option(const XmlElement& element, const XmlAncestors& ancestors, Contract& contract) {
    const XmlNode* holder = ancestor(ancestors, "series");
    if (holder == nullptr) element.fail("an option inside a series");
    const XmlElement series(file_, path_of(ancestors, element.node()), *holder);
    contract.period = series.period("pe");
    contract.underlying_period = contract.period;
    // The month of the underlying is found by its contract id when the file names a future.
    for (const XmlElement& underlying : series.all("undC")) {
      const Period future = period_of_future(underlying);
      if (future.is_set()) contract.underlying_period = future;
    }
    const std::string right = element.text("o");
    if (right != "C" && right != "P") element.fail("an option type o of C or P");
    contract.right = right == "C" ? OptionRight::call : OptionRight::put;
    contract.strike = element.required("k").own_decimal();
    contract.delta_scaling = series.decimal("sc", 1);
    const Product& product = set_.products[contract.product];
    const FixedDecimal multiplier =
        element.decimal("cvf", series.decimal("cvf", product.multiplier));
    contract.value = element.decimal("p") * multiplier;
  }

  static std::string exchange_of(const XmlAncestors& ancestors) {
    const XmlNode* exchange = ancestor(ancestors, "exchange");
    const XmlNode* code = exchange == nullptr ? nullptr : exchange->find("exch");
    return code == nullptr ? "" : code->text;
  }

  void keep_future(const XmlElement& element, const XmlAncestors& ancestors) {
    const XmlNode* holder = ancestor(ancestors, "futPf");
    const XmlNode* id = holder == nullptr ? nullptr : holder->find("pfId");
    if (id == nullptr) return;
    futures_[{exchange_of(ancestors), id->text, element.text("cId")}] = element.period("pe");
  }

  Period period_of_future(const XmlElement& underlying) const {
    const auto at =
        futures_.find({underlying.text("exch"), underlying.text("pfId"), underlying.text("cId")});
    return at == futures_.end() ? Period{} : at->second;
  }

  // Products of no combined commodity cannot be margined: their contracts are unknown.
  void link_products() {
    std::vector<Product> linked;
    std::map<std::size_t, std::size_t> moved;
    std::vector<FixedDecimal> scalings;
    for (std::size_t i = 0; i < set_.products.size(); ++i) {
      const auto link = links_.find(product_ids_[i]);
      if (link == links_.end()) continue;
      set_.products[i].combined_commodity = link->second.first;
      moved[i] = linked.size();
      scalings.push_back(link->second.second);
      linked.push_back(std::move(set_.products[i]));
    }
    set_.products = std::move(linked);
    std::erase_if(set_.contracts,
                  [&](const Contract& contract) { return !moved.contains(contract.product); });
    for (Contract& contract : set_.contracts) {
      contract.product = moved.at(contract.product);
      contract.delta_scaling = contract.delta_scaling * scalings[contract.product];
      CombinedCommodity& terms =
          set_.combined_commodities[set_.products[contract.product].combined_commodity];
      if (terms.exchange.empty()) terms.exchange = set_.products[contract.product].exchange;
    }
  }

  void finish_spreads(std::vector<InterSpread>& spreads) const {
    for (InterSpread& spread : spreads) {
      for (InterSpreadLeg& leg : spread.legs) {
        const auto commodity = find_commodity(set_, leg.commodity);
        const bool untiered =
            commodity && set_.combined_commodities[*commodity].inter_tiers.empty();
        if (leg.tier && (*leg.tier == 0 || untiered)) leg.tier.reset();
      }
    }
    std::stable_sort(
        spreads.begin(), spreads.end(),
        [](const InterSpread& a, const InterSpread& b) { return a.priority < b.priority; });
  }

  std::string file_;
  XmlStream stream_;
  ParameterSet set_;
  bool has_format_ = false;
  bool has_scenarios_ = false;
  std::map<int, RateUse> rates_;
  std::map<ProductId, std::size_t> products_;
  std::vector<ProductId> product_ids_;  // of set_.products
  std::map<ProductId, std::pair<std::size_t, FixedDecimal>> links_;
  std::map<std::tuple<std::string, std::string, std::string>, Period> futures_;
};

// Any number out of range is the file's fault.
template <class Action>
ParameterSet checked(const std::string& file, Action&& action) {
  try {
    return action();
  } catch (const std::overflow_error& error) {
    throw FileError(file, "", std::string("numbers in range, found ") + error.what());
  }
}

}  // namespace

ParameterSet parse_xml_risk_arrays(const std::string& file, std::string_view text) {
  return checked(file, [&] {
    Reader reader(file);
    reader.feed(text);
    return reader.finish();
  });
}

ParameterSet read_xml_risk_arrays(const std::string& path) {
  if (path.ends_with(".gz")) return parse_xml_risk_arrays(path, read_text_file(path));
  return checked(path, [&] {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw FileError(path, "", "a readable file");
    Reader reader(path);
    std::vector<char> piece(std::size_t{1} << 16);
    while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())),
           stream.gcount() > 0) {
      reader.feed({piece.data(), static_cast<std::size_t>(stream.gcount())});
    }
    if (stream.bad()) throw FileError(path, "", "a readable file");
    return reader.finish();
  });
}

}  // namespace margingate::io
