#include "core/jets/jet_substructure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "core/jets/jet_observables.h"
#include "core/run/error.h"
#include "core/run/worker_pool.h"

namespace caloscope {
namespace {

using Jet = std::vector<Constituent>;

/// Numbers in (0, 1) that a seed decides.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed * 6364136223846793005u + 1442695040888963407u) {}
  double next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (static_cast<double>(state_ >> 11) + 0.5) / 9007199254740992.0;
  }

 private:
  std::uint64_t state_;
};

Jet random_jet(std::size_t particles, std::uint64_t seed) {
  Numbers numbers(seed);
  Jet jet(particles);
  for (auto& one : jet) one = {numbers.next() - 0.5, numbers.next() - 0.5, 0.01 + numbers.next() * numbers.next()};
  return jet;
}

double apart(const Constituent& a, const Constituent& b) { return std::hypot(a.eta - b.eta, a.phi - b.phi); }

/// The definition: all pairs again after every merging.
Jet axes_of(Jet jets, std::size_t count) {
  while (jets.size() > count) {
    std::size_t first = 0, second = 1;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < jets.size(); ++i) {
      for (std::size_t j = i + 1; j < jets.size(); ++j) {
        const double found = std::pow(std::min(jets[i].pt, jets[j].pt) * apart(jets[i], jets[j]), 2);
        if (found < least) least = found, first = i, second = j;
      }
    }
    Constituent merged = jets[first].pt >= jets[second].pt ? jets[first] : jets[second];
    merged.pt = jets[first].pt + jets[second].pt;
    jets.erase(jets.begin() + static_cast<std::ptrdiff_t>(second));
    jets[first] = merged;
  }
  return jets;
}

double tau_of(const Jet& jet, std::size_t count) {
  const Jet axes = axes_of(jet, count);
  double above = 0, below = 0;
  for (const auto& one : jet) {
    double nearest = std::numeric_limits<double>::infinity();
    for (const auto& axis : axes) nearest = std::min(nearest, apart(one, axis));
    above += one.pt * nearest;
    below += one.pt;
  }
  return above / below;
}

TEST(JetSubstructure, OfTwoConstituents) {
  const Jet jet{{0, 0, 0.5}, {0.3, 0.4, 0.5}};
  // m² = 2 p_T p_T' (cosh Δη − cos Δφ)
  EXPECT_NEAR(jet_mass(jet), std::sqrt(2 * 0.25 * (std::cosh(0.3) - std::cos(0.4))), 1e-12);
  EXPECT_NEAR(jet_pt(jet), std::sqrt(0.25 + 0.25 + 2 * 0.25 * std::cos(0.4)), 1e-12);
  const auto tau = subjettiness(jet);
  EXPECT_NEAR(tau[0], 0.5 * 0.5, 1e-12);
  EXPECT_EQ(tau[1], 0);
  EXPECT_EQ(tau[2], 0);
  EXPECT_EQ(energy_correlation_d2(jet), 0);
}

TEST(JetSubstructure, AgreesWithItsDefinitionsOnRandomJets) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Jet jet = random_jet(2 + seed % 37, seed);
    double square = 0, total = 0, e2 = 0, e3 = 0;
    for (const auto& one : jet) total += one.pt;
    for (std::size_t i = 0; i < jet.size(); ++i) {
      for (std::size_t j = i + 1; j < jet.size(); ++j) {
        square += 2 * jet[i].pt * jet[j].pt * (std::cosh(jet[i].eta - jet[j].eta) - std::cos(jet[i].phi - jet[j].phi));
        e2 += jet[i].pt * jet[j].pt / (total * total) * apart(jet[i], jet[j]);
        for (std::size_t k = j + 1; k < jet.size(); ++k) {
          e3 += jet[i].pt * jet[j].pt * jet[k].pt / (total * total * total) * apart(jet[i], jet[j]) *
                apart(jet[i], jet[k]) * apart(jet[j], jet[k]);
        }
      }
    }
    EXPECT_NEAR(jet_mass(jet), std::sqrt(square), 1e-9 * total);
    EXPECT_NEAR(energy_correlation_d2(jet), e3 / (e2 * e2 * e2), 1e-10 * e3 / (e2 * e2 * e2));
    const auto tau = subjettiness(jet);
    for (std::size_t count = 1; count <= 3; ++count) {
      const double expected = jet.size() > count ? tau_of(jet, count) : 0;
      EXPECT_NEAR(tau[count - 1], expected, 1e-12) << "tau" << count << " of seed " << seed;
    }
  }
}

TEST(JetSubstructure, TurnsAngles) {
  const double turn = 2 * std::numbers::pi;
  const Jet jet{{0, 0.1, 0.5}, {0.1, -0.1, 0.3}, {-0.2, 0.2, 0.2}};
  Jet turned = jet;
  turned[1].phi += turn;
  EXPECT_NEAR(energy_correlation_d2(turned), energy_correlation_d2(jet), 1e-9);
  EXPECT_NEAR(subjettiness(turned)[0], subjettiness(jet)[0], 1e-12);
}

TEST(JetObservables, AreThoseOfEachRowWithoutAbsentParticles) {
  // A jet of three with a gap, one of one, an empty one.
  const std::vector<float> particles{0, 0, 0.5, 9, 9, 0, 0.25f, 0.5f, 0.25f, -0.5f, 0, 0.25f,
                                     0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                     0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1};
  JobControl control;
  const auto values = jet_observables(particles, 3, 4, tiles_on(2), control);
  const Jet first{{0, 0, 0.5}, {0.25, 0.5, 0.25}, {-0.5, 0, 0.25}};
  const auto tau = subjettiness(first);
  const std::vector<double> expected{jet_mass(first), jet_pt(first), 3, tau[1] / tau[0], 0, energy_correlation_d2(first)};
  for (std::size_t o = 0; o < jet_observable_count; ++o) EXPECT_DOUBLE_EQ(values[o * 3], expected[o]);
  EXPECT_EQ(values[2 * 3 + 1], 1);
  EXPECT_NEAR(values[1], 0, 1e-9);
  EXPECT_EQ(values[2 * 3 + 2], 0);
  for (const std::size_t o : {0, 1, 3, 4, 5}) EXPECT_TRUE(std::isnan(values[o * 3 + 2]));
  for (const std::size_t o : {3, 4, 5}) EXPECT_TRUE(std::isnan(values[o * 3 + 1]));
  EXPECT_THROW(jet_observables(particles, 2, 4, tiles_on(1), control), Error);
}

}  // namespace
}  // namespace caloscope
