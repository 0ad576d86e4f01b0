#include "simulation/return_model.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace margingate::simulation {
namespace {

using boost::math::cdf;
using boost::math::chi_squared;
using boost::math::normal;
using boost::math::quantile;
using boost::math::students_t;

// Of returns scaled to unit variance.
double log_likelihood(std::span<const double> standardised, double degrees) {
  const double constant = std::lgamma((degrees + 1.0) / 2.0) - std::lgamma(degrees / 2.0) -
                          0.5 * std::log((degrees - 2.0) * std::numbers::pi);
  double sum = 0.0;
  for (const double z : standardised) {
    sum += constant - (degrees + 1.0) / 2.0 * std::log1p(z * z / (degrees - 2.0));
  }
  return sum;
}

double of_marginal(const Marginal& marginal, double probability) {
  if (marginal.degrees >= normal_degrees) {
    return marginal.volatility * quantile(normal(), probability);
  }
  const double unit = std::sqrt((marginal.degrees - 2.0) / marginal.degrees);
  return marginal.volatility * unit * quantile(students_t(marginal.degrees), probability);
}

Matrix drawn_to_none(const Matrix& matrix, double share) {
  Matrix result = matrix;
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (std::size_t j = 0; j < result.size(); ++j) {
      if (i != j) result[i][j] *= 1.0 - share;
    }
  }
  return result;
}

}  // namespace

double most_likely_degrees(std::span<const double> standardised) {
  double best = 0.0;
  double likelihood = 0.0;
  for (int tenths = 21; tenths <= 300; ++tenths) {
    const double degrees = tenths / 10.0;
    const double candidate = log_likelihood(standardised, degrees);
    if (best != 0.0 && candidate <= likelihood) continue;
    best = degrees;
    likelihood = candidate;
  }
  return best;
}

double rank_correlation(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size() || a.size() < 2) {
    throw std::invalid_argument("a correlation needs two returns of either, as many of both");
  }
  double concordant = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = i + 1; j < a.size(); ++j) {
      const double sign = (a[i] - a[j]) * (b[i] - b[j]);
      concordant += sign > 0.0 ? 1.0 : (sign < 0.0 ? -1.0 : 0.0);
    }
  }
  const auto n = static_cast<double>(a.size());
  return std::sin(std::numbers::pi / 2.0 * concordant / (n * (n - 1.0) / 2.0));
}

Matrix rank_correlations(const std::vector<std::vector<double>>& standardised) {
  const std::size_t n = standardised.size();
  Matrix estimated(n, std::vector<double>(n, 1.0));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      estimated[i][j] = rank_correlation(standardised[i], standardised[j]);
      estimated[j][i] = estimated[i][j];
    }
  }
  for (int hundredths = 0; hundredths < 100; ++hundredths) {
    Matrix drawn = drawn_to_none(estimated, hundredths / 100.0);
    try {
      static_cast<void>(cholesky(drawn));
      return drawn;
    } catch (const std::invalid_argument&) {
      continue;
    }
  }
  return drawn_to_none(estimated, 1.0);
}

Matrix cholesky(const Matrix& matrix) {
  constexpr double pivot_minimum = 1e-12;
  const std::size_t n = matrix.size();
  Matrix root(n, std::vector<double>(n, 0.0));
  for (std::size_t i = 0; i < n; ++i) {
    if (matrix[i].size() != n) throw std::invalid_argument("a correlation matrix is square");
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = matrix[i][j];
      for (std::size_t k = 0; k < j; ++k) rest -= root[i][k] * root[j][k];
      if (i != j) {
        root[i][j] = rest / root[j][j];
        continue;
      }
      if (!(rest > pivot_minimum)) {
        throw std::invalid_argument("a correlation matrix is positive definite");
      }
      root[i][i] = std::sqrt(rest);
    }
  }
  return root;
}

ReturnPaths::ReturnPaths(const ReturnModel& model, std::uint64_t seed)
    : model_(model), root_(cholesky(model.correlation)), engine_(seed) {
  if (model.marginals.size() != model.correlation.size()) {
    throw std::invalid_argument("one marginal per row of the correlation matrix");
  }
  for (const Marginal& marginal : model.marginals) {
    if (!(marginal.degrees > 2.0) || !(marginal.volatility >= 0.0)) {
      throw std::invalid_argument("marginals have more than 2 degrees and no negative volatility");
    }
  }
  if (!(model.copula_degrees > 0.0)) {
    throw std::invalid_argument("the copula has more than 0 degrees");
  }
}

double ReturnPaths::uniform() {
  constexpr double cells = 0x1p53;
  return (static_cast<double>(engine_() >> 11U) + 0.5) / cells;
}

std::vector<double> ReturnPaths::next() {
  const std::size_t n = model_.marginals.size();
  std::vector<double> independent(n);
  for (double& z : independent) z = quantile(normal(), uniform());
  const bool has_tails = model_.copula == Copula::student_t;
  double scale = 1.0;
  if (has_tails) {
    const double degrees = model_.copula_degrees;
    scale = std::sqrt(degrees / quantile(chi_squared(degrees), uniform()));
  }
  std::vector<double> returns(n);
  for (std::size_t i = 0; i < n; ++i) {
    double z = 0.0;
    for (std::size_t k = 0; k <= i; ++k) z += root_[i][k] * independent[k];
    z *= scale;
    // By the lower tail: a probability next to one has no digits left.
    const double tail = -std::fabs(z);
    const double probability =
        has_tails ? cdf(students_t(model_.copula_degrees), tail) : cdf(normal(), tail);
    const double move = of_marginal(model_.marginals[i], probability);
    returns[i] = z < 0.0 ? move : -move;
  }
  return returns;
}

}  // namespace margingate::simulation
