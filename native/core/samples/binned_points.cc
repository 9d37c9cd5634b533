#include "core/samples/binned_points.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/run/error.h"

namespace caloscope {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// An energy, and the voxel that it goes to.
struct Deposit {
  std::uint32_t voxel;
  double energy;
};

/// Sorts by voxel and leaves deposits of one voxel in their order: one pass for each 11 bits that voxel numbers have.
class DepositSorter {
 public:
  explicit DepositSorter(std::uint32_t voxels) {
    while (passes_ * bits < 32 && (std::uint64_t{voxels} - 1) >> (passes_ * bits) != 0) ++passes_;
  }

  void sort(std::vector<Deposit>& deposits) {
    other_.resize(deposits.size());
    for (unsigned pass = 0; pass < passes_; ++pass) {
      std::array<std::uint32_t, buckets> next{};
      const auto bucket = [&](const Deposit& deposit) { return (deposit.voxel >> (pass * bits)) & (buckets - 1); };
      for (const auto& deposit : deposits) ++next[bucket(deposit)];
      std::uint32_t sum = 0;
      for (auto& entry : next) sum += std::exchange(entry, sum);
      for (const auto& deposit : deposits) other_[next[bucket(deposit)]++] = deposit;
      deposits.swap(other_);
    }
  }

 private:
  static constexpr unsigned bits = 11;
  static constexpr std::uint32_t buckets = 1U << bits;
  unsigned passes_ = 0;
  std::vector<Deposit> other_;
};

/// Numbers of the points of one shower, one after the other.
void read_column(const PointColumn& column, std::uint64_t row, std::uint64_t first, std::uint64_t count, double factor,
                 std::vector<double>& target) {
  target.resize(count);
  const std::uint64_t at = column.at + row * column.shower_stride + first * column.stride;
  std::visit(
      [&](const auto& numbers) {
        const auto* from = numbers.data() + at;
        for (std::uint64_t i = 0; i < count; ++i) target[i] = static_cast<double>(from[i * column.stride]) * factor;
      },
      column.numbers);
}

void require_column(const PointColumn& column, const PointShowers& showers) {
  const std::uint64_t size = std::visit([](const auto& numbers) { return numbers.size(); }, column.numbers);
  constexpr std::uint64_t most = std::uint64_t{1} << 40U;  // products of three of these cannot wrap
  bool fits = column.stride >= 1 && column.stride <= 1 << 20U && column.shower_stride <= most && column.at <= most;
  for (std::uint64_t row = 0; fits && row < showers.rows(); ++row) {
    const std::uint64_t first = showers.first[row];
    const std::uint64_t count = showers.count[row];
    if (count == 0) continue;
    fits = first <= most && count <= most && row <= most / (column.shower_stride + 1) &&
           column.at + row * column.shower_stride + (first + count - 1) * column.stride < size;
  }
  if (!fits) throw Error(ErrorCode::shape, "a column does not hold the points of the showers");
}

/// The points of one shower after another, with the memory that this takes.
class ShowerOfPoints {
 public:
  ShowerOfPoints(const PointShowers& showers, const PointBinning& binning, const BinEdges& spectrum, ContentPolicy policy,
                 std::uint64_t first_row, BinnedPoints& result)
      : showers_(showers), binning_(binning), spectrum_(spectrum), policy_(policy), first_row_(first_row), result_(result),
        counts_(spectrum.bins()), sorter_(binning.voxels()) {
    if (binning.by_z() && !showers.z) throw Error(ErrorCode::argument, "the geometry has layers in z, and points have none; name one without a range in z");
    if (!binning.by_z() && !showers.layer) throw Error(ErrorCode::argument, "the geometry needs the layer of points, which have none; give it a range in z");
  }

  /// Sorted by voxel; more than one for a voxel.
  const std::vector<Deposit>& deposits_of(std::uint64_t row) {
    const std::uint64_t first = showers_.first[row];
    const std::uint64_t count = showers_.count[row];
    read_column(showers_.x, row, first, count, showers_.length_factor, x_);
    read_column(showers_.y, row, first, count, showers_.length_factor, y_);
    read_column(showers_.energy, row, first, count, showers_.energy_factor, energy_);
    if (showers_.layer) read_column(*showers_.layer, row, first, count, 1, layer_);
    if (showers_.z) read_column(*showers_.z, row, first, count, showers_.length_factor, z_);
    if (showers_.mask) read_column(*showers_.mask, row, first, count, 1, mask_);
    deposits_.clear();
    std::fill(counts_.begin(), counts_.end(), 0.0F);
    points_ = 0;
    sums_ = {};
    const std::vector<double>& depth = binning_.by_z() ? z_ : layer_;
    if (dropped(row, count, depth)) {
      note_observables();
      return deposits_;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      if (is_point(i)) add(row, i, depth[i]);
    }
    note_observables();
    sorter_.sort(deposits_);
    return deposits_;
  }

  const std::vector<float>& spectrum() const { return counts_; }

 private:
  bool is_point(std::uint64_t i) const {
    // NaN is no padding.
    return (showers_.mask ? mask_[i] : energy_[i]) != 0;
  }

