#include "core/networks/network.h"
#include "core/training/dropout.h"
#include "cuda/launch.h"
#include "cuda/training_kernels.h"

namespace caloscope::cuda {
namespace {

/// One block a row.
__global__ void densify_kernel(std::uint32_t columns, std::uint32_t scalars, BatchSource source, StandardisationView s,
                               float* x) {
  const std::uint32_t number = source.gathered ? blockIdx.x : source.row[blockIdx.x];
  const bool in_first = source.gathered || number < source.first_rows;
  const RowsOnDevice& rows = in_first ? source.first : source.second;
  const std::size_t row = in_first ? number : number - source.first_rows;
  float* out = x + std::size_t{blockIdx.x} * columns;
  for (std::uint32_t column = threadIdx.x; column < columns; column += threads_of_block) {
    out[column] = column < scalars ? standardised(rows.scalars[row * scalars + column], s.centre[column], s.scale[column],
                                                  s.clip[column])
                                   : 0.0F;
  }
  if (columns == scalars) return;
  __syncthreads();
  for (std::uint64_t hit = rows.hits.offset[row] + threadIdx.x; hit < rows.hits.offset[row + 1]; hit += threads_of_block) {
    const std::uint32_t column = scalars + rows.hits.index[hit];
    out[column] = standardised(rows.hits.value[hit], 0, s.scale[column], s.clip[column]);
  }
}

__device__ float factor_at(const LayerDropout& dropout, std::size_t row, std::uint32_t column) {
  if (!dropout.on) return 1;
  DropoutDraw draw = dropout.first;
  draw.counter += row * dropout.blocks_of_row;
  return dropout_factor(draw, column);
}

__global__ void activate_kernel(std::size_t count, std::uint32_t columns, Activation activation, float slope,
                                LayerDropout dropout, const float* z, float* out) {
  const std::size_t i = element_number();
  if (i >= count) return;
  out[i] = caloscope::activate(activation, slope, z[i]) *
           factor_at(dropout, i / columns, static_cast<std::uint32_t>(i % columns));
}

__global__ void slope_kernel(std::size_t count, std::uint32_t columns, Activation activation, float slope,
                             LayerDropout dropout, const float* z, float* delta) {
  const std::size_t i = element_number();
  if (i >= count) return;
  delta[i] *= activation_slope(activation, slope, z[i]) *
              factor_at(dropout, i / columns, static_cast<std::uint32_t>(i % columns));
}

template <class Kind>
__global__ void loss_kernel(std::uint32_t rows, const Target* targets, Kind objective, const float* outputs,
                            double* loss, float* delta) {
  const std::size_t i = element_number();
  if (i >= rows) return;
  loss[i] = objective.loss(outputs[i], targets[i]);
  delta[i] = static_cast<float>(objective.slope(outputs[i], targets[i]) / rows);
}

/// One block: every thread adds up each 256th number, then pairs of threads each other's sums.
__global__ void add_up_kernel(std::uint32_t count, const double* numbers, double* total) {
  __shared__ double sums[threads_of_block];
  double sum = 0;
  for (std::uint32_t i = threadIdx.x; i < count; i += threads_of_block) sum += numbers[i];
  sums[threadIdx.x] = sum;
  for (unsigned half = threads_of_block / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
  }
  if (threadIdx.x == 0) *total += sums[0];
}

__global__ void add_rows_kernel(std::uint32_t rows, std::uint32_t columns, const float* matrix, float* sums) {
  const std::size_t column = element_number();
  if (column >= columns) return;
  float sum = 0;
  for (std::uint32_t row = 0; row < rows; ++row) sum += matrix[std::size_t{row} * columns + column];
  sums[column] = sum;
}

__global__ void adam_kernel(AdamStep step, std::size_t count, const float* gradient, float* first_moment,
                            float* second_moment, float* parameter) {
  const std::size_t i = element_number();
  if (i < count) adam_update(step, gradient[i], first_moment[i], second_moment[i], parameter[i]);
}

}  // namespace

void densify(std::uint32_t rows, std::uint32_t columns, std::uint32_t scalars, const BatchSource& source,
             const StandardisationView& standardisation, float* x, const Stream& stream) {
  if (rows == 0) return;
  launch("spreading the features of a batch", densify_kernel, rows, threads_of_block, stream, columns, scalars,
         source, standardisation, x);
}

void activate(std::uint32_t rows, std::uint32_t columns, Activation activation, float slope, const LayerDropout& dropout,
              const float* z, float* out, const Stream& stream) {
  const std::size_t count = std::size_t{rows} * columns;
  launch_elements("an activation", activate_kernel, count, stream, count, columns, activation, slope, dropout, z, out);
}

void multiply_by_slope(std::uint32_t rows, std::uint32_t columns, Activation activation, float slope,
                       const LayerDropout& dropout, const float* z, float* delta, const Stream& stream) {
  const std::size_t count = std::size_t{rows} * columns;
  launch_elements("the slope of an activation", slope_kernel, count, stream, count, columns, activation, slope,
                  dropout, z, delta);
}

void loss_and_delta(std::uint32_t rows, const Target* targets, const Objective& objective, const float* outputs,
                    double* loss, float* delta, const Stream& stream) {
  const auto of_kind = [&]<class Kind>(const Kind& kind) {
    launch_elements("the loss", loss_kernel<Kind>, rows, stream, rows, targets, kind, outputs, loss, delta);
  };
  std::visit(of_kind, objective);
}

void add_up(std::uint32_t count, const double* numbers, double* total, const Stream& stream) {
  launch("the sum of the losses", add_up_kernel, 1, threads_of_block, stream, count, numbers, total);
}

void add_rows(std::uint32_t rows, std::uint32_t columns, const float* matrix, float* sums, const Stream& stream) {
  launch_elements("the gradient of biases", add_rows_kernel, columns, stream, rows, columns, matrix, sums);
}

void adam(const AdamStep& step, std::size_t count, const float* gradient, float* first_moment, float* second_moment,
          float* parameter, const Stream& stream) {
  launch_elements("a step of AdamW", adam_kernel, count, stream, step, count, gradient, first_moment, second_moment,
                  parameter);
}

}  // namespace caloscope::cuda
