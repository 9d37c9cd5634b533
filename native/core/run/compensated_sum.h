#pragma once

#include <cmath>

namespace caloscope {

/// A sum that carries its rounding error along (Neumaier 1974): weights of both signs, or of many orders of
/// magnitude, cancel without losing what remains. Infinities and NaN come out as in a plain sum.
class CompensatedSum {
 public:
  CompensatedSum& operator+=(double term) {
    const double sum = sum_ + term;
    lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - sum) + term : (term - sum) + sum_;
    sum_ = sum;
    return *this;
  }

  /// Adds another sum with what it carries along.
  CompensatedSum& operator+=(const CompensatedSum& other) {
    *this += other.sum_;
    lost_ += other.lost_;
    return *this;
  }

  double value() const { return std::isfinite(sum_) ? sum_ + lost_ : sum_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

}  // namespace caloscope
