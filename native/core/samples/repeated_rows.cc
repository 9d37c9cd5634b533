#include "core/samples/repeated_rows.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "core/samples/fingerprint.h"

namespace caloscope {
namespace {

constexpr std::uint64_t rows_between_checks = 4096;
/// Rows for which a column must have one value, so that equal rows are copies.
constexpr std::uint64_t rows_a_value = 4;

using RowOfFingerprint = std::unordered_map<std::uint64_t, std::uint64_t>;

void note(RepeatedRows& found, std::uint64_t row, std::uint64_t original) {
  found.rows.push_back(row);
  found.originals.push_back(original);
}

/// `counts(table, row)`: whether a row can be a copy at all; `print(table, row)`: equal for equal rows, and different,
/// with all but certainty, for others.
template <class Table, class Counts, class Print>
RepeatedInPair find(const Table& first, const Table& second, const JobControl& control, const Counts& counts,
                    const Print& print) {
  RepeatedInPair found;
  RowOfFingerprint seen_first;
  RowOfFingerprint seen_second;
  seen_first.reserve(first.rows());
  seen_second.reserve(second.rows());
  const auto for_each = [&](const Table& table, const auto& visit) {
    for (std::uint64_t row = 0; row < table.rows(); ++row) {
      if (row % rows_between_checks == 0) control.check();
      if (counts(table, row)) visit(row, print(table, row));
    }
  };
  for_each(first, [&](std::uint64_t row, std::uint64_t fingerprint) {
    const auto [entry, fresh] = seen_first.emplace(fingerprint, row);
    if (!fresh) note(found.within_first, row, entry->second);
  });
  for_each(second, [&](std::uint64_t row, std::uint64_t fingerprint) {
    const auto [entry, fresh] = seen_second.emplace(fingerprint, row);
    if (!fresh) note(found.within_second, row, entry->second);
    const auto shared = seen_first.find(fingerprint);
    if (shared != seen_first.end()) note(found.shared, row, shared->second);
  });
  return found;
}

/// Whether some column has so many values that equal rows cannot be chance.
bool rows_are_distinct(const FeatureTable& table, const JobControl& control) {
  std::vector<float> values(table.rows());
  for (std::uint32_t column = 0; column < table.scalars(); ++column) {
    control.check();
    for (std::uint64_t row = 0; row < table.rows(); ++row) values[row] = table.scalars_of(row)[column];
    std::sort(values.begin(), values.end());
    const auto distinct = static_cast<std::uint64_t>(std::unique(values.begin(), values.end()) - values.begin());
    if (distinct * rows_a_value >= table.rows()) return true;
  }
  return false;
}

}  // namespace

RepeatedInPair find_repeated_rows(const ShowerTable& first, const ShowerTable& second, const JobControl& control) {
  return find(
      first, second, control, [](const ShowerTable& table, std::uint64_t row) { return !table.empty(row); },
      [](const ShowerTable& table, std::uint64_t row) { return table.fingerprint(row); });
}

RepeatedInPair find_repeated_rows(const FeatureTable& first, const FeatureTable& second, const JobControl& control) {
  const auto& larger = first.rows() < second.rows() ? second : first;
  if (!rows_are_distinct(larger, control)) return {};
  return find(
      first, second, control, [](const FeatureTable&, std::uint64_t) { return true; },
      [](const FeatureTable& table, std::uint64_t row) {
        std::uint64_t state = 0;
        for (std::uint32_t column = 0; column < table.scalars(); ++column) {
          const float value = table.scalars_of(row)[column];
          state = mixed(state, std::bit_cast<std::uint32_t>(value == 0 ? 0.0F : value));
        }
        return state;
      });
}

}  // namespace caloscope
