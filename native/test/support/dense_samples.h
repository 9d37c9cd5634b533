#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <vector>

#include "core/learners/dense_rows.h"
#include "core/learners/whitening.h"
#include "core/run/random.h"
#include "core/run/worker_pool.h"
#include "core/training/standardisation.h"
#include "test/support/small_samples.h"

namespace caloscope {

/// Both samples of a test, row by row, the reference first.
struct DenseSamples {
  std::uint32_t columns = 0;
  std::vector<float> values;
  std::vector<std::uint8_t> label;

  std::size_t count() const { return label.size(); }
  const float* row(std::size_t r) const { return values.data() + r * columns; }

  void add(std::uint8_t of, const std::vector<double>& numbers) {
    for (const double x : numbers) values.push_back(static_cast<float>(x));
    label.push_back(of);
  }

  /// The rows of both samples whose place leaves `remainder` when divided by `parts`; they share the numbers.
  LabelledDenseRows part(std::size_t parts = 1, std::size_t remainder = 0) const {
    std::vector<std::size_t> places;
    LabelledDenseRows result;
    for (std::size_t r = remainder; r < count(); r += parts) {
      places.push_back(r);
      result.label.push_back(label[r]);
    }
    result.rows = {columns, places.size(), [this, places](std::size_t place) { return row(places[place]); }};
    return result;
  }
  DenseRows rows() const { return part().rows; }
};

/// Rows by a rule: `draw(random, label)` gives the columns of one.
using DrawRow = std::function<std::vector<double>(RandomStream& random, bool reference)>;

inline DenseSamples dense_samples(std::size_t reference, std::size_t generated, std::uint64_t seed,
                                  const DrawRow& draw) {
  DenseSamples result;
  RandomStream random(seed, 1);
  for (std::size_t r = 0; r < reference + generated; ++r) {
    const auto numbers = draw(random, r < reference);
    result.columns = static_cast<std::uint32_t>(numbers.size());
    result.add(r < reference ? 1 : 0, numbers);
  }
  return result;
}

/// Two columns, log E_inc over two decades and log E_dep; their difference has a width of 0.003 and the samples differ
/// in it by `shift`, which alone tells them apart.
inline DenseSamples two_energies(std::size_t rows_of_sample, double shift, std::uint64_t seed) {
  return dense_samples(rows_of_sample, rows_of_sample, seed, [shift](RandomStream& random, bool reference) {
    const double incident = 2 * random.uniform();
    return std::vector<double>{incident, incident + 0.003 * random.normal() + (reference ? 0 : shift)};
  });
}

inline std::vector<double> normals_of(RandomStream& random, std::size_t count) {
  std::vector<double> result(count);
  for (double& x : result) x = random.normal();
  return result;
}

inline Standardisation standardisation_of(const DenseSamples& samples) {
  const auto references = static_cast<std::size_t>(std::accumulate(samples.label.begin(), samples.label.end(), 0));
  const auto middle = samples.values.begin() + static_cast<std::ptrdiff_t>(references * samples.columns);
  const FeatureTable reference(std::vector<float>(samples.values.begin(), middle), samples.columns);
  const FeatureTable generated(std::vector<float>(middle, samples.values.end()), samples.columns);
  JobControl control;
  const LabelledRows labelled{reference, generated};
  return fit_standardisation(labelled, row_numbers(samples.count()), control);
}

inline Whitening whitening_of(const DenseSamples& samples, unsigned threads = 1) {
  return fit_whitening(samples.rows(), standardisation_of(samples), tiles_on(threads), JobControl());
}

/// Share of pairs in which the reference row has the larger score, ties counting half.
inline double area_of(const std::vector<double>& scores, const std::vector<std::uint8_t>& label) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] < scores[b]; });
  double below = 0, pairs = 0, references = 0;
  for (std::size_t i = 0; i < order.size();) {
    double tied[2] = {};
    const double score = scores[order[i]];
    for (; i < order.size() && scores[order[i]] == score; ++i) ++tied[label[order[i]]];
    pairs += tied[1] * (below + tied[0] / 2);
    below += tied[0];
    references += tied[1];
  }
  return pairs / (references * below);
}

}  // namespace caloscope
