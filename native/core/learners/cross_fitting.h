#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/learners/ensemble.h"
#include "core/learners/fitted_member.h"
#include "core/learners/learner.h"
#include "core/learners/prepared_samples.h"
#include "core/statistics/block_test.h"

namespace caloscope {

/// Shares of the rows of each sample: to train with, to choose the epoch and the sum of the learners with, and to test
/// with. They sum to 1.
struct HeldOutSplit {
  double train = 0, validation = 0, test = 0;
};

/// Rows are drawn into K blocks, and every learner is fitted once for each pair of blocks, to the rows outside of them. What
/// is said of a row comes from members that never saw its block, and the weights with which learners are summed for the
/// test of a block come from members that saw neither that block nor the rows which they are fitted to: weights from
/// the logits of ordinary folds are not honest, since those members were trained on the block that is tested. With a split
/// there is one fit, and only the rows that are left for the test are scored.
struct CrossFitting {
  std::uint32_t folds = 5;    ///< K ≥ 3
  std::uint32_t members = 1;  ///< networks a pair of blocks
  double validation_fraction = 0.1;  ///< of the training rows of each class, drawn anew for each member
  std::uint64_t seed = 1;
  std::optional<HeldOutSplit> split;  ///< in place of folds
  std::string input;  ///< what the columns are, in words that a user knows: checkpoints are of one input
  /// The group of each row, the reference rows first, counted from 0: rows of one group belong into one block, as rows
  /// that were made for the same condition do. Empty: there are no groups.
  std::vector<std::uint32_t> groups;
  /// 0: the labels are those of the samples; otherwise they are permuted within each block, differently for each number.
  std::uint32_t permutation = 0;
  std::vector<Learner> learners;
};

/// Throws Error(argument) that names the setting.
void validate(const CrossFitting& plan);

/// What one sample got.
struct HeldOutRows {
  std::vector<std::uint32_t> rows;  ///< that were held out, ascending; all of them but with a split
  std::vector<std::uint16_t> fold;  ///< one a row: its block; 0 with a split
  std::vector<float> logits;        ///< learners × rows, the mean over the members that never saw the row
  std::vector<double> score;        ///< their sum with weights that know nothing of the block: what tests and AUC use
  LogRatios ratios;                 ///< their sum with the weights of the ensemble
  /// blocks × rows: ln w as it would be without the rows of one block, in the members and in the weights. Rows of that block
  /// have the members that never saw it, as ever. Empty with a split.
  std::vector<float> ratios_without;
  double mean_weight_error = 0;          ///< of w in the generated sample, of 1/w in the reference: MeanWeightError
  std::vector<float> narrow_directions;  ///< directions × rows, see MemberTables
};

/// How well one learner does alone.
struct FittedLearner {
  LearnerName name;
  std::vector<double> weight_of_block;  ///< in the score of that block; not negative
};

struct CrossFitted {
  std::shared_ptr<const Ensemble> ensemble;
  std::vector<std::optional<TrainingRecord>> records;  ///< one a member
  std::vector<FittedLearner> learners;
  HeldOutRows reference;
  HeldOutRows generated;
  BlockTest test;
};

/// What one of several processes does of things that are counted from 0, as the members of a plan are (learner by learner, pair of
/// blocks by pair of blocks): they are dealt in cycles.
struct FitShare {
  std::vector<std::uint8_t> taken{1};  ///< of each place in a cycle: whether it is this process's
  std::uint32_t before = 0;            ///< places that the first cycle is ahead

  bool has(std::size_t number) const { return taken[(before + number) % taken.size()] != 0; }
};

/// Throws Error(argument) for a cycle without places.
void validate(const FitShare& share);

/// What came of a share.
struct SharedFits {
  struct Fit {
    std::size_t number;  ///< among the members of the plan
    LearnerName learner;
    FittedMember fitted;
  };
  std::size_t members = 0;  ///< of the whole plan
  std::vector<Fit> fits;    ///< numbers ascending
};

/// Fits and scores. Learners that have nothing to read, or too much, are left out. With `store` each network has a checkpoint
/// there and resumes from the one that it finds. Throws Error(too_few_rows) when a member would have no row of a class to
/// train or to validate with, Error(checkpoint) before the work when a checkpoint is damaged or of another training,
/// Error(output) when one cannot be written.
CrossFitted cross_fit(const PreparedSamples& samples, const CrossFitting& plan, Backend& backend, JobControl& control,
                      CheckpointStore* store = nullptr);

/// Fits a share, as cross_fit fits all: the same bits, whatever the share.
SharedFits fit_share(const PreparedSamples& samples, const CrossFitting& plan, const FitShare& share, Backend& backend,
                     JobControl& control, CheckpointStore* store = nullptr);

/// Scores with members that were fitted already, all of the plan in the order of their numbers. Throws Error(argument) for
/// another number of them.
CrossFitted cross_fit(const PreparedSamples& samples, const CrossFitting& plan, std::vector<FittedMember> fitted,
                      Backend& backend, JobControl& control);

/// The same, for no more than what the test says.
BlockTest cross_fit_test(const PreparedSamples& samples, const CrossFitting& plan, Backend& backend, JobControl& control);

/// What the rows and the settings of a plan follow from, for checkpoints.
TrainingIdentity identity_of(const CrossFitting& plan);

}  // namespace caloscope
