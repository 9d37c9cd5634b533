#pragma once

#include <cstdint>
#include <vector>

#include "core/networks/network.h"
#include "core/networks/precision.h"
#include "cuda/device_memory.h"
#include "cuda/row_batch.h"

namespace caloscope::cuda {

/// A product in either precision: C = end(A·B).
void multiply_in(Precision precision, const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c,
                 std::size_t c_row, const ProductEnd& end, const Stream& stream);

/// Memory of a forward pass: the activations of every second layer.
struct ForwardScratch {
  DeviceArray<float> input;  ///< standardised scalars
  DeviceArray<float> even, odd;

  void reserve(std::size_t rows, std::uint32_t scalars, std::uint32_t widest);
};

/// A network whose parameters lie on the current device.
class NetworkOnDevice {
 public:
  explicit NetworkOnDevice(const Network& network);

  struct Layer {
    std::uint32_t inputs, outputs;
    DeviceArray<float> weight;  ///< inputs × outputs
    DeviceArray<float> bias;
  };

  /// Whoever trains changes the parameters in place.
  const std::vector<Layer>& layers() const { return layers_; }
  StandardisationView standardisation() const { return {centre_.data(), scale_.data(), clip_.data()}; }

  /// Outputs of the widest layer.
  std::uint32_t widest() const;

  /// Begins to judge the rows of a batch: one logit a row, on the device. The scratch memory has room for them.
  void predict(const RowBatch& batch, std::uint32_t scalars, Precision precision, ForwardScratch& scratch, float* logits,
               const Stream& stream) const;

 private:
  void first_layer(const RowBatch& batch, std::uint32_t scalars, Precision precision, ForwardScratch& scratch, float* z,
                   ProductEnd end, const Stream& stream) const;

  Activation activation_;
  float slope_;
  DeviceArray<float> centre_, scale_, clip_;
  std::vector<Layer> layers_;
};

}  // namespace caloscope::cuda
