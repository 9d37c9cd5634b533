#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/learners/whitening.h"
#include "core/samples/feature_table.h"
#include "core/training/training_data.h"

namespace caloscope {

/// From the columns of a sample to what the members of an ensemble read: fitted once to both samples together, without
/// their labels, and shared by all members.
struct InputMap {
  /// More stored columns are not whitened: the cost grows as their cube.
  static constexpr std::uint32_t most_columns = 1000;

  std::optional<Whitening> whitening;  ///< none: columns are read one by one

  /// Directions in which the samples are so narrow that no column shows them; they come last.
  std::uint32_t narrow() const { return whitening ? whitening->directions() - whitening->first_narrow() : 0; }
};

/// No whitening where `whiten` is false, where there is no stored column that changes, or more than most_columns.
InputMap fit_input_map(const LabelledRows& rows, bool whiten, const TileRunner& run_tiles, JobControl& control);

/// One sample as members read it.
class MemberTables {
 public:
  /// The table must outlive it. Throws Error(shape) where the map is of other columns.
  MemberTables(const FeatureTable& table, const InputMap& map, const TileRunner& run_tiles, const JobControl& control);

  /// Principal axes in units of their width in place of the stored columns, and the voxels: for networks and regressions.
  const FeatureTable& whitened() const { return whitened_ ? *whitened_ : table_; }
  /// The stored columns and the narrow directions, no voxels: for trees, which cut columns one by one.
  const FeatureTable& widened() const { return widened_ ? *widened_ : table_; }
  /// Those directions alone, directions × rows.
  std::vector<float> narrow_directions() const;

 private:
  const FeatureTable& table_;
  std::optional<FeatureTable> whitened_, widened_;
};

}  // namespace caloscope
