#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "core/run/random.h"
#include "cpu/kernels/kernel_set.h"
#include "cpu/sparse_slices.h"

namespace caloscope {

inline constexpr float guard = -7.25e33F;
inline constexpr std::size_t guard_floats = 40;
inline constexpr double float_step = std::numeric_limits<float>::epsilon();

inline std::vector<float> noise(std::size_t count, std::uint64_t seed) {
  RandomStream random(seed, 99);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

/// A matrix with guards before, after and between its rows.
class GuardedMatrix {
 public:
  GuardedMatrix(std::size_t rows, std::size_t columns, std::size_t stride)
      : rows_(rows), columns_(columns), stride_(stride), values_(2 * guard_floats + rows * stride, guard) {}

  void fill(const std::vector<float>& values) {
    for (std::size_t r = 0; r < rows_; ++r) {
      for (std::size_t c = 0; c < columns_; ++c) at(r, c) = values[r * columns_ + c];
    }
  }
  float* data() { return values_.data() + guard_floats; }
  std::size_t stride() const { return stride_; }
  float& at(std::size_t row, std::size_t column) { return data()[row * stride_ + column]; }

  /// Nothing beside the matrix was written.
  bool sound() {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const bool inside = i >= guard_floats && i < guard_floats + rows_ * stride_ &&
                          (i - guard_floats) % stride_ < columns_;
      if (!inside && values_[i] != guard) return false;
    }
    return true;
  }
  bool same_bits(const GuardedMatrix& other) const {
    return std::memcmp(values_.data(), other.values_.data(), values_.size() * sizeof(float)) == 0;
  }

 private:
  std::size_t rows_, columns_, stride_;
  std::vector<float> values_;
};

/// What `multiply` and `sparse_multiply` may start from and end with.
struct FrameCase {
  bool bias, accumulate, leak;
};
inline constexpr FrameCase frame_cases[] = {{false, false, false}, {true, false, false}, {false, true, false},
                                     {true, false, true},   {false, true, true}};
inline constexpr float test_leak = 0.25F;

inline ProductFrame frame_of(const FrameCase& chosen, const std::vector<float>& bias) {
  return {chosen.bias ? bias.data() : nullptr, chosen.accumulate, chosen.leak ? &test_leak : nullptr};
}

/// An element of a product in double precision, and the size of its terms.
class Sum {
 public:
  Sum(const FrameCase& chosen, float bias, float before) : leak_(chosen.leak) {
    if (chosen.bias) add(bias);
    if (chosen.accumulate) add(before);
  }
  void add(double term) {
    sum_ += term;
    size_ += std::fabs(term);
    ++terms_;
  }
  void expect_near(float value) const {
    const double expected = leak_ && sum_ < 0 ? test_leak * sum_ : sum_;
    ASSERT_NEAR(value, expected, (terms_ + 1) * float_step * size_);
  }

 private:
  bool leak_;
  double sum_ = 0, size_ = 0, terms_ = 0;
};

/// Rows with none, one and many entries.
class SparseSample {
 public:
  SparseSample(std::size_t rows, std::uint32_t columns) : columns_of_(rows), values_of_(rows) {
    RandomStream random(11, 0);
    std::vector<std::size_t> offset{0};
    std::vector<std::uint32_t> index;
    std::vector<float> value;
    for (std::uint32_t row = 0; row < rows; ++row) {
      for (std::uint32_t column = 0; column < columns; ++column) {
        if (row % 3 == 0 || random.uniform() > 0.2 * static_cast<double>(row % 5)) continue;
        columns_of_[row].push_back(column);
        values_of_[row].push_back(static_cast<float>(random.normal()));
      }
      index.insert(index.end(), columns_of_[row].begin(), columns_of_[row].end());
      value.insert(value.end(), values_of_[row].begin(), values_of_[row].end());
      offset.push_back(index.size());
    }
    slices_.arrange(columns, offset, index.data(), value.data());
  }
  SparseMatrix view() const { return slices_.with(slices_.value().data()); }
  const std::vector<std::uint32_t>& columns_of(std::size_t row) const { return columns_of_[row]; }
  const std::vector<float>& values_of(std::size_t row) const { return values_of_[row]; }

 private:
  std::vector<std::vector<std::uint32_t>> columns_of_;
  std::vector<std::vector<float>> values_of_;
  SparseSlices slices_;
};

}  // namespace caloscope
