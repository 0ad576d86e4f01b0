// Joint log returns of several underlyings over a horizon: Student t marginals joined by a copula.
//
// Shape    one marginal per underlying, a correlation matrix by row.
// Units    volatility: standard deviation of the log return over the horizon, fraction.
// Sign     volatility >= 0.
// Range    degrees above 2 (so that there is a standard deviation); correlation symmetric, positive
//          definite, ones on its diagonal.
// Errors   std::invalid_argument for what is outside.
// Threads  a ReturnPaths has one owner; the rest is pure.
// Cost     cold: two or three quantiles of distributions per underlying and path.
// Source   docs/models/monte-carlo.md; A. McNeil, R. Frey and P. Embrechts, "Quantitative risk
//          management", chapter 7 (copulas, Kendall's tau).
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace margingate::simulation {

struct Marginal {
  double volatility = 0.0;
  double degrees = 4.0;  // of freedom; from normal_degrees on the normal distribution
};

inline constexpr double normal_degrees = 1e6;

enum class Copula : std::uint8_t { gaussian, student_t };

using Matrix = std::vector<std::vector<double>>;

struct ReturnModel {
  std::vector<Marginal> marginals;
  Matrix correlation;
  Copula copula = Copula::student_t;
  double copula_degrees = 4.0;  // of student_t
};

// The degrees, in steps of a tenth from 2.1 to 30, under which returns of unit variance are most
// likely.
[[nodiscard]] double most_likely_degrees(std::span<const double> standardised);

// sin(pi / 2 * tau) of Kendall's tau, which holds for either copula whatever the marginals are.
[[nodiscard]] double rank_correlation(std::span<const double> a, std::span<const double> b);

// By underlying, as many standardised returns of each; pairwise estimates that do not fit together
// are drawn towards none by hundredths until they do.
[[nodiscard]] Matrix rank_correlations(const std::vector<std::vector<double>>& standardised);

// Lower triangle; std::invalid_argument when the matrix is not positive definite.
[[nodiscard]] Matrix cholesky(const Matrix& matrix);

class ReturnPaths {
 public:
  ReturnPaths(const ReturnModel& model, std::uint64_t seed);

  // Log returns of one path, by underlying. The same seed gives the same ones.
  [[nodiscard]] std::vector<double> next();

 private:
  [[nodiscard]] double uniform();  // above 0, below 1

  ReturnModel model_;
  Matrix root_;
  std::mt19937_64 engine_;
};

}  // namespace margingate::simulation
