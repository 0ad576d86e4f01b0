// What a model asks of its part of a parameter file, whatever the file is written in.
//
// Shape    one object of the file; each model reads its own keys by name (read_* beside its
//          parameters), so that a model is one file here and needs no reader elsewhere.
// Units    as in the file; docs/formats.md.
// Sign     none.
// Range    checked by the calls that state one.
// Errors   the reader's own exception, naming file, place and what was expected.
// Threads  single-threaded.
// Cost     cold.
// Source   docs/formats.md, "parameter files".
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace margingate::models {

struct NumberRange {
  double low = 0.0;
  double high = 0.0;
};

inline constexpr NumberRange rate_range{0.0, 10.0};
inline constexpr NumberRange share_range{0.0, 1.0};
inline constexpr NumberRange move_range{-0.999999, 100.0};
inline constexpr NumberRange quote_range{0.0, 1e12};
inline constexpr NumberRange power_range{0.0, 1.0};
inline constexpr NumberRange days_range{1e-6, 3650.0};

class ParameterReader {
 public:
  using Read = std::function<void(ParameterReader&)>;
  using ReadNamed = std::function<void(const std::string& name, ParameterReader&)>;

  ParameterReader() = default;
  virtual ~ParameterReader() = default;
  ParameterReader(const ParameterReader&) = delete;
  ParameterReader& operator=(const ParameterReader&) = delete;

  [[nodiscard]] virtual bool has(const std::string& key) = 0;
  [[nodiscard]] virtual double number(const std::string& key, NumberRange range) = 0;
  [[nodiscard]] virtual double positive(const std::string& key, double high) = 0;  // above 0
  [[nodiscard]] virtual std::int64_t integer(const std::string& key, std::int64_t low,
                                             std::int64_t high) = 0;
  [[nodiscard]] virtual bool flag(const std::string& key) = 0;
  [[nodiscard]] virtual std::string text(const std::string& key) = 0;
  // Position of the text in the list of what is allowed.
  [[nodiscard]] virtual std::size_t choice(const std::string& key,
                                           std::span<const std::string_view> names) = 0;
  [[nodiscard]] virtual std::vector<std::size_t> choices(
      const std::string& key, std::span<const std::string_view> names) = 0;
  [[nodiscard]] virtual std::vector<double> numbers(const std::string& key, NumberRange range) = 0;
  virtual void object(const std::string& key, const Read& read) = 0;
  virtual void objects(const std::string& key, const Read& read) = 0;  // a list of them
  // Of an object whose keys are names, `first` before the others and required.
  virtual void named_objects(const std::string& key, const std::string& first,
                             const ReadNamed& read) = 0;
  // `index` counts in a list; npos for what is none.
  [[noreturn]] virtual void fail(const std::string& key, std::size_t index,
                                 const std::string& expected) = 0;

  [[nodiscard]] double number_or(const std::string& key, double otherwise, NumberRange range) {
    return has(key) ? number(key, range) : otherwise;
  }
};

}  // namespace margingate::models
