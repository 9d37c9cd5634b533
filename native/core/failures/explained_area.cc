#include "core/failures/explained_area.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

namespace caloscope {
namespace {

/// Groups of rows of the jackknife: every tenth row, so that files in any order are cut alike.
constexpr std::size_t groups = 10;
/// Scores are compared by their cell, some hundredth of their spread wide; rows of the same cell count as equal.
constexpr std::size_t cells = 512;
constexpr double spreads_covered = 6;
/// Columns that are explained in turn, at most.
constexpr std::size_t most_in_turn = 5;
constexpr double least_share = 0.05;
constexpr double least_errors = 2;
/// Columns that explain alike but for this share: the first of them is taken.
constexpr double alike = 0.01;
/// Rows between two questions to the job.
constexpr std::size_t step = std::size_t{1} << 15;

/// What the columns chosen so far leave: scores by cells, and the weights of the generated rows.
struct Remainder {
  std::vector<std::uint16_t> cell;
  std::vector<double> weight;  ///< of all rows, 1 for the reference
};

/// Scores less what is explained, by cells of equal width around their mean.
Remainder remainder_of(const ScoredRows& rows, std::span<const double> explained) {
  const std::size_t count = rows.scores.size();
  double sum = 0, squares = 0;
  for (std::size_t row = 0; row < count; ++row) sum += rows.scores[row] - explained[row];
  const double mean = sum / static_cast<double>(count);
  for (std::size_t row = 0; row < count; ++row) {
    const double from_mean = rows.scores[row] - explained[row] - mean;
    squares += from_mean * from_mean;
  }
  const double reach = spreads_covered * std::sqrt(squares / static_cast<double>(count));
  const double scale = reach > 0 ? cells / (2 * reach) : 0;
  Remainder left{std::vector<std::uint16_t>(count), std::vector<double>(count)};
  for (std::size_t row = 0; row < count; ++row) {
    const double place = (rows.scores[row] - explained[row] - mean + reach) * scale;
    left.cell[row] = static_cast<std::uint16_t>(std::clamp(place, 0.0, cells - 1.0));
    left.weight[row] = row < rows.reference ? 1 : std::exp(explained[row]);
  }
  return left;
}

/// Sums of weights of both samples for every bin and cell.
struct Sums {
  std::vector<double> reference, generated;
  explicit Sums(std::size_t bins) : reference(bins * cells), generated(bins * cells) {}
};

/// Mean over the bins of the AUC within them, weighted with their reference rows. Where one sample has no rows nothing is left to
/// tell: ½.
double area_within(const Sums& sums, std::size_t bins) {
  double area = 0, whole = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    double reference = 0, below = 0, pairs = 0;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      const double first = sums.reference[bin * cells + cell], second = sums.generated[bin * cells + cell];
      pairs += first * (below + second / 2);
      below += second;
      reference += first;
    }
    // Differences of sums leave crumbs where a group held all rows of a sample.
    area += below > 1e-9 ? pairs / below : reference / 2;
    whole += reference;
  }
  return whole > 0 ? area / whole : 0.5;
}

/// The area of all rows, and with each group left out.
struct JackknifedArea {
  double all = 0;
  std::array<double, groups> without{};
};

/// `bin_of(row)`: the bin within which rows are compared.
template <class BinOf>
JackknifedArea jackknifed_area(const Remainder& left, std::size_t reference, std::size_t bins, const BinOf& bin_of,
                               const JobControl& control) {
  std::vector<Sums> of_group(groups, Sums(bins));
  for (std::size_t row = 0; row < left.cell.size(); ++row) {
    if (row % step == 0) control.check();
    const bool first = row < reference;
    auto& sums = of_group[(first ? row : row - reference) % groups];
    (first ? sums.reference : sums.generated)[bin_of(row) * cells + left.cell[row]] += left.weight[row];
  }
  Sums all(bins);
  for (const auto& sums : of_group) {
    for (std::size_t i = 0; i < all.reference.size(); ++i) {
      all.reference[i] += sums.reference[i];
      all.generated[i] += sums.generated[i];
    }
  }
  JackknifedArea area;
  area.all = area_within(all, bins);
  for (std::size_t group = 0; group < groups; ++group) {
    auto& rest = of_group[group];
    for (std::size_t i = 0; i < all.reference.size(); ++i) {
      rest.reference[i] = all.reference[i] - rest.reference[i];
      rest.generated[i] = all.generated[i] - rest.generated[i];
    }
    area.without[group] = area_within(rest, bins);
  }
  return area;
}

/// What takes the area from `before` to `after`; `remaining`: the share of the whole that `before` is.
ExplainedArea explained(std::size_t column, const JackknifedArea& before, const JackknifedArea& after, double remaining) {
  const auto share = [remaining](double from, double to) {
    return from != 0.5 ? remaining * (from - to) / (from - 0.5) : 0;
  };
  ExplainedArea result{column, after.all, share(before.all, after.all), 0};
  std::array<double, groups> replicas{};
  double mean = 0;
  for (std::size_t group = 0; group < groups; ++group) {
    replicas[group] = share(before.without[group], after.without[group]);
    mean += replicas[group] / groups;
  }
  double squares = 0;
  for (const double replica : replicas) squares += (replica - mean) * (replica - mean);
  result.error = std::sqrt(squares * (groups - 1) / groups);
  return result;
}

