#pragma once

#include <cstdint>
#include <vector>

namespace caloscope {

/// Bins between ascending edges: bin i is [edge i, edge i + 1).
class BinEdges {
 public:
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  BinEdges() = default;
  /// Throws Error(argument) unless there are two edges at least, finite and ascending.
  explicit BinEdges(std::vector<double> edges);

  std::uint32_t bins() const { return static_cast<std::uint32_t>(edges_.size() - 1); }

  /// The bin of a number; `none` outside and for NaN.
  std::uint32_t find(double number) const {
    if (!(number >= edges_.front() && number < edges_.back())) return none;
    // Right for equal bins but for rounding; from there it is a walk.
    auto bin = static_cast<std::uint32_t>((number - edges_.front()) * bins_per_length_);
    if (bin >= bins()) bin = bins() - 1;
    if (!equal_) return search(number);
    while (number < edges_[bin]) --bin;
    while (number >= edges_[bin + 1]) ++bin;
    return bin;
  }

 private:
  std::uint32_t search(double number) const;

  std::vector<double> edges_{0, 1};
  double bins_per_length_ = 1;
  bool equal_ = true;
};

}  // namespace caloscope
