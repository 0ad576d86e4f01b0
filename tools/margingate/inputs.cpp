#include "inputs.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "io/file_error.hpp"
#include "io/option_chain.hpp"
#include "io/parameter_file.hpp"

namespace margingate::tool {
namespace {

namespace fs = std::filesystem;

// The installed place first, then the source tree this was built in.
std::vector<fs::path> parameter_directories() {
  return {fs::path(MARGINGATE_INSTALL_DATA_DIR) / "params",
          fs::path(MARGINGATE_SOURCE_DIR) / "params"};
}

// Names of sets end in their date, so the last one in order is the newest.
std::string newest_set(const std::string& prefix) {
  for (const fs::path& directory : parameter_directories()) {
    std::vector<std::string> names;
    if (!fs::is_directory(directory)) continue;
    for (const auto& entry : fs::directory_iterator(directory)) {
      const std::string name = entry.path().filename().string();
      if (name.rfind(prefix, 0) == 0 && entry.path().extension() == ".json") names.push_back(name);
    }
    if (!names.empty()) return (directory / *std::max_element(names.begin(), names.end())).string();
  }
  throw std::runtime_error("no bundled parameter set begins with " + prefix);
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

std::string find_set(const std::string& model, const std::string& parameters,
                     const std::string& coin) {
  if (parameters.empty()) {
    return newest_set(model == "deribit" ? model + "-" + lower(coin) + "-" : model + "-");
  }
  if (fs::exists(parameters)) return parameters;
  for (const fs::path& directory : parameter_directories()) {
    const fs::path path = directory / (parameters + ".json");
    if (fs::exists(path)) return path.string();
  }
  return parameters;
}

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

io::MarketFile load_market(const std::string& path) {
  if (ends_with(path, ".csv") || ends_with(path, ".csv.gz")) {
    return io::chain_market(io::read_option_chain(path));
  }
  return io::read_market_file(path);
}

models::ParameterSet load_parameters(const std::string& model, const std::string& parameters,
                                     const std::string& coin) {
  const std::string path = find_set(model, parameters, coin);
  models::ParameterSet set = io::read_parameter_file(path);
  if (set.model != model) {
    throw io::FileError(path, "/model", "\"" + model + "\", found \"" + set.model + "\"");
  }
  return set;
}

std::string first_underlying(const io::MarketFile& market, const io::PortfolioFile& portfolio) {
  if (!portfolio.positions.empty()) {
    return market.find_instrument(portfolio.positions.front().instrument)->underlying;
  }
  if (!portfolio.working_orders.empty()) {
    return market.find_instrument(portfolio.working_orders.front().instrument)->underlying;
  }
  return market.underlyings.empty() ? std::string() : market.underlyings.front().name;
}

}  // namespace margingate::tool
