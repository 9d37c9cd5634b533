#pragma once

#include <cstddef>
#include <span>
#include <variant>
#include <vector>

namespace caloscope {

/// Logits of an ensemble, [members × rows], one member after the other.
using LogitView = std::variant<std::span<const float>, std::span<const double>>;

/// What Backend::weigh says of all rows: see RowWeight.
struct WeighedRows {
  /// One a row.
  std::vector<double> log_weights;
  std::vector<double> weights;
  std::vector<double> member_spreads;
  /// Numbers of rows.
  std::size_t non_finite = 0;
  std::size_t below = 0;
  std::size_t above = 0;
};

}  // namespace caloscope
