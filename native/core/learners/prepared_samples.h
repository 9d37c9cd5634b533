#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/learners/input_map.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"
#include "core/samples/feature_table.h"
#include "core/training/training_data.h"

namespace caloscope {

/// Two samples as learners read them, whatever their labels and blocks: made once, however often learners are fitted.
class PreparedSamples {
 public:
  using Table = std::shared_ptr<const FeatureTable>;

  /// `weights`: of the rows, those of the reference first, of any sign; empty: every row counts 1. Only their ratios within a
  /// sample matter.
  /// Throws Error(shape) when the tables have different columns or there is not one weight a row, Error(argument) for more
  /// than 2³² rows and for weights whose sum is not above 0, Error(non_finite) for a weight.
  PreparedSamples(Table reference, Table generated, std::vector<double> weights, bool whiten,
                  const TileRunner& run_tiles, JobControl& control);

  const InputMap& map() const { return map_; }
  const MemberTables& reference() const { return reference_; }
  const MemberTables& generated() const { return generated_; }
  /// As they were given.
  LabelledRows given() const { return {*tables_.first, *tables_.second, {}, weights_}; }
  /// Of the rows, in the numbering of LabelledRows, 1 on average in each sample; empty: every row counts 1.
  std::span<const double> weights() const { return weights_; }
  /// Of both samples.
  std::size_t rows() const { return tables_.first->rows() + tables_.second->rows(); }
  /// Of what was made from the tables.
  std::size_t bytes() const;

 private:
  std::pair<Table, Table> tables_;
  std::vector<double> weights_;
  InputMap map_;
  MemberTables reference_, generated_;
};

}  // namespace caloscope
