#include "cpu/sparse_slices.h"

#include <algorithm>

namespace caloscope {
namespace {

/// Columns of a slice: sums go from memory to registers and back for every row and slice, which a dozen entries are worth;
/// but much wider slices leave the second-level cache too.
std::size_t slice_of(std::size_t rows, std::size_t columns, std::size_t entries) {
  constexpr double enough = 12;
  constexpr std::size_t widest = 4;
  const std::size_t asked = kernel_set().sparse_slice;
  const double for_enough =
      enough * static_cast<double>(rows) * static_cast<double>(columns) / static_cast<double>(entries + 1);
  const double slice = std::clamp(for_enough, static_cast<double>(asked), static_cast<double>(widest * asked));
  return std::max<std::size_t>(1, std::min(columns, static_cast<std::size_t>(slice)));
}

}  // namespace

void SparseSlices::arrange(std::size_t columns, std::span<const std::size_t> offset, const std::uint32_t* index,
                           const float* value) {
  const std::size_t first = offset.front();
  const std::size_t entries = offset.back() - first;
  rows_ = offset.size() - 1;
  slice_ = slice_of(rows_, columns, entries);
  slices_ = std::max<std::size_t>(1, (columns + slice_ - 1) / slice_);
  // Calls `visit(place in offset_, first entry, end)` for the entries of each row in each slice.
  const auto for_runs = [&](const auto& visit) {
    for (std::size_t row = 0; row < rows_; ++row) {
      std::size_t begin = offset[row];
      for (std::size_t slice = 0; slice < slices_; ++slice) {
        std::size_t end = begin;
        while (end < offset[row + 1] && index[end] < (slice + 1) * slice_) ++end;
        visit(slice * rows_ + row, begin, end);
        begin = end;
      }
    }
  };
  offset_.assign(slices_ * rows_ + 1, 0);
  for_runs([&](std::size_t place, std::size_t begin, std::size_t end) { offset_[place + 1] = end - begin; });
  for (std::size_t place = 1; place < offset_.size(); ++place) offset_[place] += offset_[place - 1];
  index_.resize(entries);
  value_.resize(entries);
  for_runs([&](std::size_t place, std::size_t begin, std::size_t end) {
    std::copy(index + begin, index + end, index_.data() + offset_[place]);
    std::copy(value + begin, value + end, value_.data() + offset_[place]);
  });
}

}  // namespace caloscope
