#pragma once

#include <cstdint>
#include <vector>

#include "core/histograms/histogram_fill.h"
#include "cuda/device_memory.h"

namespace caloscope::cuda {

/// A fill on one device. Rows are sorted by cell, rows of a cell staying in order, and each cell adds up its rows in an
/// order of their number alone: the same bits in every run.
class CudaHistogramFill : public HistogramFill {
 public:
  CudaHistogramFill(HistogramFillPlan plan, int device);
  ~CudaHistogramFill() override { use_device_to_free(device_); }
  CudaHistogramFill(const CudaHistogramFill&) = delete;
  CudaHistogramFill& operator=(const CudaHistogramFill&) = delete;

 protected:
  bool add_rows(std::span<const ColumnView> coordinates, std::span<const ColumnView> weights, std::size_t rows,
                const JobControl& control) override;
  void add_all_to(HistogramSums& sums) const override;

 private:
  /// Rows [first, first + count) of the columns.
  struct Part {
    std::span<const ColumnView> coordinates, weights;
    std::size_t first;
    std::uint32_t count;
  };

  void find_cells(const Part& part);
  void sort_by_cell(std::uint32_t count);
  void add_columns(const Part& part);
  std::uint32_t rows_in_last_cell() const;
  bool has_seen_non_finite() const;

  int device_;
  std::size_t cells_;                          ///< rows with NaN have a cell of their own behind these
  std::vector<DeviceArray<double>> edges_;     ///< one an axis
  std::vector<DeviceArray<double>> values_;    ///< Σw of each cell, one a weight column
  std::vector<DeviceArray<double>> variances_;
  DeviceArray<int> non_finite_;
  DeviceArray<unsigned char> column_;          ///< numbers of one column, as they come
  DeviceArray<std::uint32_t> cell_, sorted_cell_, row_, sorted_row_, begin_;
  DeviceArray<unsigned char> sorting_;
  std::uint64_t rows_ = 0;
  std::uint64_t nan_rows_ = 0;
  Stream stream_;
};

}  // namespace caloscope::cuda
