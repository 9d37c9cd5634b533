#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/learners/trees/binned_rows.h"
#include "core/run/job_control.h"
#include "core/run/worker_pool.h"

namespace caloscope {

/// First and second derivative of the loss of a row in whole quanta, so that their sums are exact and do not depend on
/// the order in which threads add: one number with a field for the row itself (1), for the gradient (raised to be
/// above 0) and for the second derivative. The fields of up to `most_rows` rows add up without meeting.
class PackedGradient {
 public:
  static constexpr std::uint32_t zero = 8192;    ///< what a gradient is raised by
  static constexpr std::uint32_t limit = 16384;  ///< of both fields of a row: they are below
  static constexpr std::size_t most_rows = 4032;

  static constexpr std::uint64_t of(std::uint32_t raised_gradient, std::uint32_t hessian) {
    return std::uint64_t{1} << rows_at | std::uint64_t{raised_gradient} << gradient_at | hessian;
  }
  static constexpr std::uint32_t rows(std::uint64_t sum) { return static_cast<std::uint32_t>(sum >> rows_at); }
  static constexpr std::int32_t gradient(std::uint64_t sum) {
    return static_cast<std::int32_t>(sum >> gradient_at & field) - static_cast<std::int32_t>(rows(sum) * zero);
  }
  static constexpr std::int32_t hessian(std::uint64_t sum) { return static_cast<std::int32_t>(sum & field); }

 private:
  static constexpr unsigned gradient_at = 26;
  static constexpr unsigned rows_at = 52;
  static constexpr std::uint64_t field = (std::uint64_t{1} << gradient_at) - 1;
  static_assert(most_rows * (limit - 1) <= field && most_rows < 1U << (64 - rows_at));
};

/// What rows add up to, in quanta: whole numbers below 2⁵³.
struct GradientSum {
  double gradient = 0;
  double hessian = 0;
  std::uint32_t rows = 0;

  GradientSum& operator+=(const GradientSum& more) {
    gradient += more.gradient;
    hessian += more.hessian;
    rows += more.rows;
    return *this;
  }
  friend GradientSum operator-(const GradientSum& all, const GradientSum& part) {
    return {all.gradient - part.gradient, all.hessian - part.hessian, all.rows - part.rows};
  }
  friend bool operator==(const GradientSum&, const GradientSum&) = default;
};

/// The sums of the rows of a node in every bin of every column.
struct BinSums {
  std::vector<double> gradient;
  std::vector<double> hessian;
  std::vector<std::uint32_t> rows;

  explicit BinSums(std::size_t bins) : gradient(bins), hessian(bins), rows(bins) {}

  GradientSum at(std::size_t bin) const { return {gradient[bin], hessian[bin], rows[bin]}; }
  void clear();
  /// Takes away those of some of the rows, in the bins from `first` up to `last`.
  void subtract(const BinSums& part, std::size_t first, std::size_t last);
};

/// Adds up the gradients of rows bin by bin.
class BinSummation {
 public:
  explicit BinSummation(const BinnedRows& binned);

  /// Only these columns (places in BinnedRows::columns, ascending) from now on.
  void choose(std::vector<std::uint32_t> columns);

  /// Puts the sums of some rows into `sums`. `gradients`: one of every row that there is.
  void run(std::span<const std::uint32_t> rows, std::span<const std::uint64_t> gradients, WorkerPool& pool,
           const JobControl& control, BinSums& sums);

 private:
  static constexpr std::size_t most_bins = 256;
  using ColumnSums = std::uint64_t[most_bins];
  /// Of a worker.
  struct Scratch {
    alignas(64) ColumnSums sums[BinnedRows::group_columns];
    std::uint64_t gradients[PackedGradient::most_rows];
  };

  /// `scratch` has the gradients of the rows.
  void add_group(std::size_t group, std::span<const std::uint32_t> rows, Scratch& scratch, BinSums& sums);

  const BinnedRows& binned_;
  std::vector<std::vector<std::uint32_t>> chosen_;  ///< of each group, slots in it
  std::vector<std::size_t> groups_;                 ///< those with a chosen column
  std::vector<std::mutex> locks_;                   ///< one a group
  std::vector<std::unique_ptr<Scratch>> scratch_;   ///< one a worker
};

}  // namespace caloscope
