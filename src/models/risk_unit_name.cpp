#include "models/risk_unit_name.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace margingate::models {
namespace {

constexpr char separator = '@';

}  // namespace

std::string expiry_unit_name(const std::string& underlying, Timestamp expiry) {
  using namespace std::chrono;
  const sys_time<nanoseconds> at{nanoseconds{expiry.ns}};
  const sys_days day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{floor<std::chrono::seconds>(at - day)};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return underlying + separator + text.data();
}

std::string_view underlying_of(std::string_view risk_unit) {
  return risk_unit.substr(0, risk_unit.find(separator));
}

}  // namespace margingate::models
