#include "core/failures/mixture.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "core/run/error.h"
#include "core/run/random.h"

namespace caloscope {
namespace {

constexpr std::size_t starts = 5;
constexpr std::size_t most_steps = 200;
/// Gain in ln L a row at which the fit has converged.
constexpr double least_gain = 1e-7;
constexpr std::size_t rows_of_component = 10;
/// Rows between two questions to the job.
constexpr std::size_t step = std::size_t{1} << 12;

double squared_distance(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

/// Rows as first means: each is drawn with a chance that grows with the squared distance from those before.
std::vector<double> first_means(const PointCloud& points, std::size_t components, RandomStream& random) {
  const std::size_t rows = points.rows();
  std::vector<double> means;
  std::vector<double> distance(rows, 1);
  while (means.size() < components * points.dimensions) {
    double whole = 0;
    for (const double d : distance) whole += d;
    // Without distances all rows are equal: any will do.
    std::size_t chosen = whole > 0 ? 0 : random.below(static_cast<std::uint32_t>(rows));
    double left = random.uniform() * whole;
    while (whole > 0 && chosen + 1 < rows && (left -= distance[chosen]) > 0) ++chosen;
    const auto mean = points.row(chosen);
    means.insert(means.end(), mean.begin(), mean.end());
    const bool is_first = means.size() == points.dimensions;
    for (std::size_t row = 0; row < rows; ++row) {
      const double d = squared_distance(points.row(row), mean);
      distance[row] = is_first ? d : std::min(distance[row], d);
    }
  }
  return means;
}

/// ln of share × density of every component at a point.
class ComponentDensities {
 public:
  explicit ComponentDensities(const Mixture& mixture) : mixture_(mixture), dimensions_(mixture.means.size() / mixture.components()) {
    for (std::size_t k = 0; k < mixture.components(); ++k) {
      double constant = std::log(mixture.shares[k]);
      for (std::size_t d = 0; d < dimensions_; ++d) {
        constant -= 0.5 * std::log(2 * std::numbers::pi * mixture.variances[k * dimensions_ + d]);
      }
      constants_.push_back(constant);
    }
  }
  double at(std::span<const double> point, std::size_t k) const {
    double sum = 0;
    for (std::size_t d = 0; d < dimensions_; ++d) {
      const double from_mean = point[d] - mixture_.means[k * dimensions_ + d];
      sum += from_mean * from_mean / mixture_.variances[k * dimensions_ + d];
    }
    return constants_[k] - 0.5 * sum;
  }

 private:
  const Mixture& mixture_;
  std::size_t dimensions_;
  std::vector<double> constants_;
};

/// Sums over the rows, weighted with the probability of each component.
struct Moments {
  std::vector<double> weights, sums, squares;
  double log_likelihood = 0;
};

Moments expected_moments(const PointCloud& points, const Mixture& mixture, const JobControl& control) {
  const std::size_t components = mixture.components(), dimensions = points.dimensions;
  const ComponentDensities densities(mixture);
  Moments moments{std::vector<double>(components), std::vector<double>(components * dimensions),
                  std::vector<double>(components * dimensions), 0};
  std::vector<double> share(components);
  for (std::size_t row = 0; row < points.rows(); ++row) {
    if (row % step == 0) control.check();
    const auto point = points.row(row);
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < components; ++k) largest = std::max(largest, share[k] = densities.at(point, k));
    double whole = 0;
    for (double& of_component : share) whole += of_component = std::exp(of_component - largest);
    moments.log_likelihood += largest + std::log(whole);
    for (std::size_t k = 0; k < components; ++k) {
      const double weight = share[k] / whole;
      moments.weights[k] += weight;
      for (std::size_t d = 0; d < dimensions; ++d) {
        // About the present mean: squares of far values would lose their digits.
        const double from_mean = point[d] - mixture.means[k * dimensions + d];
        moments.sums[k * dimensions + d] += weight * from_mean;
        moments.squares[k * dimensions + d] += weight * from_mean * from_mean;
      }
    }
  }
  return moments;
}

void maximize(Mixture& mixture, const Moments& moments, std::size_t rows, std::size_t dimensions) {
  for (std::size_t k = 0; k < mixture.components(); ++k) {
    const double weight = std::max(moments.weights[k], 1e-300);
    mixture.shares[k] = weight / static_cast<double>(rows);
    for (std::size_t i = k * dimensions; i < (k + 1) * dimensions; ++i) {
      const double shift = moments.sums[i] / weight;
      mixture.means[i] += shift;
      mixture.variances[i] = std::max(Mixture::least_variance, moments.squares[i] / weight - shift * shift);
    }
  }
}

Mixture mixture_from(std::vector<double> means, const PointCloud& points, std::size_t components,
                     const JobControl& control) {
  Mixture mixture{std::vector<double>(components, 1.0 / static_cast<double>(components)), std::move(means),
                  std::vector<double>(components * points.dimensions, 1.0), 0};
  const double enough = least_gain * static_cast<double>(points.rows());
  double before = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < most_steps; ++i) {
    const auto moments = expected_moments(points, mixture, control);
    mixture.log_likelihood = moments.log_likelihood;
    if (moments.log_likelihood - before < enough) break;
    before = moments.log_likelihood;
    maximize(mixture, moments, points.rows(), points.dimensions);
  }
  return mixture;
}

}  // namespace

double Mixture::information_criterion(std::size_t rows) const {
  const auto parameters = static_cast<double>(means.size() + variances.size() + components() - 1);
  return -2 * log_likelihood + parameters * std::log(static_cast<double>(rows));
}

std::size_t Mixture::component_of(std::span<const double> point) const {
  const ComponentDensities densities(*this);
  std::size_t best = 0;
  for (std::size_t k = 1; k < components(); ++k) {
    if (densities.at(point, k) > densities.at(point, best)) best = k;
  }
  return best;
}

Mixture fitted_mixture(const PointCloud& points, std::size_t components, std::uint64_t seed, const JobControl& control) {
  if (components == 0) throw Error(ErrorCode::argument, "a mixture needs at least one component");
  if (points.rows() < components) {
    throw Error(ErrorCode::too_few_rows, "fewer rows than components of the mixture; ask for fewer components");
  }
  for (std::size_t i = 0; i < points.numbers.size(); ++i) {
    if (std::isfinite(points.numbers[i])) continue;
    throw Error(ErrorCode::non_finite, "row " + std::to_string(i / points.dimensions) + " holds a number that is not finite");
  }
  Mixture best;
  for (std::size_t start = 0; start < (components == 1 ? 1 : starts); ++start) {
    RandomStream random(seed, components * starts + start);
    auto found = mixture_from(first_means(points, components, random), points, components, control);
    if (start == 0 || found.log_likelihood > best.log_likelihood) best = std::move(found);
  }
  return best;
}

Mixture best_mixture(const PointCloud& points, std::size_t most, std::uint64_t seed, const TileRunner& run_tiles,
                     const JobControl& control) {
  const std::size_t rows = points.rows();
  const std::size_t tried = std::max<std::size_t>(1, std::min(most, rows / rows_of_component));
  std::vector<Mixture> mixtures(tried);
  run_tiles(tried, [&](std::size_t i) { mixtures[i] = fitted_mixture(points, i + 1, seed, control); });
  return *std::min_element(mixtures.begin(), mixtures.end(), [rows](const Mixture& a, const Mixture& b) {
    return a.information_criterion(rows) < b.information_criterion(rows);
  });
}

}  // namespace caloscope
