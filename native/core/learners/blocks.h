#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/training/training.h"

namespace caloscope {

struct CrossFitting;

/// A random block for each row (or group of rows), sizes equal to within one. Depends on (rows, folds, seed, sample) alone.
std::vector<std::uint16_t> assign_folds(std::uint64_t rows, std::uint32_t folds, std::uint64_t seed,
                                        std::uint32_t sample);

/// The rows of both samples, in the numbering of LabelledRows, with their blocks and labels, and who sees what. K folds are
/// K blocks, each left out by K − 1 pairs. A split is three blocks, to train, to validate and to test with, and one pair,
/// the last two: the rows of the second decide when to stop and how learners are summed, those of the third are tested.
class Blocks {
 public:
  /// Throws Error(shape) where there is not one group a row, Error(too_few_rows) where a sample has fewer than two rows
  /// in a block.
  Blocks(std::uint64_t reference_rows, std::uint64_t generated_rows, const CrossFitting& plan);

  std::uint32_t count() const { return count_; }
  std::uint16_t of(std::size_t row) const { return block_[row]; }
  std::span<const std::uint16_t> all() const { return block_; }
  /// Rows of a block, ascending.
  std::vector<std::uint32_t> rows_of(std::uint32_t block) const;

  bool is_reference(std::size_t row) const { return label_[row] != 0; }
  /// 1 for the reference; permuted where the plan says so.
  std::span<const std::uint8_t> labels() const { return label_; }

  /// Pairs of blocks, first < second; members are fitted to the rows outside of each.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs() const;
  /// Blocks that are tested, ascending.
  std::vector<std::uint32_t> tested() const;
  bool is_tested(std::size_t row) const { return !split_ || block_[row] == test_block; }
  /// Whether sums of learners are fitted to the row.
  bool fits_sums(std::size_t row) const { return !split_ || block_[row] == validation_block; }
  /// Groups of members for each row: one for each block that is left out together with its own.
  std::size_t groups() const { return split_ ? 1 : count_ - 1; }
  /// Of the members that left out both blocks, for a row of `block`.
  std::size_t group_of(std::uint32_t block, std::uint32_t other) const {
    return split_ ? 0 : other < block ? other : other - 1;
  }

  /// The rows outside a pair of blocks that member `number` trains and validates with: of each class, a share validates, or
  /// the rows of a split that are there for it. Throws Error(too_few_rows).
  MemberTask task(std::pair<std::uint32_t, std::uint32_t> left_out, std::uint32_t number, const CrossFitting& plan) const;

  /// In how many ways labels can be permuted, among rows that are alike but for the label; infinity for very many.
  double labellings(const CrossFitting& plan) const;

 private:
  static constexpr std::uint32_t training_block = 0, validation_block = 1, test_block = 2;

  void assign(std::uint64_t reference_rows, std::uint64_t generated_rows, const CrossFitting& plan);
  void require_rows(std::uint64_t reference_rows, const CrossFitting& plan) const;
  std::vector<std::vector<std::uint32_t>> alike(const CrossFitting& plan) const;
  void permute(const CrossFitting& plan);
  void split_class(std::uint8_t label, std::pair<std::uint32_t, std::uint32_t> left_out, const CrossFitting& plan,
                   MemberTask& task) const;

  bool split_;
  std::uint32_t count_;
  std::vector<std::uint16_t> block_;
  std::vector<std::uint8_t> label_;
};

}  // namespace caloscope