/// Adds to `explained_score` the ln ratio that makes the column of the weighted generated rows that of the reference.
void explain(const ColumnBins& column, const Remainder& left, std::size_t reference, std::vector<double>& explained_score) {
  std::vector<double> first(column.all()), second(column.all());
  double all_first = 0, all_second = 0;
  for (std::size_t row = 0; row < left.weight.size(); ++row) {
    (row < reference ? first : second)[column.bins[row]] += left.weight[row];
    (row < reference ? all_first : all_second) += left.weight[row];
  }
  for (std::size_t row = 0; row < left.weight.size(); ++row) {
    const std::size_t bin = column.bins[row];
    explained_score[row] += std::log((first[bin] + 0.5) / (second[bin] + 0.5) * (all_second / all_first));
  }
}

/// The column that explains most; the first of those that explain alike.
std::optional<std::size_t> best_of(std::span<const ExplainedArea> found, std::span<const std::size_t> candidates) {
  std::optional<std::size_t> best;
  double most = 0;
  for (const std::size_t column : candidates) most = std::max(most, found[column].share);
  for (const std::size_t column : candidates) {
    const auto& one = found[column];
    const bool counts = one.share >= least_share && one.share > least_errors * one.error;
    if (counts && one.share >= most - alike && (!best || column < *best)) best = column;
  }
  return best;
}

JackknifedArea whole_area(const Remainder& left, std::size_t reference, const JobControl& control) {
  return jackknifed_area(left, reference, 1, [](std::size_t) { return std::size_t{0}; }, control);
}

/// Takes one column after the other away.
class Explanation {
 public:
  Explanation(std::span<const ColumnBins> columns, const ScoredRows& rows, const JobControl& control)
      : columns_(columns), rows_(rows), control_(control), explained_score_(rows.scores.size(), 0.0),
        left_(remainder_of(rows, explained_score_)), before_(whole_area(left_, rows.reference, control)) {}

  double area() const { return before_.all; }

  /// What a column explains of what is left.
  ExplainedArea measure(std::size_t column) const {
    const auto& bins = columns_[column].bins;
    const auto after = jackknifed_area(left_, rows_.reference, columns_[column].all(),
                                       [&](std::size_t row) -> std::size_t { return bins[row]; }, control_);
    return explained(column, before_, after, remaining_);
  }

  /// Takes the column away; false where too little is left for another.
  bool take(const ExplainedArea& one) {
    remaining_ -= one.share;
    if (remaining_ < least_share) return false;
    explain(columns_[one.column], left_, rows_.reference, explained_score_);
    left_ = remainder_of(rows_, explained_score_);
    before_ = whole_area(left_, rows_.reference, control_);
    return true;
  }

 private:
  std::span<const ColumnBins> columns_;
  const ScoredRows& rows_;
  const JobControl& control_;
  std::vector<double> explained_score_;
  Remainder left_;
  JackknifedArea before_;
  double remaining_ = 1;
};

}  // namespace

double area_of_scores(const ScoredRows& rows, const JobControl& control) {
  return Explanation({}, rows, control).area();
}

std::vector<ExplainedArea> explained_alone(std::span<const ColumnBins> columns, const ScoredRows& rows,
                                           const TileRunner& run_tiles, const JobControl& control) {
  const Explanation explanation(columns, rows, control);
  std::vector<ExplainedArea> alone(columns.size());
  run_tiles(columns.size(), [&](std::size_t column) { alone[column] = explanation.measure(column); });
  return alone;
}

std::vector<std::size_t> explaining_columns(std::span<const ColumnBins> columns, std::span<const std::size_t> candidates,
                                            const ScoredRows& rows, const TileRunner& run_tiles, const JobControl& control) {
  Explanation explanation(columns, rows, control);
  std::vector<std::size_t> rest(candidates.begin(), candidates.end());
  std::vector<ExplainedArea> found(columns.size());
  std::vector<std::size_t> order;
  while (order.size() < most_in_turn) {
    run_tiles(rest.size(), [&](std::size_t i) { found[rest[i]] = explanation.measure(rest[i]); });
    const auto best = best_of(found, rest);
    if (!best) break;
    order.push_back(*best);
    std::erase(rest, *best);
    if (!explanation.take(found[*best])) break;
  }
  return order;
}

std::vector<ExplainedArea> explained_in_order(std::span<const ColumnBins> columns, std::span<const std::size_t> order,
                                              const ScoredRows& rows, const JobControl& control) {
  Explanation explanation(columns, rows, control);
  std::vector<ExplainedArea> measured;
  for (const std::size_t column : order) {
    measured.push_back(explanation.measure(column));
    if (!explanation.take(measured.back())) break;
  }
  return measured;
}

}  // namespace caloscope
