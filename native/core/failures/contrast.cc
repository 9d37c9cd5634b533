#include "core/failures/contrast.h"

#include <cmath>

namespace caloscope {
namespace {

double term(double count, double expected) { return count > 0 ? count * std::log(count / expected) : 0; }

bool points(const RowCounts& inside, const RowCounts& all, FactorDirection direction) {
  const double expected = static_cast<double>(all.reference) * static_cast<double>(inside.generated);
  const double found = static_cast<double>(inside.reference) * static_cast<double>(all.generated);
  switch (direction) {
    case FactorDirection::any: return true;
    case FactorDirection::too_few: return found > expected;
    case FactorDirection::too_many: return found < expected;
  }
  return false;
}

/// Calls `visit(range, rows)` for all ranges of neighbouring bins, and for the bin of undefined values.
template <class Visit>
void for_each_range(std::span<const RowCounts> bins, bool has_undefined, const Visit& visit) {
  const std::size_t ordered = bins.size() - (has_undefined ? 1 : 0);
  for (std::size_t first = 0; first < ordered; ++first) {
    RowCounts inside;
    for (std::size_t last = first + 1; last <= ordered; ++last) {
      inside += bins[last - 1];
      visit(BinRange{first, last}, inside);
    }
  }
  if (has_undefined && ordered > 0) visit(BinRange{ordered, ordered + 1}, bins[ordered]);
}

}  // namespace

double likelihood_contrast(const RowCounts& inside, const RowCounts& all) {
  const double n = static_cast<double>(all.reference), m = static_cast<double>(all.generated);
  const double in_n = static_cast<double>(inside.reference), in_m = static_cast<double>(inside.generated);
  if (n == 0 || m == 0) return 0;
  const double rows = in_n + in_m;
  const double result = term(in_n, rows * n / (n + m)) + term(in_m, rows * m / (n + m));
  return result > 0 ? result : 0;
}

StrongestRange strongest_range(std::span<const RowCounts> bins, const RowCounts& all, bool has_undefined,
                               FactorDirection direction, std::uint64_t fewest) {
  StrongestRange best{{0, bins.size()}, 0};
  for_each_range(bins, has_undefined, [&](const BinRange& range, const RowCounts& inside) {
    if (inside.reference + inside.generated < fewest || !points(inside, all, direction)) return;
    const double contrast = likelihood_contrast(inside, all);
    if (contrast > best.contrast) best = {range, contrast};
  });
  return best;
}

}  // namespace caloscope
