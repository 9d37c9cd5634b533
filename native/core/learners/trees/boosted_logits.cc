#include "core/learners/trees/boosted_logits.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "core/learners/trees/boosting_stream.h"
#include "core/learners/trees/row_walk.h"
#include "core/run/error.h"
#include "core/run/random.h"
#include "core/training/class_weights.h"

namespace caloscope {
namespace {

/// Rows of a tile. A product of so many factors from 1 to 2 is still a number.
constexpr std::size_t loss_rows = 512;
/// Rows of a leaf that a tile adds to.
constexpr std::size_t leaf_rows = 8192;

constexpr std::size_t tiles_of(std::size_t count, std::size_t tile) { return (count + tile - 1) / tile; }

/// Uniform in [0, 1) over the rows: the multiples of an odd number.
double dither(std::uint32_t row, std::uint32_t multiplier, std::uint32_t key) {
  return (row * multiplier + key) * 0x1p-32;
}

/// Σ weight · ln(1 + e⁻ˢ) of up to loss_rows logits s towards the right class: one logarithm for all rows of weight 1.
class SoftplusSum {
 public:
  void add(double towards_label, double exponential, double weight) {
    const double linear = std::max(-towards_label, 0.0);
    if (weight == 1) {
      product_ *= 1 + exponential;
      linear_ += linear;
    } else {
      linear_ += weight * (linear + std::log1p(exponential));
    }
  }
  double value() const { return linear_ + std::log(product_); }

 private:
  double product_ = 1;
  double linear_ = 0;
};

/// `exponential` is e^−|logit|.
std::uint64_t packed(double logit, double exponential, bool reference, double weight, const GradientQuanta& quanta,
                     const RoundingKey& key, std::uint32_t row) {
  const double inverse = 1 / (1 + exponential);
  const double probability = logit < 0 ? exponential * inverse : inverse;
  const double gradient = weight * (probability - (reference ? 1.0 : 0.0));
  const double hessian = std::fabs(weight) * exponential * inverse * inverse;
  const double raised = gradient * quanta.gradient + dither(row, 0x9E3779B1U, key.gradient) + PackedGradient::zero;
  return PackedGradient::of(static_cast<std::uint32_t>(raised), static_cast<std::uint32_t>(
                                hessian * quanta.hessian + dither(row, 0x85EBCA6BU, key.hessian)));
}

}  // namespace

BalancedClasses::BalancedClasses(const LabelledDenseRows& rows, const char* use) : weight{} {
  double sum[2] = {0, 0}, most[2] = {0, 0};
  for (std::size_t row = 0; row < rows.label.size(); ++row) {
    const bool reference = rows.label[row] != 0;
    sum[reference] += rows.weight_of(row);
    most[reference] = std::max(most[reference], std::fabs(rows.weight_of(row)));
  }
  for (const int label : {0, 1}) {
    if (std::ranges::count(rows.label, label) == 0) {
      throw Error(ErrorCode::too_few_rows, std::string("boosted trees have no ") +
                                               (label ? "reference" : "generated") + " row to " + use + " with");
    }
    require_class_weight(sum[label], label != 0);
    weight[label] = static_cast<double>(rows.label.size()) / (2.0 * sum[label]);
    largest = std::max(largest, weight[label] * most[label]);
  }
}

GradientQuanta::GradientQuanta(const BalancedClasses& classes) {
  gradient = (PackedGradient::zero - 1) / classes.largest;
  hessian = (PackedGradient::limit - 1) / (classes.largest / 4);
}

RoundingKey rounding_key(std::uint64_t seed, std::uint32_t number, std::uint32_t tree) {
  RandomStream random(seed, stream_number(BoostingStream::rounding, number, tree));
  const std::uint32_t gradient = random.next();
  return {gradient, random.next()};
}

std::uint64_t packed_gradient(double logit, bool reference, double weight, const GradientQuanta& quanta,
                              const RoundingKey& key, std::uint32_t row) {
  return packed(logit, std::exp(-std::fabs(logit)), reference, weight, quanta, key, row);
}

TrainingLogits::TrainingLogits(const LabelledDenseRows& rows, const BalancedClasses& classes, WorkerPool& pool,
                               const JobControl& control)
    : rows_(rows), classes_(classes), pool_(pool), control_(control), logits_(rows.label.size()),
      gradients_(rows.label.size()) {}

void TrainingLogits::add(const std::vector<TreeGrowth::Leaf>& leaves) {
  struct Part {
    std::span<const std::uint32_t> rows;
    double value;
  };
  std::vector<Part> parts;
  for (const auto& leaf : leaves) {
    for (std::size_t first = 0; first < leaf.rows.size(); first += leaf_rows) {
      parts.push_back({leaf.rows.subspan(first, std::min(leaf_rows, leaf.rows.size() - first)), leaf.value});
    }
  }
  pool_.run(parts.size(), [&](std::size_t part, unsigned) {
    for (const std::uint32_t row : parts[part].rows) logits_[row] += parts[part].value;
  });
}

double TrainingLogits::differentiate(const GradientQuanta& quanta, const RoundingKey& key) {
  std::vector<double> losses(tiles_of(logits_.size(), loss_rows));
  pool_.run(losses.size(), [&](std::size_t tile, unsigned) {
    control_.check();
    SoftplusSum sums[2];
    const std::size_t last = std::min(logits_.size(), (tile + 1) * loss_rows);
    for (std::size_t row = tile * loss_rows; row < last; ++row) {
      const bool reference = rows_.label[row] != 0;
      const double logit = logits_[row];
      const double exponential = std::exp(-std::fabs(logit));
      const double weight = rows_.weight_of(row);
      sums[reference].add(reference ? logit : -logit, exponential, weight);
      gradients_[row] = packed(logit, exponential, reference, classes_.weight[reference] * weight, quanta, key,
                               static_cast<std::uint32_t>(row));
    }
    losses[tile] = classes_.weight[0] * sums[0].value() + classes_.weight[1] * sums[1].value();
  });
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(logits_.size());
}

ValidationLogits::ValidationLogits(const LabelledDenseRows& rows, WorkerPool& pool, const JobControl& control)
    : rows_(rows), classes_(rows, "validate"), pool_(pool), control_(control), logits_(rows.label.size()) {}

double ValidationLogits::add_last(const BoostedTrees& trees) {
  const RowWalk walk(trees, trees.trees() - 1, trees.trees());
  std::vector<double> losses(tiles_of(logits_.size(), RowWalk::tile));
  pool_.run(losses.size(), [&](std::size_t tile, unsigned) {
    control_.check();
    const std::size_t first = tile * RowWalk::tile;
    const std::size_t count = std::min(RowWalk::tile, logits_.size() - first);
    walk.add(rows_.rows, first, count, &logits_[first]);
    SoftplusSum sums[2];
    for (std::size_t row = first; row < first + count; ++row) {
      const bool reference = rows_.label[row] != 0;
      sums[reference].add(reference ? logits_[row] : -logits_[row], std::exp(-std::fabs(logits_[row])),
                          rows_.weight_of(row));
    }
    losses[tile] = classes_.weight[0] * sums[0].value() + classes_.weight[1] * sums[1].value();
  });
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(logits_.size());
}

}  // namespace caloscope
