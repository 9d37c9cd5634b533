#pragma once

#include <span>

#include "core/calibration/calibration.h"
#include "core/run/job_control.h"

namespace caloscope {

/// Inductive Venn-Abers prediction (Vovk and Petej, arXiv:1211.0025): to the calibration rows the row itself is added, once as
/// generated and once as reference, and the isotonic regression of the label on the logit is p0 and p1 at its place. Log odds
/// are those of p1/(1 - p0 + p1), that is p1/(1 - p0), and finite. The added row has the mean weight of the rows of its label.
Calibrated calibrate_venn_abers(const CalibrationSet& set, const ClassSums& sums, std::span<const double> logits,
                                const JobControl& control);

}  // namespace caloscope
