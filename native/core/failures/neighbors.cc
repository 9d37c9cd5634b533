#include "core/failures/neighbors.h"

#include <algorithm>
#include <array>

#include "core/run/error.h"

namespace caloscope {
namespace {

/// Rows whose distances are added up together: one number of each lies beside the other's.
constexpr std::size_t block_rows = 256;
/// Queries that read a block while it is in the cache.
constexpr std::size_t tile_queries = 64;

using Squares = std::array<float, block_rows>;

/// The rows in blocks, dimension by dimension; beyond the last row there are zeros.
class RowBlocks {
 public:
  explicit RowBlocks(const FloatRows& rows)
      : dimensions_(rows.dimensions), numbers_((rows.rows + block_rows - 1) / block_rows * block_rows * dimensions_) {
    for (std::size_t row = 0; row < rows.rows; ++row) {
      float* const block = numbers_.data() + row / block_rows * block_rows * dimensions_;
      for (std::size_t d = 0; d < dimensions_; ++d) {
        block[d * block_rows + row % block_rows] = rows.numbers[row * dimensions_ + d];
      }
    }
  }

  void squares(std::size_t block, const float* query, Squares& sum) const {
    sum.fill(0);
    const float* of_dimension = numbers_.data() + block * block_rows * dimensions_;
    for (std::size_t d = 0; d < dimensions_; ++d, of_dimension += block_rows) {
      const float x = query[d];
      for (std::size_t i = 0; i < block_rows; ++i) {
        const float difference = x - of_dimension[i];
        sum[i] += difference * difference;
      }
    }
  }

 private:
  std::size_t dimensions_;
  std::vector<float> numbers_;
};

/// A list that is filled from the first row on.
class Nearest {
 public:
  explicit Nearest(std::span<Neighbor> list) : list_(list) {}

  void offer(float square, std::uint32_t row) {
    if (held_ == list_.size() && !(square < list_.back().square)) return;
    std::size_t place = held_ < list_.size() ? held_++ : held_ - 1;
    for (; place > 0 && square < list_[place - 1].square; --place) list_[place] = list_[place - 1];
    list_[place] = {square, row};
  }

 private:
  std::span<Neighbor> list_;
  std::size_t held_ = 0;
};

}  // namespace

NeighborLists nearest_neighbors(const FloatRows& queries, const FloatRows& rows, std::size_t each,
                                const TileRunner& run_tiles, const JobControl& control) {
  if (queries.dimensions != rows.dimensions) throw Error(ErrorCode::shape, "both samples must have the same columns");
  const bool same = queries.numbers.data() == rows.numbers.data();
  const std::size_t others = rows.rows - (same && rows.rows > 0 ? 1 : 0);
  NeighborLists found{std::min(each, others), {}};
  found.neighbors.resize(queries.rows * found.each);
  if (found.each == 0) return found;
  const RowBlocks blocks(rows);
  run_tiles((queries.rows + tile_queries - 1) / tile_queries, [&](std::size_t tile) {
    const std::size_t first = tile * tile_queries;
    const std::size_t count = std::min(tile_queries, queries.rows - first);
    std::vector<Nearest> nearest;
    for (std::size_t i = 0; i < count; ++i) {
      nearest.emplace_back(std::span(found.neighbors).subspan((first + i) * found.each, found.each));
    }
    Squares squares;
    for (std::size_t start = 0; start < rows.rows; start += block_rows) {
      control.check();
      for (std::size_t i = 0; i < count; ++i) {
        blocks.squares(start / block_rows, queries.numbers.data() + (first + i) * queries.dimensions, squares);
        for (std::size_t row = start; row < std::min(start + block_rows, rows.rows); ++row) {
          if (same && row == first + i) continue;
          nearest[i].offer(squares[row - start], static_cast<std::uint32_t>(row));
        }
      }
    }
  });
  return found;
}

}  // namespace caloscope
