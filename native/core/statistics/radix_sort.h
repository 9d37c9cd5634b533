#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/run/job_control.h"

namespace caloscope {

namespace sorting {

constexpr unsigned digit_bits = 11;
constexpr unsigned digits = 3;
constexpr std::size_t digit_values = std::size_t{1} << digit_bits;
constexpr unsigned sorted_bits = digits * digit_bits;
/// Rows between two questions to the job: well below a millisecond of work.
constexpr std::size_t step = std::size_t{1} << 15;

/// Sorts by the 33 bits of the keys from `first_bit` on, one digit after the other from the lowest; every pass keeps the
/// order of the one before.
template <class Row, class KeyOf>
void sort_by_bits(std::vector<Row>& rows, KeyOf key_of, unsigned first_bit, const JobControl& control) {
  const auto digit_of = [first_bit](std::uint64_t key, unsigned digit) {
    return (key >> (first_bit + digit * digit_bits)) & (digit_values - 1);
  };
  const std::size_t n = rows.size();
  std::vector<std::array<std::size_t, digit_values>> places(digits);
  for (std::size_t i = 0; i < n; ++i) {
    if (i % step == 0) control.check();
    const std::uint64_t key = key_of(rows[i]);
    for (unsigned digit = 0; digit < digits; ++digit) ++places[digit][digit_of(key, digit)];
  }
  std::vector<Row> sorted(n);
  for (unsigned digit = 0; digit < digits; ++digit) {
    auto& next = places[digit];
    if (next[digit_of(key_of(rows[0]), digit)] == n) continue;
    std::size_t place = 0;
    for (std::size_t& count : next) place += std::exchange(count, place);
    for (std::size_t i = 0; i < n; ++i) {
      if (i % step == 0) control.check();
      sorted[next[digit_of(key_of(rows[i]), digit)]++] = rows[i];
    }
    std::swap(rows, sorted);
  }
}

/// Sorts rows that share the upper bits of their keys.
template <class Row, class KeyOf>
void sort_alike(Row* first, Row* last, KeyOf key_of, const JobControl& control) {
  constexpr std::ptrdiff_t few = 16;
  if (last - first > static_cast<std::ptrdiff_t>(digit_values)) {
    std::vector<Row> rows(first, last);
    sort_by_bits(rows, key_of, 0, control);
    std::copy(rows.begin(), rows.end(), first);
  } else if (last - first > few) {
    std::stable_sort(first, last, [&](const Row& a, const Row& b) { return key_of(a) < key_of(b); });
  } else {
    for (Row* next = first + 1; next < last; ++next) {
      const Row row = *next;
      Row* place = next;
      for (; place != first && key_of(row) < key_of(place[-1]); --place) *place = place[-1];
      *place = row;
    }
  }
}

}  // namespace sorting

/// Sorts by `key_of(row)`, a 64-bit number, from the smallest up; rows with equal keys keep their order. A cancelled job
/// leaves within milliseconds. Takes a second vector of the same size as scratch memory.
///
/// The upper 33 bits are sorted digit by digit: of scores, that is all but the last digits of their mantissas. Rows that
/// share them are then sorted among themselves, most often one or two.
template <class Row, class KeyOf>
void radix_sort(std::vector<Row>& rows, KeyOf key_of, const JobControl& control) {
  control.check();
  constexpr unsigned lower_bits = 64 - sorting::sorted_bits;
  if (rows.size() > 2 * sorting::digit_values) sorting::sort_by_bits(rows, key_of, lower_bits, control);
  else std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return key_of(a) < key_of(b); });

  Row* const begin = rows.data();
  Row* const end = begin + rows.size();
  for (Row* row = begin + 1; row < end; ++row) {
    if (static_cast<std::size_t>(row - begin) % sorting::step == 0) control.check();
    if (key_of(row[-1]) <= key_of(row[0])) continue;
    const std::uint64_t shared = key_of(row[0]) >> lower_bits;
    Row* first = row;
    while (first != begin && key_of(first[-1]) >> lower_bits == shared) --first;
    while (row != end && key_of(row[0]) >> lower_bits == shared) ++row;
    sorting::sort_alike(first, row, key_of, control);
  }
}

}  // namespace caloscope
