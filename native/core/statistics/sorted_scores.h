#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "core/run/compensated_sum.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"
#include "core/statistics/score_key.h"

namespace caloscope {

/// One sample from the highest score down.
template <class Row>
struct SortedScores {
  std::vector<Row> rows;
  double weight = 0;
  double squared_weight = 0;
};

template <class Row>
struct SortedPair {
  SortedScores<Row> first;
  SortedScores<Row> second;
};

/// All rows of both samples with scores from one to another.
template <class Row>
struct ScoreTile {
  const Row* reference;
  const Row* reference_end;
  const Row* generated;
  const Row* generated_end;
};

/// A sum of weights; whole numbers need no care.
template <class Row>
using WeightSum = std::conditional_t<std::is_same_v<Row, std::uint64_t>, double, CompensatedSum>;
inline double value_of(double sum) { return sum; }
inline double value_of(const CompensatedSum& sum) { return sum.value(); }

/// The rows of one sample that share a score.
struct Tied {
  std::size_t rows = 0;
  double weight = 0;
  double squared_weight = 0;
};

/// Both samples in pieces of some ten thousand rows, from the highest scores down. Depends on the scores alone.
template <class Row>
std::vector<ScoreTile<Row>> score_tiles(const SortedScores<Row>& reference, const SortedScores<Row>& generated) {
  constexpr std::size_t rows_of_tile = 65536;
  constexpr std::size_t max_tiles = 64;
  const auto& larger = reference.rows.size() > generated.rows.size() ? reference.rows : generated.rows;
  const std::size_t tiles = std::clamp<std::size_t>(larger.size() / rows_of_tile, 1, max_tiles);
  const auto from = [](const std::vector<Row>& rows, std::uint64_t key) {
    const auto before = [](const Row& row, std::uint64_t bound) { return key_of(row) < bound; };
    return rows.data() + (std::lower_bound(rows.begin(), rows.end(), key, before) - rows.begin());
  };
  std::vector<ScoreTile<Row>> result;
  const Row* of_reference = reference.rows.data();
  const Row* of_generated = generated.rows.data();
  for (std::size_t tile = 1; tile <= tiles; ++tile) {
    const bool last = tile == tiles;
    const std::uint64_t key = last ? 0 : key_of(larger[tile * (larger.size() / tiles)]);
    const Row* const reference_end = last ? reference.rows.data() + reference.rows.size() : from(reference.rows, key);
    const Row* const generated_end = last ? generated.rows.data() + generated.rows.size() : from(generated.rows, key);
    result.push_back({of_reference, reference_end, of_generated, generated_end});
    of_reference = reference_end;
    of_generated = generated_end;
  }
  return result;
}

/// Takes the rows with this key off the front. Which sample has the next row cannot be foreseen: no branch asks for it.
template <class Row>
[[gnu::always_inline]] inline Tied take_tied(const Row*& row, const Row* end, std::uint64_t key) {
  Tied tied;
  if (row == end) return tied;
  const bool first = key_of(*row) == key;
  const double w = first ? weight_of(*row) : 0;
  tied = {first ? std::size_t{1} : 0, w, w * w};
  row += first ? 1 : 0;
  for (; row != end && key_of(*row) == key; ++row) {
    ++tied.rows;
    tied.weight += weight_of(*row);
    tied.squared_weight += weight_of(*row) * weight_of(*row);
  }
  return tied;
}

/// Calls `visit(reference, generated)` for every distinct score of a tile from the highest down.
template <class Row, class Visit>
void for_each_score(ScoreTile<Row> tile, const JobControl& control, Visit visit) {
  constexpr std::size_t step = std::size_t{1} << 15;
  constexpr auto none = ~std::uint64_t{0};
  for (std::size_t group = 0; tile.reference != tile.reference_end || tile.generated != tile.generated_end; ++group) {
    if (group % step == 0) control.check();
    const std::uint64_t of_reference = tile.reference != tile.reference_end ? key_of(*tile.reference) : none;
    const std::uint64_t of_generated = tile.generated != tile.generated_end ? key_of(*tile.generated) : none;
    const std::uint64_t key = std::min(of_reference, of_generated);
    const Tied reference = take_tied(tile.reference, tile.reference_end, key);
    const Tied generated = take_tied(tile.generated, tile.generated_end, key);
    visit(reference, generated);
  }
}

/// Sums over the scores of two sorted samples, a tile at a time and the tiles in order.
template <class Row>
class ScoreTiles {
 public:
  ScoreTiles(const SortedScores<Row>& reference, const SortedScores<Row>& generated, const TileRunner& run_tiles,
             const JobControl& control)
      : tiles_(score_tiles(reference, generated)), run_tiles_(run_tiles), control_(control), above_(tiles_.size()) {
    std::vector<Above> within(tiles_.size());
    run_tiles_(tiles_.size(), [&](std::size_t tile) {
      const auto& rows = tiles_[tile];
      within[tile] = {weight_between(rows.reference, rows.reference_end),
                      weight_between(rows.generated, rows.generated_end)};
    });
    for (std::size_t tile = 1; tile < tiles_.size(); ++tile) {
      above_[tile] = above_[tile - 1];
      above_[tile].reference += within[tile - 1].reference;
      above_[tile].generated += within[tile - 1].generated;
    }
  }

  /// Calls `visit(sums, above_reference, above_generated, reference, generated)` for every distinct score, with the
  /// weights above it and the rows that have it, and adds the sums of the tiles.
  template <class Sums, class Visit>
  Sums sum(Visit visit) const {
    std::vector<Sums> sums(tiles_.size());
    run_tiles_(tiles_.size(), [&](std::size_t tile) {
      Above above = above_[tile];
      Sums of_tile;
      for_each_score(tiles_[tile], control_, [&](const Tied& reference, const Tied& generated) {
        visit(of_tile, value_of(above.reference), value_of(above.generated), reference, generated);
        above.reference += reference.weight;
        above.generated += generated.weight;
      });
      sums[tile] = of_tile;
    });
    for (std::size_t tile = 1; tile < sums.size(); ++tile) sums[0] += sums[tile];
    return sums[0];
  }

 private:
  struct Above {
    WeightSum<Row> reference{};
    WeightSum<Row> generated{};
  };

  static WeightSum<Row> weight_between(const Row* first, const Row* last) {
    WeightSum<Row> sum{};
    if constexpr (std::is_same_v<Row, std::uint64_t>) sum = static_cast<double>(last - first);
    else for (; first != last; ++first) sum += first->weight;
    return sum;
  }

  std::vector<ScoreTile<Row>> tiles_;
  const TileRunner& run_tiles_;
  const JobControl& control_;
  std::vector<Above> above_;
};

}  // namespace caloscope
