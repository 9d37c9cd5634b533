#include "cpu/sparse_grouping.h"

#include <algorithm>
#include <bit>

namespace caloscope {
namespace {

constexpr std::size_t word_bits = 64;
static_assert(sparse_slice % word_bits == 0);

}  // namespace

void SparseGrouping::begin(std::size_t columns) {
  columns_ = columns;
  offset_.assign(1, 0);
  index_.clear();
  row_.clear();
  lit_.assign((columns + word_bits - 1) / word_bits, 0);
  entry_.resize(columns);
}

void SparseGrouping::add(std::span<const Row> rows) {
  for (const auto& row : rows) {
    for (const std::uint32_t column : row.columns) lit_[column / word_bits] |= std::uint64_t{1} << column % word_bits;
  }
  for (std::size_t word = 0; word < lit_.size(); ++word) {
    if (word > 0 && word * word_bits % sparse_slice == 0) offset_.push_back(index_.size());
    for (std::uint64_t bits = lit_[word]; bits != 0; bits &= bits - 1) {
      const auto column = static_cast<std::uint32_t>(word * word_bits + static_cast<unsigned>(std::countr_zero(bits)));
      entry_[column] = static_cast<std::uint32_t>(index_.size());
      index_.push_back(column);
    }
    lit_[word] = 0;
  }
  offset_.push_back(index_.size());
  for (std::uint32_t r = 0; r < sparse_group; ++r) {
    row_.push_back(r < rows.size() ? rows[r].row : no_row);
    if (r >= rows.size()) continue;
    for (std::size_t i = 0; i < rows[r].columns.size(); ++i) {
      rows[r].place[i] = entry_[rows[r].columns[i]] * static_cast<std::uint32_t>(sparse_group) + r;
    }
  }
}

}  // namespace caloscope
