#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "core/samples/feature_table.h"

namespace caloscope {

/// What the output of a row is held against.
struct Target {
  float label;   ///< 1 for reference, 0 for generated
  float weight;  ///< of the row in its sample, of any sign
};

/// Two samples as one numbering of rows: the reference rows first, then the generated ones. The label is 1 for reference.
struct LabelledRows {
  const FeatureTable& reference;
  const FeatureTable& generated;
  /// 1 for a row that counts as reference; empty: those of the reference sample. For tests that permute labels.
  std::span<const std::uint8_t> labels{};
  /// Of each row in its sample; empty: every row counts 1.
  std::span<const double> weights{};

  std::uint64_t size() const { return reference.rows() + generated.rows(); }
  bool is_reference(std::uint64_t row) const { return labels.empty() ? in_first_table(row) : labels[row] != 0; }
  const FeatureTable& table_of(std::uint64_t row) const { return in_first_table(row) ? reference : generated; }
  std::uint64_t row_in_table(std::uint64_t row) const { return in_first_table(row) ? row : row - reference.rows(); }
  double weight(std::uint64_t row) const { return weights.empty() ? 1 : weights[row]; }
  Target target(std::uint64_t row) const { return {is_reference(row) ? 1.0F : 0.0F, static_cast<float>(weight(row))}; }
  std::array<const FeatureTable*, 2> tables() const { return {&reference, &generated}; }

 private:
  bool in_first_table(std::uint64_t row) const { return row < reference.rows(); }
};

/// What members are fitted to. Each kind has `table_of`, `row_in_table`, `target` and `tables` as LabelledRows has: the tables
/// whose rows are numbered, one after the other, all with the same columns; and what an objective holds the output of a
/// row against.
using TrainingData = std::variant<LabelledRows>;

/// A table with the columns of the data.
inline const FeatureTable& first_table(const TrainingData& data) {
  return std::visit([](const auto& rows) -> const FeatureTable& { return *rows.tables().front(); }, data);
}

inline std::vector<Target> targets_of(const TrainingData& data, std::span<const std::uint32_t> rows) {
  std::vector<Target> targets;
  targets.reserve(rows.size());
  std::visit([&](const auto& kind) { for (const std::uint32_t row : rows) targets.push_back(kind.target(row)); }, data);
  return targets;
}

}  // namespace caloscope
