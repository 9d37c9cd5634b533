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

std::vector<std::size_t> weighted_columns(const HistogramFillPlan& plan) {
  std::vector<std::size_t> columns;
  for (std::size_t c = 0; c < plan.weighted.size(); ++c) {
    if (plan.weighted[c]) columns.push_back(c);
  }
  return columns;
}

bool add_column(const FillKernels& kernels, const ColumnView& weights, std::size_t first, std::size_t count,
                const std::uint32_t* cells, std::size_t copies, double* sums) {
  if (const auto* floats = std::get_if<std::span<const float>>(&weights)) {
    return kernels.add_float(cells, floats->data() + first, count, copies, sums);
  }
  return kernels.add_double(cells, std::get<std::span<const double>>(weights).data() + first, count, copies, sums);
}

bool add_two_columns(const FillKernels& kernels, const ColumnView& one, const ColumnView& two, std::size_t first,
                     std::size_t count, const std::uint32_t* cells, std::size_t copies, double* sums) {
  const auto* float_one = std::get_if<std::span<const float>>(&one);
  const auto* float_two = std::get_if<std::span<const float>>(&two);
  const auto add = [&](auto kernel, auto of_one, auto of_two) {
    return kernel(cells, of_one.data() + first, of_two.data() + first, count, copies, sums);
  };
  if (float_one && float_two) return add(kernels.add_float_float, *float_one, *float_two);
  if (float_one) return add(kernels.add_float_double, *float_one, std::get<std::span<const double>>(two));
  if (float_two) return add(kernels.add_double_float, std::get<std::span<const double>>(one), *float_two);
  return add(kernels.add_double_double, std::get<std::span<const double>>(one), std::get<std::span<const double>>(two));
}

}  // namespace

CpuHistogramFill::CpuHistogramFill(HistogramFillPlan made_plan, const FillKernels& kernels, unsigned threads)
    : HistogramFill(std::move(made_plan)), kernels_(kernels), cells_(plan().cells()), copies_(copies_of(cells_)),
      weighted_(weighted_columns(plan())), cell_doubles_(copies_ * (weighted_.size() > 1 ? 4 : 2)),
      nowhere_(static_cast<std::uint32_t>(cells_ * cell_doubles_)),
      parts_(part_count(plan().expected_rows, cells_ * plan().weighted.size())),
      pool_(std::clamp(threads, 1U, static_cast<unsigned>(parts_.size()))) {
  std::size_t stride = cell_doubles_;
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
  const std::size_t doubles = (cells_ + 1) * cell_doubles_;
  part.sums.resize((weighted_.size() + 1) / 2 * doubles);
  if (weighted_.size() < plan().weighted.size()) part.counts.resize(doubles / 2);
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
  for (std::size_t w = 0; w < weighted_.size(); w += 2) {
    const auto& weights = rows.weights[weighted_[w]];
    const bool added = w + 1 < weighted_.size() ? add_two_columns(kernels_, weights, rows.weights[weighted_[w + 1]], first,
                                                                  count, cells, copies_, sums)
                                                : add_column(kernels_, weights, first, count, cells, copies_, sums);
    finite = added && finite;
    sums += (cells_ + 1) * cell_doubles_;
  }
  if (!part.counts.empty()) kernels_.count(cells, count, copies_, part.counts.data());
  return finite;
}

CpuHistogramFill::Content CpuHistogramFill::weighted_content(const Part& part, std::size_t weighted_column,
                                                             std::size_t cell) const {
  const bool alone = weighted_column % 2 == 0 && weighted_column + 1 == weighted_.size();
  const double* sums = &part.sums[(weighted_column / 2 * (cells_ + 1) + cell) * cell_doubles_ + weighted_column % 2 * 2];
  Content content{0, 0};
  for (std::size_t copy = 0; copy < copies_; ++copy, sums += alone ? 2 : 4) {
    content.value += sums[0];
    content.variance += sums[1];
  }
  return content;
}

CpuHistogramFill::Content CpuHistogramFill::counted_content(const Part& part, std::size_t cell) const {
  std::uint64_t count = 0;
  for (std::size_t copy = 0; copy < copies_; ++copy) count += part.counts[cell * cell_doubles_ / 2 + copy];
  return {static_cast<double>(count), static_cast<double>(count)};
}

void CpuHistogramFill::add_all_to(HistogramSums& sums) const {
  for (const auto& part : parts_) {
    if (part.rows == 0) continue;
    sums.entries += part.rows - part.nan_rows;
    sums.nan_entries += part.nan_rows;
    std::size_t weighted_column = 0;
    for (std::size_t c = 0; c < plan().weighted.size(); ++c) {
      double* const values = sums.values.data() + c * cells_;
      double* const variances = sums.variances.data() + c * cells_;
      for (std::size_t cell = 0; cell <= cells_; ++cell) {
        const Content content =
            plan().weighted[c] ? weighted_content(part, weighted_column, cell) : counted_content(part, cell);
        (cell < cells_ ? values[cell] : sums.nan_values[c]) += content.value;
        (cell < cells_ ? variances[cell] : sums.nan_variances[c]) += content.variance;
      }
      weighted_column += plan().weighted[c] ? 1 : 0;
    }
  }
}

}  // namespace caloscope
