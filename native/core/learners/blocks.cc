#include "core/learners/blocks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include "core/learners/cross_fitting.h"
#include "core/run/error.h"
#include "core/training/shuffle.h"

namespace caloscope {
namespace {

std::vector<std::uint32_t> numbers_to(std::uint64_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  return numbers;
}

std::string words_of(const CrossFitting& plan) {
  return plan.split ? "the three parts of a split" : std::to_string(plan.folds) + " folds";
}

/// A random part for each row (or group of rows): 0, 1 or 2, sizes as near to the shares as whole numbers are.
std::vector<std::uint16_t> assign_parts(std::uint64_t rows, const HeldOutSplit& split, std::uint64_t seed,
                                        std::uint32_t sample) {
  const auto boundary = [&](double share) {
    return static_cast<std::uint64_t>(std::llround(share * static_cast<double>(rows)));
  };
  const std::uint64_t trained = boundary(split.train), validated = boundary(split.train + split.validation);
  auto order = numbers_to(rows);
  shuffle(order, RandomStream(seed, stream_number(TrainingStream::folds, 0, sample)));
  std::vector<std::uint16_t> part(rows);
  for (std::uint64_t place = 0; place < rows; ++place) {
    part[order[place]] = static_cast<std::uint16_t>(place < trained ? 0 : place < validated ? 1 : 2);
  }
  return part;
}

}  // namespace

std::vector<std::uint16_t> assign_folds(std::uint64_t rows, std::uint32_t folds, std::uint64_t seed,
                                        std::uint32_t sample) {
  auto order = numbers_to(rows);
  shuffle(order, RandomStream(seed, stream_number(TrainingStream::folds, 0, sample)));
  std::vector<std::uint16_t> fold(rows);
  for (std::uint64_t place = 0; place < rows; ++place) fold[order[place]] = static_cast<std::uint16_t>(place % folds);
  return fold;
}

Blocks::Blocks(std::uint64_t reference_rows, std::uint64_t generated_rows, const CrossFitting& plan)
    : split_(plan.split.has_value()), count_(split_ ? 3 : plan.folds) {
  assign(reference_rows, generated_rows, plan);
  require_rows(reference_rows, plan);
  label_.assign(reference_rows, 1);
  label_.resize(block_.size());
  if (plan.permutation > 0) permute(plan);
}

void Blocks::assign(std::uint64_t reference_rows, std::uint64_t generated_rows, const CrossFitting& plan) {
  const auto drawn = [&](std::uint64_t rows, std::uint32_t sample) {
    return split_ ? assign_parts(rows, *plan.split, plan.seed, sample) : assign_folds(rows, count_, plan.seed, sample);
  };
  if (plan.groups.empty()) {
    block_ = drawn(reference_rows, 0);
    const auto generated = drawn(generated_rows, 1);
    block_.insert(block_.end(), generated.begin(), generated.end());
    return;
  }
  if (plan.groups.size() != reference_rows + generated_rows) {
    throw Error(ErrorCode::shape, std::to_string(plan.groups.size()) + " rows have a group, there are " +
                                      std::to_string(reference_rows + generated_rows));
  }
  const std::uint32_t groups = *std::ranges::max_element(plan.groups) + 1;
  if (groups > plan.groups.size()) throw Error(ErrorCode::argument, "groups must be numbered from 0 on");
  const auto block_of_group = drawn(groups, 0);
  for (const std::uint32_t group : plan.groups) block_.push_back(block_of_group[group]);
}

void Blocks::require_rows(std::uint64_t reference_rows, const CrossFitting& plan) const {
  for (const bool generated : {false, true}) {
    const auto middle = block_.begin() + static_cast<std::ptrdiff_t>(reference_rows);
    for (std::uint32_t block = 0; block < count_; ++block) {
      const auto rows = generated ? std::count(middle, block_.end(), block) : std::count(block_.begin(), middle, block);
      if (rows >= 2) continue;
      throw Error(ErrorCode::too_few_rows, std::string("the ") + (generated ? "generated" : "reference") +
                                               " sample has too few rows: " + words_of(plan) +
                                               " need two in each");
    }
  }
}

/// Rows that are alike but for the label: those of a group, those of a block that are alone in theirs.
std::vector<std::vector<std::uint32_t>> Blocks::alike(const CrossFitting& plan) const {
  std::map<std::uint64_t, std::vector<std::uint32_t>> rows_of_key;
  std::vector<std::uint32_t> size_of_group(plan.groups.empty() ? 0 : block_.size());
  for (const std::uint32_t group : plan.groups) ++size_of_group[group];
  for (std::uint32_t row = 0; row < block_.size(); ++row) {
    const bool alone = plan.groups.empty() || size_of_group[plan.groups[row]] == 1;
    rows_of_key[alone ? block_[row] : std::uint64_t{count_} + plan.groups[row]].push_back(row);
  }
  std::vector<std::vector<std::uint32_t>> sets;
  for (auto& [key, rows] : rows_of_key) sets.push_back(std::move(rows));
  return sets;
}

/// Labels change places among rows that are alike.
void Blocks::permute(const CrossFitting& plan) {
  RandomStream random(plan.seed, stream_number(TrainingStream::permutation, plan.permutation));
  for (const auto& rows : alike(plan)) {
    for (std::size_t i = rows.size(); i > 1; --i) {
      std::swap(label_[rows[i - 1]], label_[rows[random.below(static_cast<std::uint32_t>(i))]]);
    }
  }
}

double Blocks::labellings(const CrossFitting& plan) const {
  double product = 1;
  for (const auto& rows : alike(plan)) {
    std::uint64_t of_reference = 0;
    for (const std::uint32_t row : rows) of_reference += label_[row];
    double ways = 1;  // every step is a whole number
    for (std::uint64_t i = 1; i <= of_reference; ++i) {
      ways = ways * static_cast<double>(rows.size() - of_reference + i) / static_cast<double>(i);
    }
    product *= ways;
  }
  return product;
}

std::vector<std::uint32_t> Blocks::rows_of(std::uint32_t block) const {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < block_.size(); ++row) {
    if (block_[row] == block) rows.push_back(row);
  }
  return rows;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> Blocks::pairs() const {
  if (split_) return {{validation_block, test_block}};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> all;
  for (std::uint32_t first = 0; first < count_; ++first) {
    for (std::uint32_t second = first + 1; second < count_; ++second) all.emplace_back(first, second);
  }
  return all;
}

std::vector<std::uint32_t> Blocks::tested() const {
  if (split_) return {test_block};
  std::vector<std::uint32_t> all(count_);
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

void Blocks::split_class(std::uint8_t label, std::pair<std::uint32_t, std::uint32_t> left_out,
                         const CrossFitting& plan, MemberTask& task) const {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < block_.size(); ++row) {
    if (label_[row] == label && block_[row] != left_out.first && block_[row] != left_out.second) rows.push_back(row);
  }
  shuffle(rows, RandomStream(plan.seed, stream_number(TrainingStream::split, task.number, label)));
  const auto wanted = std::llround(plan.validation_fraction * static_cast<double>(rows.size()));
  const auto validation = static_cast<std::size_t>(std::max(1LL, wanted));
  if (rows.size() < validation + 1) {
    throw Error(ErrorCode::too_few_rows, std::string("the ") + (label ? "reference" : "generated") +
                                             " sample has too few rows to train and validate with " +
                                             std::to_string(plan.folds) + " folds");
  }
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(validation);
  task.validation_rows.insert(task.validation_rows.end(), rows.begin(), middle);
  task.training_rows.insert(task.training_rows.end(), middle, rows.end());
}

MemberTask Blocks::task(std::pair<std::uint32_t, std::uint32_t> left_out, std::uint32_t number,
                        const CrossFitting& plan) const {
  MemberTask task;
  task.seed = plan.seed;
  task.number = number;
  if (split_) {
    task.validation_drawn = false;
    for (const std::uint8_t label : {std::uint8_t{1}, std::uint8_t{0}}) {
      for (std::uint32_t row = 0; row < block_.size(); ++row) {
        if (label_[row] != label || block_[row] == test_block) continue;
        (block_[row] == training_block ? task.training_rows : task.validation_rows).push_back(row);
      }
    }
    return task;
  }
  split_class(1, left_out, plan, task);
  split_class(0, left_out, plan, task);
  return task;
}

}  // namespace caloscope
