#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/random.h"
#include "cpu/kernel_choice.h"

namespace caloscope {
namespace {

constexpr float guard = -7.25e33F;
constexpr std::size_t guard_floats = 40;
constexpr double float_step = std::numeric_limits<float>::epsilon();

std::vector<float> noise(std::size_t count, std::uint64_t seed) {
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

class Kernels : public testing::TestWithParam<const KernelSet*> {
 protected:
  const KernelSet& set() const { return *GetParam(); }

  std::vector<float> packed(const std::vector<float>& b, std::size_t depth, std::size_t columns) const {
    const std::size_t panels = (columns + set().panel_width - 1) / set().panel_width;
    std::vector<float> result(panels * set().panel_width * depth, guard);
    set().pack(b.data(), static_cast<std::ptrdiff_t>(columns), 1, depth, columns, result.data());
    return result;
  }
  std::vector<std::size_t> awkward_widths() const {
    const std::size_t w = set().panel_width;
    return {1, 2, w / 2, w - 1, w, w + 1, 3 * w - 5};
  }
};

INSTANTIATE_TEST_SUITE_P(EverySet, Kernels, testing::ValuesIn(supported_kernel_sets()),
                         [](const auto& set) { return set.param->name; });

TEST_P(Kernels, PackLaysColumnsIntoPanelsWithZerosBeyond) {
  for (const std::size_t columns : awkward_widths()) {
    for (const std::size_t depth : {0, 1, 7}) {
      for (const bool transposed : {false, true}) {
        const auto b = noise(depth * columns, 1);
        const std::size_t row = transposed ? 1 : columns;
        const std::size_t column = transposed ? depth : 1;
        const std::size_t w = set().panel_width;
        const std::size_t panels = (columns + w - 1) / w;
        GuardedMatrix result(1, panels * w * depth, panels * w * depth);
        set().pack(b.data(), static_cast<std::ptrdiff_t>(row), static_cast<std::ptrdiff_t>(column), depth, columns,
                   result.data());
        ASSERT_TRUE(depth == 0 || result.sound());
        for (std::size_t j = 0; j < panels * w; ++j) {
          for (std::size_t k = 0; k < depth; ++k) {
            const float expected = j < columns ? b[k * row + j * column] : 0.0F;
            ASSERT_EQ(result.at(0, (j / w * depth + k) * w + j % w), expected);
          }
        }
      }
    }
  }
}

TEST_P(Kernels, MultiplyIsTheProduct) {
  for (const std::size_t rows : {1, 2, 5, 6, 13, 14, 31}) {
    for (const std::size_t columns : awkward_widths()) {
      for (const std::size_t depth : {0, 1, 3, 40}) {
        for (const bool transposed : {false, true}) {
          for (const bool accumulate : {false, true}) {
            // Row stride longer than needed, to see that it is obeyed.
            const std::size_t a_row = transposed ? 1 : depth + 3;
            const std::size_t a_column = transposed ? rows + 2 : 1;
            const auto a = noise(rows * a_row + depth * a_column + 1, 2);
            const auto b = noise(depth * columns, 3);
            const auto before = noise(rows * columns, 4);
            GuardedMatrix c(rows, columns, columns + 3);
            c.fill(before);
            set().multiply(a.data(), static_cast<std::ptrdiff_t>(a_row), static_cast<std::ptrdiff_t>(a_column),
                           packed(b, depth, columns).data(), rows, columns, depth, c.data(), c.stride(), accumulate);
            ASSERT_TRUE(c.sound());
            for (std::size_t i = 0; i < rows; ++i) {
              for (std::size_t j = 0; j < columns; ++j) {
                double sum = accumulate ? before[i * columns + j] : 0.0;
                double size = std::fabs(sum);
                for (std::size_t k = 0; k < depth; ++k) {
                  const double term = double{a[i * a_row + k * a_column]} * b[k * columns + j];
                  sum += term;
                  size += std::fabs(term);
                }
                ASSERT_NEAR(c.at(i, j), sum, static_cast<double>(depth + 1) * float_step * size)
                    << rows << "×" << columns << "×" << depth;
              }
            }
          }
        }
      }
    }
  }
}

TEST_P(Kernels, MultiplyGivesTheSameBitsHoweverItIsCut) {
  constexpr std::size_t rows = 61, depth = 37;
  const std::size_t columns = 2 * set().panel_width + 5;
  const auto a = noise(rows * depth, 5);
  const auto b = noise(depth * columns, 6);
  const auto before = noise(rows * columns, 7);
  GuardedMatrix whole(rows, columns, columns);
  whole.fill(before);
  set().multiply(a.data(), depth, 1, packed(b, depth, columns).data(), rows, columns, depth, whole.data(), columns,
                 true);
  for (const std::size_t tile : {1, 2, 3, 5, 14, 17, 60}) {
    GuardedMatrix cut(rows, columns, columns);
    cut.fill(before);
    for (std::size_t first = 0; first < rows; first += tile) {
      set().multiply(a.data() + first * depth, depth, 1, packed(b, depth, columns).data(),
                     std::min(tile, rows - first), columns, depth, cut.data() + first * columns, columns, true);
    }
    ASSERT_TRUE(cut.same_bits(whole)) << "tiles of " << tile << " rows";
  }
  for (const std::size_t middle : {1, 20, 36}) {
    GuardedMatrix cut(rows, columns, columns);
    cut.fill(before);
    for (const auto& [first, end] : {std::pair<std::size_t, std::size_t>{0, middle}, {middle, depth}}) {
      const std::vector<float> part(b.begin() + static_cast<std::ptrdiff_t>(first * columns),
                                    b.begin() + static_cast<std::ptrdiff_t>(end * columns));
      set().multiply(a.data() + first, depth, 1, packed(part, end - first, columns).data(), rows, columns, end - first,
                     cut.data(), columns, true);
    }
    ASSERT_TRUE(cut.same_bits(whole)) << "depth cut at " << middle;
  }
}

/// Rows with none, one and many entries.
struct SparseSample {
  std::vector<std::size_t> offset{0};
  std::vector<std::uint32_t> index;
  std::vector<float> value;

  SparseSample(std::size_t rows, std::uint32_t columns) {
    RandomStream random(11, 0);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::uint32_t column = 0; column < columns; ++column) {
        if (row % 3 == 0 || random.uniform() > 0.2 * static_cast<double>(row % 5)) continue;
        index.push_back(column);
        value.push_back(static_cast<float>(random.normal()));
      }
      offset.push_back(index.size());
    }
  }
  SparseRows rows() const { return {offset.data(), index.data(), value.data()}; }
};

TEST_P(Kernels, SparseMultiplyAddsTheProductToTheColumnsAskedFor) {
  constexpr std::size_t rows = 20;
  constexpr std::uint32_t depth = 33;
  const SparseSample s(rows, depth);
  for (const std::size_t stride : {std::size_t{1}, std::size_t{13}, 4 * set().panel_width + 7}) {
    for (const std::size_t first_column : {std::size_t{0}, stride / 3}) {
      for (const std::size_t end_column : {stride, stride - stride / 4}) {
        const auto w = noise(depth * stride, 12);
        const auto before = noise(rows * stride, 13);
        GuardedMatrix c(rows, stride, stride);
        c.fill(before);
        set().sparse_multiply(s.rows(), 2, rows - 1, w.data(), stride, first_column, end_column, c.data());
        ASSERT_TRUE(c.sound());
        for (std::size_t row = 0; row < rows; ++row) {
          for (std::size_t column = 0; column < stride; ++column) {
            double sum = before[row * stride + column];
            double size = std::fabs(sum);
            const bool asked = row >= 2 && row < rows - 1 && column >= first_column && column < end_column;
            for (std::size_t e = s.offset[row]; asked && e < s.offset[row + 1]; ++e) {
              const double term = double{s.value[e]} * w[s.index[e] * stride + column];
              sum += term;
              size += std::fabs(term);
            }
            ASSERT_NEAR(c.at(row, column), sum, asked ? depth * float_step * size : 0.0);
          }
        }
      }
    }
  }
}

TEST_P(Kernels, SparseMultiplyGivesTheSameBitsHoweverItIsCut) {
  constexpr std::size_t rows = 20;
  constexpr std::uint32_t depth = 33;
  const std::size_t stride = 5 * set().panel_width + 3;
  const SparseSample s(rows, depth);
  const auto w = noise(depth * stride, 14);
  GuardedMatrix whole(rows, stride, stride);
  whole.fill(std::vector<float>(rows * stride, 0.5F));
  set().sparse_multiply(s.rows(), 0, rows, w.data(), stride, 0, stride, whole.data());
  for (const std::size_t tile_columns : {std::size_t{1}, std::size_t{7}, set().panel_width, std::size_t{128}}) {
    for (const std::size_t tile_rows : {1, 6, 20}) {
      GuardedMatrix cut(rows, stride, stride);
      cut.fill(std::vector<float>(rows * stride, 0.5F));
      for (std::size_t row = 0; row < rows; row += tile_rows) {
        for (std::size_t column = 0; column < stride; column += tile_columns) {
          set().sparse_multiply(s.rows(), row, std::min(rows, row + tile_rows), w.data(), stride, column,
                                std::min(stride, column + tile_columns), cut.data());
        }
      }
      ASSERT_TRUE(cut.same_bits(whole)) << tile_rows << "×" << tile_columns;
    }
  }
}

TEST_P(Kernels, AdamIsOneStepOfAdamW) {
  const AdamStep step{3e-3F, 0.9F, 0.99F, 1e-6F, 2e-4F};
  for (const std::size_t count : {1, 3, 16, 65, 1000}) {
    const auto gradient = noise(count, 21), first = noise(count, 22), parameter = noise(count, 24);
    auto second = noise(count, 23);
    for (float& v : second) v *= v;
    GuardedMatrix m(1, count, count), v(1, count, count), p(1, count, count);
    m.fill(first);
    v.fill(second);
    p.fill(parameter);
    set().adam(step, count, gradient.data(), m.data(), v.data(), p.data());
    ASSERT_TRUE(m.sound() && v.sound() && p.sound());
    for (std::size_t i = 0; i < count; ++i) {
      const double g = gradient[i];
      const double m_new = double{step.beta1} * first[i] + (1 - double{step.beta1}) * g;
      const double v_new = double{step.beta2} * second[i] + (1 - double{step.beta2}) * g * g;
      const double p_new = parameter[i] - double{step.decay} * parameter[i] -
                           double{step.rate} * m_new / (std::sqrt(v_new) + double{step.epsilon});
      ASSERT_NEAR(m.at(0, i), m_new, 4e-7 * (std::fabs(first[i]) + std::fabs(g)));
      ASSERT_NEAR(v.at(0, i), v_new, 4e-7 * (second[i] + g * g));
      ASSERT_NEAR(p.at(0, i), p_new, 2e-7 * std::fabs(parameter[i]) + 1e-8);
    }
  }
}

TEST_P(Kernels, AdamWithoutHistoryOrGradientLeavesParameters) {
  const AdamStep step{1e-3F, 0.9F, 0.99F, 1e-8F, 0};
  const std::vector<float> zero(50, 0.0F);
  std::vector<float> m(50, 0.0F), v(50, 0.0F);
  auto parameter = noise(50, 25);
  const auto before = parameter;
  set().adam(step, 50, zero.data(), m.data(), v.data(), parameter.data());
  EXPECT_EQ(parameter, before);
}

TEST_P(Kernels, IsFoundByName) { EXPECT_EQ(&find_kernel_set(set().name), GetParam()); }

TEST(KernelChoice, TakesTheWidestUnlessOneIsNamed) {
  EXPECT_EQ(&find_kernel_set(nullptr), supported_kernel_sets().front());
  EXPECT_STREQ(supported_kernel_sets().back()->name, "baseline");
}

TEST(KernelChoice, RefusesAnUnknownName) {
  for (const char* name : {"", "sse9", "AVX2"}) {
    try {
      find_kernel_set(name);
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::argument);
    }
  }
}

/// In a process of its own, because the choice is made once.
TEST(KernelChoiceDeathTest, FollowsTheEnvironmentVariable) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto chosen = [](const char* name) {
    setenv("CALOSCOPE_KERNELS", name, 1);
    try {
      std::_Exit(std::string(kernel_set().name) == name ? 0 : 1);
    } catch (const Error& error) {
      std::_Exit(error.code() == ErrorCode::argument ? 2 : 3);
    }
  };
  for (const auto* set : supported_kernel_sets()) EXPECT_EXIT(chosen(set->name), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(chosen("nonsense"), testing::ExitedWithCode(2), "");
}

}  // namespace
}  // namespace caloscope
