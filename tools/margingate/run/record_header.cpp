#include "run/record_header.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "margingate/version.hpp"

namespace margingate::run {
namespace {

using nlohmann::json;

json parsed(const std::string& header) {
  json result = json::parse(header, nullptr, false);
  if (!result.is_object()) throw std::runtime_error("the record's header is not a JSON object");
  return result;
}

template <class T>
T member(const json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end()) {
    throw std::runtime_error(fmt::format("the record's header has no \"{}\"", key));
  }
  try {
    return at->get<T>();
  } catch (const json::exception&) {
    throw std::runtime_error(fmt::format("\"{}\" in the record's header has the wrong type", key));
  }
}

std::string hash_text(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

}  // namespace

std::string record_header(const RunOptions& options, const Universe& universe,
                          const LoadedParameters& parameters) {
  json header;
  header["program"] = "margingate";
  header["version"] = std::string(version_string);
  header["accounts"] = options.accounts;
  header["orders"] = options.orders;
  header["seed"] = options.seed;
  header["model"] = options.model;
  header["deterministic"] = options.is_deterministic;
  header["controls"] = options.has_controls;
  header["second_model"] = options.second_model;
  header["parameter_files"] = options.parameter_files;
  header["parameters"] = json::array();
  for (std::size_t i = 0; i < parameters.sets.size(); ++i) {
    header["parameters"].push_back(
        {{"name", parameters.sets[i].name}, {"xxh64", hash_text(parameters.hashes[i])}});
  }
  header["files"] = json::array();
  for (const DataFile& file : universe.files) {
    header["files"].push_back({{"file", file.path}, {"xxh64", hash_text(file.hash)}});
  }
  return header.dump();
}

RunOptions read_record_header(const std::string& header) {
  const json object = parsed(header);
  if (member<std::string>(object, "program") != "margingate") {
    throw std::runtime_error("the record was made by another program");
  }
  RunOptions options;
  options.accounts = member<std::uint32_t>(object, "accounts");
  options.orders = member<std::uint64_t>(object, "orders");
  options.seed = member<std::uint64_t>(object, "seed");
  options.model = member<std::string>(object, "model");
  options.is_deterministic = member<bool>(object, "deterministic");
  options.has_controls = member<bool>(object, "controls");
  options.second_model = object.value("second_model", std::string(no_second_model));
  options.parameter_files = member<std::vector<std::string>>(object, "parameter_files");
  if (options.accounts == 0 || options.accounts > accounts_most || options.orders > orders_most) {
    throw std::runtime_error("the record's header asks for an impossible number of accounts");
  }
  return options;
}

void check_record_header(const std::string& header, const Universe& universe,
                         const LoadedParameters& parameters) {
  const json object = parsed(header);
  const auto check = [](const json& recorded, std::size_t at, const std::string& name,
                        std::uint64_t hash) {
    const std::string then =
        at < recorded.size() ? member<std::string>(recorded[at], "xxh64") : std::string("none");
    if (then == hash_text(hash)) return;
    throw std::runtime_error(fmt::format(
        "{}: the run was made with another one (XXH64 {}, here {})", name, then, hash_text(hash)));
  };
  const auto files = member<json>(object, "files");
  for (std::size_t i = 0; i < universe.files.size(); ++i) {
    check(files, i, universe.files[i].path, universe.files[i].hash);
  }
  const auto sets = member<json>(object, "parameters");
  for (std::size_t i = 0; i < parameters.sets.size(); ++i) {
    check(sets, i, "parameter set " + parameters.sets[i].name, parameters.hashes[i]);
  }
  if (files.size() != universe.files.size() || sets.size() != parameters.sets.size()) {
    throw std::runtime_error("the run was made with other data files or parameter sets");
  }
}

}  // namespace margingate::run
