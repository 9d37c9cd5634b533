#include "core/jets/jet_substructure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace caloscope {
namespace {

/// φ in relative coordinates is not always turned into one period.
double distance(const Constituent& a, const Constituent& b) {
  const double phi = std::remainder(a.phi - b.phi, 2 * std::numbers::pi);
  const double eta = a.eta - b.eta;
  return std::sqrt(eta * eta + phi * phi);
}

double scalar_sum(std::span<const Constituent> jet) {
  double sum = 0;
  for (const auto& one : jet) sum += one.pt;
  return sum;
}

struct FourMomentum {
  double energy = 0, px = 0, py = 0, pz = 0;
};

FourMomentum sum_of(std::span<const Constituent> jet) {
  FourMomentum sum;
  for (const auto& [eta, phi, pt] : jet) {
    sum.energy += pt * std::cosh(eta);
    sum.px += pt * std::cos(phi);
    sum.py += pt * std::sin(phi);
    sum.pz += pt * std::sinh(eta);
  }
  return sum;
}

/// Exclusive k_T clustering: d_ij = min(p_T,i², p_T,j²) ΔR_ij², without a beam; what is merged has the direction of the harder one.
/// Each keeps its nearest, so that a merging costs one pass for those whose nearest went.
class Clustering {
 public:
  explicit Clustering(std::span<const Constituent> jet)
      : jets_(jet.begin(), jet.end()), nearest_(jet.size()), measure_(jet.size()) {
    for (std::size_t i = 0; i < jets_.size(); ++i) find_nearest(i);
  }

  /// Merges down to `count` jets.
  std::span<const Constituent> down_to(std::size_t count) {
    while (jets_.size() > count) merge_closest();
    return jets_;
  }

 private:
  double measure(std::size_t i, std::size_t j) const {
    const double softer = std::min(jets_[i].pt, jets_[j].pt);
    const double apart = distance(jets_[i], jets_[j]);
    return softer * softer * apart * apart;
  }

  void find_nearest(std::size_t i) {
    measure_[i] = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < jets_.size(); ++j) {
      if (j != i) consider(i, j);
    }
  }

  void consider(std::size_t i, std::size_t j) {
    const double found = measure(i, j);
    if (found < measure_[i]) {
      measure_[i] = found;
      nearest_[i] = j;
    }
  }

  void merge_closest() {
    const auto first = static_cast<std::size_t>(std::min_element(measure_.begin(), measure_.end()) - measure_.begin());
    const std::size_t kept = std::min(first, nearest_[first]);
    const std::size_t gone = std::max(first, nearest_[first]);
    const Constituent& harder = jets_[kept].pt >= jets_[gone].pt ? jets_[kept] : jets_[gone];
    jets_[kept] = {harder.eta, harder.phi, jets_[kept].pt + jets_[gone].pt};
    const std::size_t last = jets_.size() - 1;
    jets_[gone] = jets_[last];
    nearest_[gone] = nearest_[last];
    measure_[gone] = measure_[last];
    jets_.pop_back();
    nearest_.pop_back();
    measure_.pop_back();
    for (std::size_t i = 0; i < jets_.size(); ++i) {
      const std::size_t before = nearest_[i];
      if (i == kept || before == kept || before == gone) {
        find_nearest(i);
      } else {
        if (before == last) nearest_[i] = gone;
        consider(i, kept);
      }
    }
  }

  std::vector<Constituent> jets_;
  std::vector<std::size_t> nearest_;
  std::vector<double> measure_;
};

double distance_to_axes(std::span<const Constituent> jet, std::span<const Constituent> axes) {
  double sum = 0;
  for (const auto& one : jet) {
    double nearest = std::numeric_limits<double>::infinity();
    for (const auto& axis : axes) nearest = std::min(nearest, distance(one, axis));
    sum += one.pt * nearest;
  }
  return sum / scalar_sum(jet);
}

}  // namespace

double jet_mass(std::span<const Constituent> jet) {
  const auto [energy, px, py, pz] = sum_of(jet);
  return std::sqrt(std::max(0.0, energy * energy - px * px - py * py - pz * pz));
}

double jet_pt(std::span<const Constituent> jet) {
  const auto sum = sum_of(jet);
  return std::hypot(sum.px, sum.py);
}

std::array<double, 3> subjettiness(std::span<const Constituent> jet) {
  std::array<double, 3> tau{};
  Clustering clustering(jet);
  for (std::size_t count = 3; count > 0; --count) {
    if (jet.size() > count) tau[count - 1] = distance_to_axes(jet, clustering.down_to(count));
  }
  return tau;
}

double energy_correlation_d2(std::span<const Constituent> jet) {
  const std::size_t n = jet.size();
  const double total = scalar_sum(jet);
  std::vector<double> apart(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) apart[i * n + j] = distance(jet[i], jet[j]);
  }
  double pairs = 0;
  double triples = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double pair = jet[i].pt * jet[j].pt * apart[i * n + j];
      double third = 0;
      for (std::size_t k = 0; k < j; ++k) third += jet[k].pt * apart[i * n + k] * apart[j * n + k];
      pairs += pair;
      triples += pair * third;
    }
  }
  const double e2 = pairs / (total * total);
  const double e3 = triples / (total * total * total);
  return e2 > 0 ? e3 / (e2 * e2 * e2) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace caloscope
