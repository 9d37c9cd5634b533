#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/learners/weighted_sum.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"
#include "core/weights/row_weight.h"

namespace caloscope {

/// What learners say of rows, several times: those of a group never saw one block of the training rows beside the others
/// that they did not see.
class GroupedLogits {
 public:
  GroupedLogits(std::size_t learners, std::size_t groups, std::size_t rows)
      : learners_(learners), groups_(groups), rows_(rows), logits_(learners * groups * rows) {}

  std::size_t learners() const { return learners_; }
  std::size_t groups() const { return groups_; }
  std::size_t rows() const { return rows_; }
  float& at(std::size_t learner, std::size_t group, std::size_t row) {
    return logits_[(learner * groups_ + group) * rows_ + row];
  }
  float at(std::size_t learner, std::size_t group, std::size_t row) const {
    return logits_[(learner * groups_ + group) * rows_ + row];
  }

  /// Of the learners.
  LogitsOfRow<float> of_row(std::size_t group, std::size_t row) const {
    return {logits_.data() + group * rows_ + row, learners_, groups_ * rows_};
  }

  /// The mean over the groups, learners × rows.
  std::vector<float> mean() const;

 private:
  std::size_t learners_, groups_, rows_;
  std::vector<float> logits_;
};

/// ln(p_ref/p_gen) of rows, and its standard error.
struct LogRatios {
  std::vector<double> value;
  /// From the rows that the weights of the sum were fitted to (sandwich), and from the rows that the learners were fitted to
  /// and the randomness of their training (jackknife over the groups: (G−1)/G Σ (f_g − f̄)²). Shrinkage of the learners is a
  /// bias and not in it.
  std::vector<double> error;
};

/// `mean` is that of the logits.
LogRatios log_ratios(const GroupedLogits& logits, std::span<const float> mean, const WeightedSum& sum,
                     const TileRunner& run_tiles, const JobControl& control);

}  // namespace caloscope