  /// Whether the policy drops the shower, for its points or for its incident energy.
  bool dropped(std::uint64_t row, std::uint64_t count, const std::vector<double>& depth) {
    if (!policy_.drops_any()) return false;
    const double incident = showers_.incident_energies[row];
    bool non_finite = false;
    bool negative = false;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!is_point(i)) continue;
      if (!std::isfinite(energy_[i]) || !std::isfinite(x_[i]) || !std::isfinite(y_[i]) || !std::isfinite(depth[i])) non_finite = true;
      else if (energy_[i] < 0) negative = true;
    }
    if (!policy_.drops(incident, non_finite, negative)) return false;
    result_.odd.drop(row, non_finite || !std::isfinite(incident));
    return true;
  }

  void add(std::uint64_t row, std::uint64_t i, double depth) {
    auto& notes = result_.notes;
    const auto number = static_cast<std::uint32_t>(std::min<std::uint64_t>(i, std::numeric_limits<std::uint32_t>::max()));
    const std::uint64_t in_file = first_row_ + row;
    const double energy = energy_[i];
    ++notes.points;
    if (!std::isfinite(energy)) {
      notes.non_finite_energies.note(in_file, number);
      return;
    }
    if (energy < 0) {
      notes.negative_energies.note(in_file, number);
      if (policy_.zero_negative) return;
    }
    if (!std::isfinite(x_[i]) || !std::isfinite(y_[i]) || !std::isfinite(depth)) {
      notes.non_finite_coordinates.note(in_file, number);
      return;
    }
    ++points_;
    notes.energy += energy;
    sums_[0] += energy;
    sums_[1] += energy * x_[i];
    sums_[2] += energy * y_[i];
    sums_[3] += energy * depth;
    const std::uint32_t bin = spectrum_.find(energy);
    if (bin != BinEdges::none) ++counts_[bin];
    const std::uint32_t voxel = binning_.find({x_[i], y_[i], depth});
    if (voxel != PointBinning::none) {
      deposits_.push_back({voxel, energy});
      return;
    }
    if (notes.outside.count == 0) notes.first_outside = {x_[i], y_[i], depth};
    notes.outside.note(in_file, number);
    notes.outside_energy += energy;
  }

  void note_observables() {
    result_.observables.points.push_back(static_cast<double>(points_));
    for (std::size_t axis = 0; axis < 3; ++axis) {
      result_.observables.center[axis].push_back(sums_[0] > 0 ? sums_[axis + 1] / sums_[0] : nan);
    }
  }

  const PointShowers& showers_;
  const PointBinning& binning_;
  const BinEdges& spectrum_;
  ContentPolicy policy_;
  std::uint64_t first_row_;
  BinnedPoints& result_;
  std::vector<float> counts_;
  std::uint64_t points_ = 0;
  std::array<double, 4> sums_{};
  std::vector<double> x_, y_, layer_, z_, energy_, mask_;
  std::vector<Deposit> deposits_;
  DepositSorter sorter_;
};

/// One hit a voxel: the sum of its deposits, which lie side by side.
void append_hits(const std::vector<Deposit>& deposits, bool as_float, std::vector<std::uint32_t>& voxels,
                 std::vector<double>& energies) {
  for (std::size_t i = 0; i < deposits.size();) {
    const std::uint32_t voxel = deposits[i].voxel;
    double sum = 0;
    for (; i < deposits.size() && deposits[i].voxel == voxel; ++i) sum += deposits[i].energy;
    if (as_float) sum = static_cast<double>(static_cast<float>(sum));
    if (sum == 0) continue;
    voxels.push_back(voxel);
    energies.push_back(sum);
  }
}

}  // namespace

void BinnedPoints::remove_rows(std::span<const std::uint64_t> removed) {
  if (removed.empty()) return;
  spectrum.remove_rows(removed);
  const auto shorten = [&](std::vector<double>& values) {
    std::size_t place = 0;
    for (std::size_t row = 0; row < values.size(); ++row) {
      if (!std::binary_search(removed.begin(), removed.end(), row)) values[place++] = values[row];
    }
    values.resize(place);
  };
  shorten(observables.points);
  for (auto& values : observables.center) shorten(values);
}

BinnedPoints bin_points(PointShowers showers, const PointBinning& binning, const BinEdges& spectrum,
                        std::uint64_t first_row, ContentPolicy policy) {
  const std::uint64_t rows = showers.rows();
  if (showers.first.size() != rows || showers.count.size() != rows) {
    throw Error(ErrorCode::shape, "every shower needs its first point and their number");
  }
  for (const auto* column : {&showers.x, &showers.y, &showers.energy}) require_column(*column, showers);
  for (const auto* column : {&showers.layer, &showers.z, &showers.mask}) {
    if (*column) require_column(**column, showers);
  }
  BinnedPoints result;
  ShowerOfPoints shower(showers, binning, spectrum, policy, first_row, result);
  const bool as_float = showers.energy.numbers.index() == 0;
  std::vector<std::uint32_t> offset{0}, voxels;
  std::vector<double> energies;
  std::vector<float> spectra;
  spectra.reserve(rows * spectrum.bins());
  for (std::uint64_t row = 0; row < rows; ++row) {
    append_hits(shower.deposits_of(row), as_float, voxels, energies);
    if (voxels.size() >= std::numeric_limits<std::uint32_t>::max()) throw Error(ErrorCode::argument, "too many hits at once");
    offset.push_back(static_cast<std::uint32_t>(voxels.size()));
    spectra.insert(spectra.end(), shower.spectrum().begin(), shower.spectrum().end());
  }
  result.spectrum = HitBlock(showers.incident_energies, {{std::span<const float>(spectra), spectrum.bins()}});
  result.hits = HitBlock(binning.voxels(), std::move(showers.incident_energies), std::move(offset), voxels, energies);
  return result;
}

}  // namespace caloscope
