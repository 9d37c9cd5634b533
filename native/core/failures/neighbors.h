#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

/// Rows of numbers, row by row.
struct FloatRows {
  std::span<const float> numbers;
  std::size_t rows;
  std::size_t dimensions;
};

/// A row and its squared distance.
struct Neighbor {
  float square;
  std::uint32_t row;
};

/// The nearest rows of each query, `each` of them (fewer where there are not so many rows), from the nearest; of equally
/// near ones the first.
struct NeighborLists {
  std::size_t each;
  std::vector<Neighbor> neighbors;  ///< queries × each

  std::span<const Neighbor> of(std::size_t query) const { return {neighbors.data() + query * each, each}; }
};

/// Every distance is computed: queries × rows × dimensions. A row is no neighbor of its own where queries and rows are the
/// same numbers. The same bits for any number of threads. Throws Error(shape) for different dimensions.
NeighborLists nearest_neighbors(const FloatRows& queries, const FloatRows& rows, std::size_t each,
                                const TileRunner& run_tiles, const JobControl& control);

}  // namespace caloscope
