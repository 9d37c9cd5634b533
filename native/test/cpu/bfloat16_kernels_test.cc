#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "cpu/kernels/kernel_choice.h"
#include "test/support/kernel_products.h"

namespace caloscope {
namespace {

/// To the nearest number with 8 bits of mantissa, ties to even: through the next two such numbers.
float rounded(float x) {
  if (x == 0 || !std::isfinite(x)) return x;
  int exponent = 0;
  const double mantissa = std::frexp(double{x}, &exponent) * 256;  // 8 bits before the point
  double whole = std::floor(mantissa);
  const double rest = mantissa - whole;
  if (rest > 0.5 || (rest == 0.5 && std::fmod(whole, 2) != 0)) whole += 1;
  return static_cast<float>(std::ldexp(whole / 256, exponent));
}

float half(std::uint32_t pair, bool high) {
  return std::bit_cast<float>(high ? pair & 0xFFFF0000U : pair << 16);
}

class Bfloat16 : public testing::TestWithParam<const KernelSet*> {
 protected:
  const Bfloat16Kernels& kernels() const { return GetParam()->bfloat16; }
  std::size_t width() const { return GetParam()->panel_width; }
  std::size_t sparse_width() const { return GetParam()->sparse_panel_width; }
};

INSTANTIATE_TEST_SUITE_P(EverySet, Bfloat16, testing::ValuesIn(supported_kernel_sets()),
                         [](const auto& set) { return set.param->name; });

TEST_P(Bfloat16, RoundsToNearestAndTiesToEven) {
  std::vector<float> x = noise(1000, 1);
  for (const float edge : {0.0F, -0.0F, 1.0F, 1.00390625F, 1.01171875F, -1.00390625F, 1.003907F, 3.0e38F, 1e-30F,
                           INFINITY, -INFINITY}) {
    x.push_back(edge);
  }
  for (const std::size_t count : {x.size(), x.size() - 1, std::size_t{1}}) {
    std::vector<std::uint32_t> pairs((count + 1) / 2 + 1, 0xABABABAB);
    kernels().round(x.data(), count, pairs.data());
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(half(pairs[i / 2], i % 2 == 1), rounded(x[i])) << x[i];
    }
    if (count % 2 == 1) {
      EXPECT_EQ(half(pairs[count / 2], true), 0.0F);
    }
    EXPECT_EQ(pairs.back(), 0xABABABAB);
  }
}

TEST_P(Bfloat16, MultiplyIsTheProductOfTheRoundedFactors) {
  for (const std::size_t rows : {1, 3, 4, 5, 12, 13, 31}) {
    for (const std::size_t columns : {std::size_t{1}, width() - 1, width(), 2 * width() + 3}) {
      for (const std::size_t depth : {0, 1, 2, 7, 40, 1101}) {
        for (const auto& chosen : frame_cases) {
          const auto a = noise(rows * depth, 2), b = noise(depth * columns, 3);
          const auto before = noise(rows * columns, 4), bias = noise(columns, 5);
          const std::size_t pairs = (depth + 1) / 2;
          std::vector<std::uint32_t> left(rows * (pairs + 1)), panels((columns + width()) * pairs);
          LeftPairs factor{left.data(), pairs + 1};
          if (chosen.bias) {
            std::vector<float> transposed(rows * depth);
            for (std::size_t i = 0; i < rows * depth; ++i) transposed[i % depth * rows + i / depth] = a[i];
            kernels().pack_rows(transposed.data(), rows, rows, depth, left.data());
            factor.stride = 0;
          }
          for (std::size_t row = 0; !chosen.bias && row < rows; ++row) {
            kernels().round(a.data() + row * depth, depth, left.data() + row * (pairs + 1));
          }
          // In two goes, each a part of the depth.
          const std::size_t middle = depth / 4 * 2;
          const auto stride = static_cast<std::ptrdiff_t>(columns);
          kernels().pack(b.data(), stride, 1, middle, columns, pairs, panels.data());
          kernels().pack(b.data() + middle * columns, stride, 1, depth - middle, columns, pairs,
                         panels.data() + middle / 2 * width());
          GuardedMatrix c(rows, columns, columns + 3);
          c.fill(before);
          kernels().multiply(factor, panels.data(), rows, columns, depth, c.data(), c.stride(),
                             frame_of(chosen, bias));
          ASSERT_TRUE(c.sound());
          for (std::size_t i = 0; i < rows; ++i) {
            for (std::size_t j = 0; j < columns; ++j) {
              Sum sum(chosen, bias[j], before[i * columns + j]);
              for (std::size_t k = 0; k < depth; ++k) {
                sum.add(double{rounded(a[i * depth + k])} * rounded(b[k * columns + j]));
              }
              sum.expect_near(c.at(i, j));
              if (HasFatalFailure()) FAIL() << rows << "×" << columns << "×" << depth;
            }
          }
        }
      }
    }
  }
}

TEST_P(Bfloat16, SparseMultiplyIsTheProductWithTheRoundedFactor) {
  constexpr std::size_t rows = 20;
  for (const std::uint32_t depth : {33U, 2500U}) {
    const SparseSample s(rows, depth);
    for (const std::size_t columns : {std::size_t{1}, sparse_width() - 1, 2 * sparse_width() + 7}) {
      const auto b = noise(depth * columns, 12), before = noise(rows * columns, 13), bias = noise(columns, 14);
      std::vector<std::uint32_t> panels((columns + sparse_width()) / 2 * depth + sparse_width() * depth);
      kernels().pack_sparse(b.data(), static_cast<std::ptrdiff_t>(columns), depth, columns, depth, panels.data());
      for (const auto& chosen : frame_cases) {
        GuardedMatrix c(rows, columns, columns + 2);
        c.fill(before);
        kernels().sparse_multiply(s.view(), panels.data(), columns, depth, c.data(), c.stride(), frame_of(chosen, bias));
        ASSERT_TRUE(c.sound());
        for (std::size_t row = 0; row < rows; ++row) {
          for (std::size_t j = 0; j < columns; ++j) {
            Sum sum(chosen, bias[j], before[row * columns + j]);
            for (std::size_t e = 0; e < s.columns_of(row).size(); ++e) {
              sum.add(double{s.values_of(row)[e]} * rounded(b[s.columns_of(row)[e] * columns + j]));
            }
            sum.expect_near(c.at(row, j));
            if (HasFatalFailure()) FAIL() << "row " << row << ", column " << j << ", depth " << depth;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace caloscope
