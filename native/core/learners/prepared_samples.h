#pragma once

#include <cstddef>
#include <memory>

#include "core/learners/input_map.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"
#include "core/samples/feature_table.h"

namespace caloscope {

/// Two samples as learners read them, whatever their labels and blocks: made once, however often learners are fitted.
class PreparedSamples {
 public:
  using Table = std::shared_ptr<const FeatureTable>;

  /// Throws Error(shape) when the tables have different columns, Error(argument) for more than 2³² rows.
  PreparedSamples(Table reference, Table generated, bool whiten, const TileRunner& run_tiles, JobControl& control);

  const InputMap& map() const { return map_; }
  const MemberTables& reference() const { return reference_; }
  const MemberTables& generated() const { return generated_; }
  /// As they were given.
  LabelledRows given() const { return {*tables_.first, *tables_.second}; }
  /// Of both samples.
  std::size_t rows() const { return tables_.first->rows() + tables_.second->rows(); }
  /// Of what was made from the tables.
  std::size_t bytes() const;

 private:
  std::pair<Table, Table> tables_;
  InputMap map_;
  MemberTables reference_, generated_;
};

}  // namespace caloscope
