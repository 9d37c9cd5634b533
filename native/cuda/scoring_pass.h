#pragma once

#include <cstdint>
#include <vector>

#include "core/networks/network.h"
#include "core/networks/precision.h"
#include "cuda/blocks/block.h"
#include "cuda/device_memory.h"
#include "cuda/row_batch.h"

namespace caloscope::cuda {

/// A standardisation on the current device.
class StandardisationOnDevice {
 public:
  explicit StandardisationOnDevice(const Standardisation& standardisation);

  StandardisationView view() const { return {centre_.data(), scale_.data(), clip_.data()}; }

 private:
  DeviceArray<float> centre_, scale_, clip_;
};

/// Memory of a pass: the outputs of every second block.
struct ScoringScratch {
  DeviceArray<float> input;  ///< standardised
  DeviceArray<float> even, odd;
};

/// A network whose parameters lie on the current device.
class LoadedNetwork {
 public:
  explicit LoadedNetwork(const Network& network);

  /// Numbers of scratch memory for one row of so many scalars.
  std::size_t numbers_of_row(std::uint32_t scalars) const;

  /// Begins to score the rows of a batch: one logit a row, on the device.
  void score(const RowBatch& batch, std::uint32_t scalars, Precision precision, ScoringScratch& scratch, float* logits,
             const Stream& stream) const;

 private:
  BlockInput input_of(const RowBatch& batch, std::uint32_t scalars, ScoringScratch& scratch, const Stream& stream) const;

  std::uint32_t inputs_;
  std::uint32_t widest_;  ///< outputs of the widest block
  bool reads_sparse_;
  StandardisationOnDevice standardisation_;
  std::vector<LoadedBlock> blocks_;
};

}  // namespace caloscope::cuda
