#include <algorithm>
#include <cub/device/device_radix_sort.cuh>
#include <limits>

#include "core/histograms/axis_cell.h"
#include "core/run/error.h"
#include "cuda/cuda_histogram_fill.h"
#include "cuda/launch.h"

namespace caloscope::cuda {
namespace {

/// Of a block that adds the weights of one cell.
constexpr unsigned adding_threads = 128;
/// Rows that are sorted together: some 400 MB of device memory.
constexpr std::size_t rows_at_once = std::size_t{1} << 24;

/// One axis: cell += stride·(cell of the axis), `nowhere` once it is NaN.
template <class T>
__global__ void cell_kernel(std::uint32_t count, const T* x, AxisView axis, std::uint32_t stride, std::uint32_t nowhere,
                            std::uint32_t* cell) {
  const std::size_t i = element_number();
  if (i >= count || cell[i] == nowhere) return;
  const std::size_t own = axis_cell(axis, static_cast<double>(x[i]));
  cell[i] = own == no_cell ? nowhere : cell[i] + stride * static_cast<std::uint32_t>(own);
}

__global__ void number_kernel(std::uint32_t count, std::uint32_t* row) {
  const std::size_t i = element_number();
  if (i < count) row[i] = static_cast<std::uint32_t>(i);
}

/// begin[c] = how many rows are in cells before c; one more entry than cells.
__global__ void begin_kernel(std::uint32_t count, const std::uint32_t* sorted_cell, std::size_t entries,
                             std::uint32_t* begin) {
  const std::size_t cell = element_number();
  if (cell >= entries) return;
  std::uint32_t low = 0;
  for (std::uint32_t high = count; low < high;) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (sorted_cell[middle] < cell) low = middle + 1;
    else high = middle;
  }
  begin[cell] = low;
}

/// Adds the sums of all threads of a block, by pairs in an order that does not change; the first thread has the result.
__device__ void add_in_block(double (&first)[adding_threads], double (&second)[adding_threads]) {
  for (unsigned half = adding_threads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) {
      first[threadIdx.x] += first[threadIdx.x + half];
      second[threadIdx.x] += second[threadIdx.x + half];
    }
  }
}

/// One block a cell: each thread adds every 128th of its rows.
template <class T>
__global__ void sum_kernel(const std::uint32_t* begin, const std::uint32_t* sorted_row, const T* weight, double* values,
                           double* variances, int* non_finite) {
  __shared__ double sums[adding_threads];
  __shared__ double squares[adding_threads];
  double sum = 0;
  double square = 0;
  bool finite = true;
  for (std::uint32_t i = begin[blockIdx.x] + threadIdx.x; i < begin[blockIdx.x + 1]; i += adding_threads) {
    const auto w = static_cast<double>(weight[sorted_row[i]]);
    finite = finite && w - w == 0;
    sum += w;
    square += w * w;
  }
  sums[threadIdx.x] = sum;
  squares[threadIdx.x] = square;
  if (!finite) atomicOr(non_finite, 1);
  add_in_block(sums, squares);
  if (threadIdx.x != 0) return;
  values[blockIdx.x] += sums[0];
  variances[blockIdx.x] += squares[0];
}

/// Every weight is 1.
__global__ void count_kernel(std::size_t cells, const std::uint32_t* begin, double* values, double* variances) {
  const std::size_t cell = element_number();
  if (cell >= cells) return;
  const double count = begin[cell + 1] - begin[cell];
  values[cell] += count;
  variances[cell] += count;
}

/// Calls `work(numbers on the device)` with rows of a column, which has numbers.
template <class Work>
void with_column(const ColumnView& column, std::size_t first, std::size_t count, DeviceArray<unsigned char>& memory,
                 const Stream& stream, const Work& work) {
  const auto send = [&](const auto& numbers) {
    using T = std::remove_cvref_t<decltype(numbers[0])>;
    memory.reserve(count * sizeof(T));
    T* const target = reinterpret_cast<T*>(memory.data());
    copy_to_device(numbers.data() + first, count, target, stream);
    work(static_cast<const T*>(target));
    // The memory is taken for the next column.
    stream.wait();
  };
  if (const auto* floats = std::get_if<std::span<const float>>(&column)) send(*floats);
  else send(std::get<std::span<const double>>(column));
}

std::vector<double> edges_of(const HistogramAxis& axis) {
  return axis.kind() == HistogramAxis::Kind::regular ? std::vector<double>{} : axis.edges();
}

}  // namespace

