#include "core/learners/trees/gradient_sums.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace caloscope {
namespace {

constexpr std::size_t group_columns = BinnedRows::group_columns;
/// Groups of a tile, which share the gradients that it has collected.
constexpr std::size_t tile_groups = 8;
/// How many rows ahead memory is asked for.
constexpr std::size_t rows_ahead = 24;

using ColumnSums = std::uint64_t[256];

/// Adds the gradients of rows to the sums of the first `Columns` columns that lie at `bins`.
template <std::size_t Columns>
void add_rows(const std::uint8_t* bins, std::span<const std::uint32_t> rows, const std::uint64_t* gradients,
              ColumnSums* sums) {
  const auto add = [&](std::size_t i) {
    const std::uint8_t* row = bins + std::size_t{rows[i]} * group_columns;
    const std::uint64_t gradient = gradients[i];
    for (std::size_t column = 0; column < Columns; ++column) sums[column][row[column]] += gradient;
  };
  std::size_t i = 0;
  for (; i + rows_ahead < rows.size(); ++i) {
    __builtin_prefetch(bins + std::size_t{rows[i + rows_ahead]} * group_columns);
    add(i);
  }
  for (; i < rows.size(); ++i) add(i);
}

using AddRows = void (*)(const std::uint8_t*, std::span<const std::uint32_t>, const std::uint64_t*, ColumnSums*);

template <std::size_t... Less>
constexpr std::array<AddRows, sizeof...(Less)> add_rows_of(std::index_sequence<Less...>) {
  return {add_rows<Less + 1>...};
}
/// By the number of columns less one.
constexpr auto add_rows_by_columns = add_rows_of(std::make_index_sequence<group_columns>());

/// Adds packed sums to the bins from `first` on.
void unpack(const ColumnSums& packed, std::size_t bins, std::size_t first, BinSums& sums) {
  double* const gradient = sums.gradient.data() + first;
  double* const hessian = sums.hessian.data() + first;
  std::uint32_t* const rows = sums.rows.data() + first;
  for (std::size_t bin = 0; bin < bins; ++bin) gradient[bin] += PackedGradient::gradient(packed[bin]);
  for (std::size_t bin = 0; bin < bins; ++bin) hessian[bin] += PackedGradient::hessian(packed[bin]);
  for (std::size_t bin = 0; bin < bins; ++bin) rows[bin] += PackedGradient::rows(packed[bin]);
}

}  // namespace

void BinSums::clear() {
  std::ranges::fill(gradient, 0.0);
  std::ranges::fill(hessian, 0.0);
  std::ranges::fill(rows, 0U);
}

void BinSums::subtract(const BinSums& part, std::size_t first, std::size_t last) {
  for (std::size_t bin = first; bin < last; ++bin) gradient[bin] -= part.gradient[bin];
  for (std::size_t bin = first; bin < last; ++bin) hessian[bin] -= part.hessian[bin];
  for (std::size_t bin = first; bin < last; ++bin) rows[bin] -= part.rows[bin];
}

BinSummation::BinSummation(const BinnedRows& binned)
    : binned_(binned), chosen_(binned.groups()), locks_(binned.groups()) {}

void BinSummation::choose(std::vector<std::uint32_t> columns) {
  for (auto& slots : chosen_) slots.clear();
  groups_.clear();
  for (const std::uint32_t column : columns) {
    const std::size_t group = column / group_columns;
    if (chosen_[group].empty()) groups_.push_back(group);
    chosen_[group].push_back(column % group_columns);
  }
}

void BinSummation::run(std::span<const std::uint32_t> rows, std::span<const std::uint64_t> gradients,
                       WorkerPool& pool, const JobControl& control, BinSums& sums) {
  while (scratch_.size() < pool.threads()) scratch_.push_back(std::make_unique<Scratch>());
  sums.clear();
  const std::size_t row_tiles = (rows.size() + PackedGradient::most_rows - 1) / PackedGradient::most_rows;
  const std::size_t group_tiles = (groups_.size() + tile_groups - 1) / tile_groups;
  pool.run(row_tiles * group_tiles, [&](std::size_t tile, unsigned worker) {
    control.check();
    Scratch& scratch = *scratch_[worker];
    const std::size_t first = tile / group_tiles * PackedGradient::most_rows;
    const auto part = rows.subspan(first, std::min(PackedGradient::most_rows, rows.size() - first));
    for (std::size_t i = 0; i < part.size(); ++i) scratch.gradients[i] = gradients[part[i]];
    const std::size_t first_group = tile % group_tiles * tile_groups;
    const std::size_t last_group = std::min(groups_.size(), first_group + tile_groups);
    for (std::size_t g = first_group; g < last_group; ++g) add_group(groups_[g], part, scratch, sums);
  });
}

void BinSummation::add_group(std::size_t group, std::span<const std::uint32_t> rows, Scratch& scratch, BinSums& sums) {
  const auto& slots = chosen_[group];
  const std::size_t first_column = group * group_columns;
  const std::size_t here = std::min(group_columns, binned_.columns().size() - first_column);
  std::memset(scratch.sums, 0, sizeof scratch.sums[0] * here);
  if (slots.size() == here) {
    add_rows_by_columns[here - 1](binned_.group(group), rows, scratch.gradients, scratch.sums);
  } else {
    for (const std::uint32_t slot : slots) {
      add_rows<1>(binned_.group(group) + slot, rows, scratch.gradients, scratch.sums + slot);
    }
  }
  const std::lock_guard lock(locks_[group]);
  for (const std::uint32_t slot : slots) {
    const BinnedColumn& column = binned_.columns()[first_column + slot];
    unpack(scratch.sums[slot], column.bins(), column.first_bin, sums);
  }
}

}  // namespace caloscope
