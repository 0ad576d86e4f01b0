#include "calibration_files.hpp"

#include "inputs.hpp"

namespace margingate::tool {

void add_calibration_files(CLI::App& command, CalibrationFiles& files) {
  files.data = bundled_file("data/yahoo_daily_btc_eth_sol.csv.gz");
  command
      .add_option("--parameters", files.pattern,
                  "Parameter file of the model; its moves are replaced, the rest stays")
      ->required();
  command.add_option("--data", files.data, "Daily closes (.csv, .csv.gz)")->capture_default_str();
  command.add_option("--name", files.name, "Name of the new set");
  command.add_option("--output", files.output, "File to write; standard output when absent");
}

}  // namespace margingate::tool
