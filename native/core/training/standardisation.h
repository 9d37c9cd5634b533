#pragma once

#include <cstdint>
#include <span>

#include "core/networks/network.h"
#include "core/run/job_control.h"
#include "core/training/training_data.h"

namespace caloscope {

/// Centres and scales of the stored columns of the rows (at least one); the voxels have none.
Standardisation fit_scalar_standardisation(const TrainingData& data, std::span<const std::uint32_t> rows,
                                           JobControl& control);

/// Centres and scales of all input columns from the rows that a network trains with (at least one).
Standardisation fit_standardisation(const TrainingData& data, std::span<const std::uint32_t> training_rows,
                                    JobControl& control);

}  // namespace caloscope
