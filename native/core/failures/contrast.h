#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace caloscope {

/// Rows of both samples, in a region or in all.
struct RowCounts {
  std::uint64_t reference = 0;
  std::uint64_t generated = 0;

  RowCounts& operator+=(const RowCounts& other) {
    reference += other.reference;
    generated += other.generated;
    return *this;
  }
  bool operator==(const RowCounts&) const = default;
};

/// Bins [first, last) of a column.
struct BinRange {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// Logarithm of the likelihood ratio of "the region holds the shares of both samples that were found" to "it holds equal shares", of
/// the rows inside, from 0 up: n ln(n/e_n) + m ln(m/e_m), e what is expected of n + m rows. Twice of it has the χ² distribution
/// with one degree of freedom for a region that was chosen beforehand.
double likelihood_contrast(const RowCounts& inside, const RowCounts& all);

/// What a range is looked for.
enum class FactorDirection : std::uint8_t {
  any,
  too_few,   ///< the generated sample has a smaller share there than the reference
  too_many,  ///< a larger one
};

/// The neighbouring bins with the largest likelihood contrast, among those that differ in the direction and hold at least `fewest` rows of
/// both samples together: a scan statistic. The bin of undefined values, last where `has_undefined`, stands for itself alone. `bins`
/// holds the rows of each bin, `all` those that could have been in a region. The first of equals; contrast 0 and all bins where
/// nothing differs.
struct StrongestRange {
  BinRange range;
  double contrast = 0;
};
StrongestRange strongest_range(std::span<const RowCounts> bins, const RowCounts& all, bool has_undefined,
                               FactorDirection direction, std::uint64_t fewest);

}  // namespace caloscope