CudaHistogramFill::CudaHistogramFill(HistogramFillPlan made_plan, int device)
    : HistogramFill(std::move(made_plan)), device_(device), cells_(plan().cells()), non_finite_(1) {
  // One block a cell, and one for rows with NaN.
  if (cells_ >= std::numeric_limits<std::int32_t>::max()) {
    throw Error(ErrorCode::argument, "a histogram of more than 2^31 - 2 cells cannot be filled on a CUDA device");
  }
  for (const auto& axis : plan().axes) edges_.push_back(on_device(edges_of(axis)));
  const std::vector<double> zeros(cells_ + 1);
  for (std::size_t c = 0; c < plan().weighted.size(); ++c) {
    values_.push_back(on_device(zeros));
    variances_.push_back(on_device(zeros));
  }
  put(std::vector<int>{0}, non_finite_);
}

bool CudaHistogramFill::add_rows(std::span<const ColumnView> coordinates, std::span<const ColumnView> weights,
                                 std::size_t rows, const JobControl& control) {
  use_device(device_);
  for (std::size_t first = 0; first < rows; first += rows_at_once) {
    control.check();
    const Part part{coordinates, weights, first, static_cast<std::uint32_t>(std::min(rows_at_once, rows - first))};
    find_cells(part);
    sort_by_cell(part.count);
    add_columns(part);
    nan_rows_ += rows_in_last_cell();
  }
  rows_ += rows;
  return !has_seen_non_finite();
}

void CudaHistogramFill::find_cells(const Part& part) {
  cell_.reserve(part.count);
  check(cudaMemsetAsync(cell_.data(), 0, part.count * sizeof(std::uint32_t), stream_.get()), "setting cells to 0");
  auto stride = static_cast<std::uint32_t>(cells_);
  for (std::size_t a = 0; a < plan().axes.size(); ++a) {
    stride /= static_cast<std::uint32_t>(plan().axes[a].cells());
    AxisView axis = plan().axes[a].view();
    axis.edges = edges_[a].data();
    with_column(part.coordinates[a], part.first, part.count, column_, stream_, [&]<class T>(const T* x) {
      launch_elements("finding cells", cell_kernel<T>, part.count, stream_, part.count, x, axis, stride,
                      static_cast<std::uint32_t>(cells_), cell_.data());
    });
  }
}

void CudaHistogramFill::sort_by_cell(std::uint32_t count) {
  for (auto* array : {&row_, &sorted_row_, &sorted_cell_}) array->reserve(count);
  begin_.reserve(cells_ + 2);
  launch_elements("numbering rows", number_kernel, count, stream_, count, row_.data());
  std::size_t bytes = 0;
  const auto sort = [&](void* memory) {
    check(cub::DeviceRadixSort::SortPairs(memory, bytes, cell_.data(), sorted_cell_.data(), row_.data(),
                                          sorted_row_.data(), count, 0, 32, stream_.get()),
          "sorting rows by cell");
  };
  sort(nullptr);  // asks for the bytes
  sorting_.reserve(std::max<std::size_t>(bytes, 1));
  sort(sorting_.data());
  launch_elements("finding the rows of each cell", begin_kernel, cells_ + 2, stream_, count, sorted_cell_.data(),
                  cells_ + 2, begin_.data());
}

void CudaHistogramFill::add_columns(const Part& part) {
  for (std::size_t c = 0; c < plan().weighted.size(); ++c) {
    double* const values = values_[c].data();
    double* const variances = variances_[c].data();
    if (!plan().weighted[c]) {
      launch_elements("counting rows", count_kernel, cells_ + 1, stream_, cells_ + 1, begin_.data(), values, variances);
      continue;
    }
    with_column(part.weights[c], part.first, part.count, column_, stream_, [&]<class T>(const T* weight) {
      launch("adding weights", sum_kernel<T>, static_cast<unsigned>(cells_ + 1), adding_threads, stream_,
             begin_.data(), sorted_row_.data(), weight, values, variances, non_finite_.data());
    });
  }
  stream_.wait();
}

std::uint32_t CudaHistogramFill::rows_in_last_cell() const {
  std::uint32_t ends[2];
  check(cudaMemcpy(ends, begin_.data() + cells_, sizeof ends, cudaMemcpyDeviceToHost), "copying from the device");
  return ends[1] - ends[0];
}

bool CudaHistogramFill::has_seen_non_finite() const {
  std::vector<int> seen(1);
  fetch(non_finite_, seen);
  return seen[0] != 0;
}

void CudaHistogramFill::add_all_to(HistogramSums& sums) const {
  use_device(device_);
  for (std::size_t c = 0; c < plan().weighted.size(); ++c) {
    std::vector<double> values(cells_ + 1), variances(cells_ + 1);
    fetch(values_[c], values);
    fetch(variances_[c], variances);
    for (std::size_t cell = 0; cell < cells_; ++cell) {
      sums.values[c * cells_ + cell] += values[cell];
      sums.variances[c * cells_ + cell] += variances[cell];
    }
    sums.nan_values[c] += values[cells_];
    sums.nan_variances[c] += variances[cells_];
  }
  sums.entries += rows_ - nan_rows_;
  sums.nan_entries += nan_rows_;
}

}  // namespace caloscope::cuda
