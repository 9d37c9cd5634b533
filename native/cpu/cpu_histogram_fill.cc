#include "cpu/cpu_histogram_fill.h"

#include <algorithm>
#include <array>
#include <atomic>

namespace caloscope {
namespace {

constexpr std::size_t block_rows = fill_block_rows;

/// Copies of a cell, for rows in turn: rows that follow each other into one cell would wait for each other's sum. The
/// fewer cells, the likelier that is, and the less memory the copies cost.
std::size_t copies_of(std::size_t cells) {
  if (cells <= 64) return 4;
  return cells <= 1024 ? 2 : 1;
}

/// By the plan alone. Each part has sums of its own, so that few parts are worth their memory (64 MiB of sums in all, or
/// one part) and the time to add them (no part with fewer than 4 rows a sum).
std::size_t part_count(std::size_t rows, std::size_t sums) {
  constexpr std::size_t max_parts = 32;
  constexpr std::size_t min_rows = 16384;
  constexpr std::size_t max_sums_of_all_parts = std::size_t{1} << 22;
  const std::size_t worth = std::min(rows / std::max(min_rows, 4 * sums), max_sums_of_all_parts / sums);
  return std::clamp<std::size_t>(worth, 1, max_parts);
}

}  // namespace

CpuHistogramFill::CpuHistogramFill(HistogramFillPlan made_plan, const FillKernels& kernels, unsigned threads)
    : HistogramFill(std::move(made_plan)), kernels_(kernels), cells_(plan().cells()), copies_(copies_of(cells_)),
      weighted_columns_(static_cast<std::size_t>(std::count(plan().weighted.begin(), plan().weighted.end(), true))),
      nowhere_(static_cast<std::uint32_t>(cells_ * copies_ * 2)),
      parts_(part_count(plan().expected_rows, cells_ * plan().weighted.size())),
      pool_(std::clamp(threads, 1U, static_cast<unsigned>(parts_.size()))) {
  std::size_t stride = copies_ * 2;
  for (std::size_t axis = plan().axes.size(); axis-- > 0;) {
    axes_.emplace_back(plan().axes[axis], static_cast<std::uint32_t>(stride), nowhere_);
    stride *= plan().axes[axis].cells();
  }
  std::reverse(axes_.begin(), axes_.end());
}

bool CpuHistogramFill::add_rows(std::span<const ColumnView> coordinates, std::span<const ColumnView> weights,
                                std::size_t rows, const JobControl& control) {
  const std::size_t blocks = (rows + block_rows - 1) / block_rows;
  const std::size_t tile_rows = (blocks + parts_.size() - 1) / parts_.size() * block_rows;
  std::atomic<bool> finite{true};
  pool_.run(parts_.size(), [&](std::size_t tile, unsigned) {
    const std::size_t first = std::min(tile * tile_rows, rows);
    const std::size_t last = std::min(first + tile_rows, rows);
    if (!add_tile({coordinates, weights}, first, last, parts_[tile], control)) finite = false;
  });
  control.check();
  return finite;
}

bool CpuHistogramFill::add_tile(const Rows& rows, std::size_t first, std::size_t last, Part& part,
                                const JobControl& control) const {
  if (first == last) return true;
  const std::size_t cells = (cells_ + 1) * copies_;
  part.sums.resize(weighted_columns_ * cells * 2);
  if (weighted_columns_ < plan().weighted.size()) part.counts.resize(cells);
  alignas(64) std::array<std::uint32_t, block_rows> found;
  bool finite = true;
  for (std::size_t start = first; start < last; start += block_rows) {
    control.check();
    const std::size_t count = std::min(block_rows, last - start);
    find_cells(rows, start, count, found.data());
    part.nan_rows += kernels_.count_nowhere(found.data(), count, nowhere_);
    finite = add_block(rows, start, count, found.data(), part) && finite;
  }
  part.rows += last - first;
  return finite;
}

void CpuHistogramFill::find_cells(const Rows& rows, std::size_t first, std::size_t count, std::uint32_t* cells) const {
  alignas(64) std::array<std::uint32_t, block_rows> more;
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    std::uint32_t* const found = a == 0 ? cells : more.data();
    if (const auto* floats = std::get_if<std::span<const float>>(&rows.coordinates[a])) {
      axes_[a].find(kernels_, floats->data() + first, count, found);
    } else if (const auto* doubles = std::get_if<std::span<const double>>(&rows.coordinates[a])) {
      axes_[a].find(kernels_, doubles->data() + first, count, found);
    }
    if (a > 0) kernels_.combine(more.data(), count, nowhere_, cells);
  }
}

bool CpuHistogramFill::add_block(const Rows& rows, std::size_t first, std::size_t count, const std::uint32_t* cells,
                                 Part& part) const {
  bool finite = true;
  double* sums = part.sums.data();
  for (const auto& weights : rows.weights) {
    if (const auto* floats = std::get_if<std::span<const float>>(&weights)) {
      finite = kernels_.add_float(cells, floats->data() + first, count, copies_, sums) && finite;
    } else if (const auto* doubles = std::get_if<std::span<const double>>(&weights)) {
      finite = kernels_.add_double(cells, doubles->data() + first, count, copies_, sums) && finite;
    } else {
      continue;
    }
    sums += (cells_ + 1) * copies_ * 2;
  }
  if (!part.counts.empty()) kernels_.count(cells, count, copies_, part.counts.data());
  return finite;
}

void CpuHistogramFill::add_all_to(HistogramSums& sums) const {
  for (const auto& part : parts_) {
    if (part.rows == 0) continue;
    sums.entries += part.rows - part.nan_rows;
    sums.nan_entries += part.nan_rows;
    const double* pairs = part.sums.data();
    for (std::size_t c = 0; c < plan().weighted.size(); ++c) {
      double* const values = sums.values.data() + c * cells_;
      double* const variances = sums.variances.data() + c * cells_;
      for (std::size_t cell = 0; cell <= cells_; ++cell) {
        double value = 0;
        double variance = 0;
        for (std::size_t copy = 0; copy < copies_; ++copy) {
          const std::size_t at = cell * copies_ + copy;
          value += plan().weighted[c] ? pairs[2 * at] : static_cast<double>(part.counts[at]);
          variance += plan().weighted[c] ? pairs[2 * at + 1] : static_cast<double>(part.counts[at]);
        }
        (cell < cells_ ? values[cell] : sums.nan_values[c]) += value;
        (cell < cells_ ? variances[cell] : sums.nan_variances[c]) += variance;
      }
      if (plan().weighted[c]) pairs += (cells_ + 1) * copies_ * 2;
    }
  }
}

}  // namespace caloscope
