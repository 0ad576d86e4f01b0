// Runs a fuzz target without a fuzzer: files given as arguments as they are; without arguments
// its seeds and repeatable changes of them.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

constexpr unsigned seed = 20'260'102;
constexpr int changes_per_seed = 1'500;

Bytes read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void run(const Bytes& bytes) { LLVMFuzzerTestOneInput(bytes.data(), bytes.size()); }

Bytes changed(Bytes bytes, std::mt19937& random) {
  const auto below = [&](std::size_t count) { return random() % count; };
  const std::size_t count = 1 + below(4);
  for (std::size_t i = 0; i < count && !bytes.empty(); ++i) {
    const std::size_t at = below(bytes.size());
    switch (below(4)) {
      case 0:
        bytes[at] = static_cast<std::uint8_t>(random());
        break;
      case 1:
        bytes[at] = static_cast<std::uint8_t>("0123456789+-AB <>/"[below(18)]);
        break;
      case 2: {
        const std::size_t end = std::min(bytes.size(), at + 1 + below(200));
        const Bytes piece(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                          bytes.begin() + static_cast<std::ptrdiff_t>(end));
        const auto into = static_cast<std::ptrdiff_t>(below(bytes.size()));
        bytes.insert(bytes.begin() + into, piece.begin(), piece.end());
        break;
      }
      default:
        bytes.resize(below(4) == 0 ? at : bytes.size() - 1);
        break;
    }
  }
  return bytes;
}

// The seeds of target fuzz_<name>, below the directory that this runs in: corpus/<name>, and the
// examples, of whatever format.
std::vector<fs::path> seeds(const std::string& program) {
  const std::string name = fs::path(program).filename().string().substr(sizeof("fuzz_") - 1);
  std::vector<fs::path> paths;
  for (const fs::path& directory :
       {fs::path("corpus") / name, fs::path("../../examples/risk-arrays")}) {
    for (const auto& entry : fs::directory_iterator(directory)) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count > 1) {
    for (int i = 1; i < argument_count; ++i) run(read(arguments[i]));
    return 0;
  }
  std::mt19937 random(seed);
  std::size_t inputs = 0;
  for (const fs::path& path : seeds(arguments[0])) {
    const Bytes bytes = read(path);
    run(bytes);
    for (int i = 0; i < changes_per_seed; ++i) run(changed(bytes, random));
    inputs += 1 + changes_per_seed;
  }
  std::printf("%zu inputs, seed %u\n", inputs, seed);
  return inputs == 0 ? 1 : 0;
}
