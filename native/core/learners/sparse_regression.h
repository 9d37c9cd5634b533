#pragma once

#include "core/learners/dense_rows.h"
#include "core/learners/logistic_regression.h"
#include "core/run/job_control.h"
#include "core/run/tile_runner.h"

namespace caloscope {

struct SparseSettings {
  std::uint32_t most_columns = 40;  ///< that are taken
  /// 1/C of scikit-learn for columns with deviation 1.
  double ridge = 1;

  /// Throws Error(argument) that names the setting.
  void validate() const;
};

/// Logistic regression on few columns: where rows are few, a column that tells the samples apart is lost among a hundred
/// that do not. Columns are taken one by one, each time the one whose derivative of the balanced cross-entropy is largest
/// in units of its error, and as many as the extended Bayesian information criterion with γ = ½ allows (Chen and
/// Chen, Biometrika 95 (2008) 759): 2 n L + k ln n + ln C(m, k), m columns to choose from, k taken. Of many rows, some choose.
/// Throws Error(too_few_rows) unless there are rows of both samples, Error(argument) for an unsound setting.
LogisticRegression fit_sparse_regression(const LabelledDenseRows& rows, const SparseSettings& settings,
                                         const TileRunner& run_tiles, const JobControl& control);

}  // namespace caloscope
