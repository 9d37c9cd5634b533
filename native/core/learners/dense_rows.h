#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

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
};

}  // namespace caloscope
