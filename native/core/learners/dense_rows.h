#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/samples/feature_table.h"
#include "core/training/training_data.h"

namespace caloscope {

/// Rows of numbers that lie somewhere, each in one piece: the dense columns of some rows of a table, or of two.
struct DenseRows {
  std::uint32_t columns = 0;
  std::size_t count = 0;
  std::function<const float*(std::size_t place)> row;  ///< of place < count; from any thread
};

/// Rows of both samples. Label 1 is the reference.
struct LabelledDenseRows {
  DenseRows rows;
  std::vector<std::uint8_t> label;  ///< rows.count
  std::vector<double> weight{};     ///< of each row in its sample, of any sign; empty: every row counts 1

  double weight_of(std::size_t place) const { return weight.empty() ? 1 : weight[place]; }
};

/// The stored columns of all rows of a table, or of some; what is passed must outlive them.
DenseRows dense_rows(const FeatureTable& table);
DenseRows dense_rows(const FeatureTable& table, std::span<const std::uint32_t> rows);

/// The stored columns of some rows of the data with their labels; what is passed must outlive them.
LabelledDenseRows dense_rows(const TrainingData& data, std::span<const std::uint32_t> rows);

}  // namespace caloscope
