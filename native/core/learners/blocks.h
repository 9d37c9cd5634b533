#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/training/training.h"

namespace caloscope {

struct CrossFitting;

/// The rows of both samples, in the numbering of LabelledRows, with their blocks and labels.
class Blocks {
 public:
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
  void permute(const CrossFitting& plan);
  void split_class(std::uint8_t label, std::pair<std::uint32_t, std::uint32_t> left_out, const CrossFitting& plan,
                   MemberTask& task) const;

  std::uint32_t count_;
  std::uint64_t reference_rows_;
  std::vector<std::uint16_t> block_;
  std::vector<std::uint8_t> label_;
};

}  // namespace caloscope
