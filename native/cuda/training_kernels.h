#pragma once

#include <cstdint>

#include "core/networks/activation.h"
#include "core/training/objective.h"
#include "core/training/training_step.h"
#include "cuda/device_call.h"
#include "cuda/row_batch.h"

// What a step of a training does beside matrix products, one function a kernel. All matrices are row by row.
namespace caloscope::cuda {

/// Where the rows of a batch are: on the device with all others, those of a first table and those of a second, or gathered
/// one after the other in `first`.
struct BatchSource {
  const std::uint32_t* row;  ///< number of each row of the batch among those of both tables; not of gathered ones
  std::uint32_t first_rows;  ///< so many rows are of the first table
  RowsOnDevice first, second;
  bool gathered;
};

/// x = the standardised features of `rows` rows, voxels without hits as 0: rows × columns.
void densify(std::uint32_t rows, std::uint32_t columns, std::uint32_t scalars, const BatchSource& source,
             const StandardisationView& standardisation, float* x, const Stream& stream);

/// What is dropped: the draw of the first row, and by how many blocks of numbers the next row is further on.
struct LayerDropout {
  DropoutDraw first;
  std::uint64_t blocks_of_row;
  bool on;
};

/// out = f(z)·dropout
void activate(std::uint32_t rows, std::uint32_t columns, Activation activation, float slope, const LayerDropout& dropout,
              const float* z, float* out, const Stream& stream);

/// delta ·= f′(z)·dropout
void multiply_by_slope(std::uint32_t rows, std::uint32_t columns, Activation activation, float slope,
                       const LayerDropout& dropout, const float* z, float* delta, const Stream& stream);

/// The loss of each row and δ of its output: the gradient of the batch mean.
void loss_and_delta(std::uint32_t rows, const Target* targets, const Objective& objective, const float* outputs,
                    double* loss, float* delta, const Stream& stream);

/// total += Σ numbers, in an order that does not change.
void add_up(std::uint32_t count, const double* numbers, double* total, const Stream& stream);

/// sums[j] = Σ of column j over the rows in order.
void add_rows(std::uint32_t rows, std::uint32_t columns, const float* matrix, float* sums, const Stream& stream);

/// One AdamW step of `count` parameters.
void adam(const AdamStep& step, std::size_t count, const float* gradient, float* first_moment, float* second_moment,
          float* parameter, const Stream& stream);

}  // namespace caloscope::cuda
