#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/training/training.h"
#include "core/training/training_data.h"

namespace caloscope {

/// The last `validation` rows of each sample validate, the others train.
inline TrainingTask task_on(const LabelledRows& rows, std::vector<std::uint32_t> hidden, std::uint32_t validation) {
  TrainingTask task;
  task.shape = {rows.reference.columns(), std::move(hidden), Activation::gelu, 0.1F};
  task.seed = 5;
  task.number = 3;
  task.settings.batch_size = 32;
  task.settings.epochs = 3;
  task.settings.learning_rate = 3e-3;
  task.settings.schedule = Schedule::cosine;
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    const auto place = rows.row_in_table(row);
    auto& list = place + validation >= rows.table_of(row).rows() ? task.validation_rows : task.training_rows;
    list.push_back(row);
  }
  return task;
}

}  // namespace caloscope
