#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/histograms/histogram_fill.h"
#include "core/run/worker_pool.h"
#include "cpu/axis_cells.h"

namespace caloscope {

/// A fill on the threads of this machine. The rows of each piece are cut into as many tiles as there are parts, at most
/// 32, by the plan alone; each part has sums of its own, and they are added in order.
class CpuHistogramFill : public HistogramFill {
 public:
  CpuHistogramFill(HistogramFillPlan plan, const FillKernels& kernels, unsigned threads);

 protected:
  bool add_rows(std::span<const ColumnView> coordinates, std::span<const ColumnView> weights, std::size_t rows,
                const JobControl& control) override;
  void add_all_to(HistogramSums& sums) const override;

 private:
  struct Rows {
    std::span<const ColumnView> coordinates;
    std::span<const ColumnView> weights;
  };
  /// Sums of one part. Columns with weights are taken two by two: a cell has `copies_` times Σv, Σv², Σw and Σw², in
  /// cell_doubles_ numbers; a column that is left over, or alone, has Σw and Σw². Rows with NaN have a cell of their own,
  /// the last. What is counted is counted once for all columns without weights.
  struct Part {
    std::vector<double> sums;           // [pairs of columns × (cells + 1) × cell_doubles_]
    std::vector<std::uint64_t> counts;  // [(cells + 1) × cell_doubles_ / 2], the first copies_ of each cell in use
    std::uint64_t rows = 0;
    std::uint64_t nan_rows = 0;
  };
  struct Content {
    double value;
    double variance;
  };

  bool add_tile(const Rows& rows, std::size_t first, std::size_t last, Part& part, const JobControl& control) const;
  void find_cells(const Rows& rows, std::size_t first, std::size_t count, std::uint32_t* cells) const;
  bool add_block(const Rows& rows, std::size_t first, std::size_t count, const std::uint32_t* cells, Part& part) const;
  /// Of one cell and the weight column that is the `weighted_column`th with weights.
  Content weighted_content(const Part& part, std::size_t weighted_column, std::size_t cell) const;
  Content counted_content(const Part& part, std::size_t cell) const;

  const FillKernels& kernels_;
  std::size_t cells_;
  std::size_t copies_;
  std::vector<std::size_t> weighted_;  // the columns with weights
  std::size_t cell_doubles_;
  std::uint32_t nowhere_;
  std::vector<AxisCells> axes_;
  std::vector<Part> parts_;
  WorkerPool pool_;
};

}  // namespace caloscope
