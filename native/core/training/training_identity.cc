#include "core/training/training_identity.h"

#include <bit>
#include <charconv>
#include <span>

#include "core/run/content_hash.h"

namespace caloscope {
namespace {

constexpr std::uint64_t rows_between_checks = 1024;

/// Equal texts for equal numbers only.
template <class... Form>
std::string text(Form... form) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), form...).ptr;
  return {digits, end};
}

std::string rows_text(std::uint64_t count, const ContentHash& hash) {
  return text(count) + " rows, hash " + text(hash.value(), 16);
}

std::string rows_text(const std::vector<std::uint32_t>& rows) {
  ContentHash hash;
  hash.add(std::as_bytes(std::span(rows)));
  return rows_text(rows.size(), hash);
}

void add_shape(const NetworkShape& shape, TrainingIdentity& identity) {
  // Every member by name: one that is added later does not compile until it is said here what it means.
  const auto& [inputs, hidden, activation, slope] = shape;
  std::string widths;
  for (const auto width : hidden) widths += (widths.empty() ? "" : ",") + std::to_string(width);
  identity.push_back({"the number of features", text(inputs)});
  identity.push_back({"hidden", widths});
  identity.push_back({"activation", std::string(name_of(activation))});
  identity.push_back({"slope", text(slope)});
}

void add_settings(const TrainingSettings& settings, TrainingIdentity& identity) {
  // The same as for the shape.
  const auto& [epochs, batch_size, learning_rate, weight_decay, beta1, beta2, epsilon, dropout, schedule, precision,
               patience] = settings;
  identity.push_back({"epochs", text(epochs)});
  identity.push_back({"batchSize", text(batch_size)});
  identity.push_back({"learningRate", text(learning_rate)});
  identity.push_back({"weightDecay", text(weight_decay)});
  identity.push_back({"beta1", text(beta1)});
  identity.push_back({"beta2", text(beta2)});
  identity.push_back({"epsilon", text(epsilon)});
  identity.push_back({"dropout", text(dropout)});
  identity.push_back({"schedule", std::string(name_of(schedule))});
  identity.push_back({"precision", std::string(name_of(precision))});
  identity.push_back({"patience", text(patience)});
}

}  // namespace

TrainingIdentity split_identity(std::uint32_t folds, const std::optional<std::array<double, 3>>& split,
                                std::uint32_t members, double validation_fraction) {
  if (!split) {
    return {{"split", "none"}, {"folds", text(folds)}, {"members", text(members)},
            {"validationFraction", text(validation_fraction)}};
  }
  const auto& [train, validation, test] = *split;
  return {{"split", text(train) + "/" + text(validation) + "/" + text(test)}, {"folds", "none"},
          {"members", text(members)}, {"validationFraction", "none"}};
}

TrainingIdentity settings_identity(const TrainingTask& task) {
  TrainingIdentity identity;
  add_shape(task.shape, identity);
  add_settings(task.settings, identity);
  identity.push_back({"seed", text(task.seed)});
  identity.push_back({"the number of the network", text(task.number)});
  return identity;
}

TrainingIdentity rows_identity(const TrainingTask& task) {
  return {{"the rows to train with", rows_text(task.training_rows)},
          {"the rows to validate with", rows_text(task.validation_rows)}};
}

IdentityEntry sample_identity(const std::string& name, const FeatureTable& table, JobControl& control) {
  ContentHash hash;
  FeatureSet::Scratch scratch;
  for (std::uint64_t row = 0; row < table.rows(); ++row) {
    if (row % rows_between_checks == 0) control.check();
    hash.add(std::as_bytes(std::span(table.scalars_of(row), table.scalars())));
    if (table.voxels() == 0) continue;
    table.voxels_of(row, scratch);
    hash.add_number(scratch.hits.size());
    hash.add(std::as_bytes(std::span(scratch.hits.voxel)));
    hash.add(std::as_bytes(std::span(scratch.hits.energy)));
  }
  return {name, rows_text(table.rows(), hash)};
}

TrainingIdentity weights_identity(std::span<const double> weights) {
  if (weights.empty()) return {};
  ContentHash hash;
  hash.add(std::as_bytes(weights));
  return {{"the weights of the rows", rows_text(weights.size(), hash)}};
}

}  // namespace caloscope
