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

/// The rows of both samples, in the numbering of LabelledRows, with their blocks and labels.
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

  /// All pairs of blocks, first < second.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs() const;

  /// The rows outside a pair of blocks that member `number` trains and validates with: of each class, a share validates.
  /// Throws Error(too_few_rows).
  MemberTask task(std::pair<std::uint32_t, std::uint32_t> left_out, std::uint32_t number, const CrossFitting& plan) const;

 private:
  void assign(std::uint64_t reference_rows, std::uint64_t generated_rows, const CrossFitting& plan);
  void require_rows(std::uint64_t reference_rows, const CrossFitting& plan) const;
  void permute(const CrossFitting& plan);
  void split_class(std::uint8_t label, std::pair<std::uint32_t, std::uint32_t> left_out, const CrossFitting& plan,
                   MemberTask& task) const;

  std::uint32_t count_;
  std::vector<std::uint16_t> block_;
  std::vector<std::uint8_t> label_;
};

}  // namespace caloscope
