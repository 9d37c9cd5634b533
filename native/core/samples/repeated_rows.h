#pragma once

#include <cstdint>
#include <vector>

#include "core/run/job_control.h"
#include "core/samples/feature_table.h"
#include "core/samples/shower_table.h"

namespace caloscope {

/// Rows that are copies of others, in ascending order, and the row that each is a copy of.
struct RepeatedRows {
  std::vector<std::uint64_t> rows;
  std::vector<std::uint64_t> originals;
};

/// Rows that occur more than once, within a sample and across two.
struct RepeatedInPair {
  RepeatedRows within_first;   ///< rows of the first sample that repeat an earlier row of it
  RepeatedRows within_second;  ///< the same for the second
  RepeatedRows shared;         ///< rows of the second sample that also occur in the first
};

/// Finds showers with equal hits and incident energy. Showers without any hit are left out: they are equal by nature.
RepeatedInPair find_repeated_rows(const ShowerTable& first, const ShowerTable& second, const JobControl& control);

/// Finds equal rows of two matrices with the same columns. Where no column has a value for every four rows of the larger
/// matrix, rows of few discrete values are equal by nature, and none is found.
RepeatedInPair find_repeated_rows(const FeatureTable& first, const FeatureTable& second, const JobControl& control);

}  // namespace caloscope
