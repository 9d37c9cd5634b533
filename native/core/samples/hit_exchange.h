#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "core/samples/hit_block.h"
#include "core/samples/point_binning.h"

namespace caloscope {

/// Showers that a thread found, and how many points they have by energy where they are made of points.
struct FoundShowers {
  HitBlock hits;
  HitBlock spectrum;  ///< see BinnedPoints; without points it has no rows
};

/// How points become hits: for all threads that read a file.
struct PointTarget {
  PointBinning binning;
  BinEdges spectrum;  ///< MeV
};

/// Where threads that read a file publish blocks for the thread that consumes them: no block is copied on the way, and what is
/// never taken goes with the exchange. All functions may be called from any thread.
class HitExchange {
 public:
  /// `points` is for files of points, and null for others.
  static std::shared_ptr<HitExchange> create(std::unique_ptr<const PointTarget> points = nullptr);
  /// The exchange of that number. Throws Error(disposed) when it is gone.
  static std::shared_ptr<HitExchange> find(std::uint64_t number);
  /// Whether there is one of that number.
  static bool is_open(std::uint64_t number);

  HitExchange(std::uint64_t number, std::unique_ptr<const PointTarget> points) : points_(std::move(points)), number_(number) {}
  ~HitExchange();
  HitExchange(const HitExchange&) = delete;
  HitExchange& operator=(const HitExchange&) = delete;

  /// Never that of another exchange of this process.
  std::uint64_t number() const { return number_; }
  /// Throws Error(argument) when there is none.
  const PointTarget& points() const;

  /// Publishes a block under the number of its first row; one that was there before is dropped.
  void publish(std::uint64_t first_row, FoundShowers showers);
  /// Throws Error(argument) when no block was published under that number.
  FoundShowers consume(std::uint64_t first_row);

 private:
  const std::unique_ptr<const PointTarget> points_;
  const std::uint64_t number_;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, FoundShowers> blocks_;
};

}  // namespace caloscope
