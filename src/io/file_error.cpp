#include "io/file_error.hpp"

#include <utility>

namespace margingate::io {
namespace {

std::string message(const std::string& file, const std::string& place,
                    const std::string& expected) {
  const std::string where = place.empty() ? file : file + ": " + place;
  return where + ": expected " + expected;
}

}  // namespace

FileError::FileError(std::string file, std::string place, std::string expected)
    : std::runtime_error(message(file, place, expected)),
      file_(std::move(file)),
      place_(std::move(place)),
      expected_(std::move(expected)) {}

}  // namespace margingate::io
