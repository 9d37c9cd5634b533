#include "core/samples/hit_exchange.h"

#include <atomic>
#include <string>
#include <utility>

#include "core/run/error.h"

namespace caloscope {
namespace {

struct Exchanges {
  std::mutex mutex;
  std::unordered_map<std::uint64_t, std::weak_ptr<HitExchange>> open;
};

Exchanges& exchanges() {
  // Never destroyed: an exchange may outlive whatever ends first when the process does.
  static auto* const all = new Exchanges;
  return *all;
}

}  // namespace

std::shared_ptr<HitExchange> HitExchange::create(std::unique_ptr<const PointTarget> points) {
  auto& all = exchanges();
  static std::atomic<std::uint64_t> last{0};
  auto exchange = std::make_shared<HitExchange>(++last, std::move(points));
  const std::lock_guard lock(all.mutex);
  all.open.emplace(exchange->number(), exchange);
  return exchange;
}

std::shared_ptr<HitExchange> HitExchange::find(std::uint64_t number) {
  auto& all = exchanges();
  const std::lock_guard lock(all.mutex);
  const auto entry = all.open.find(number);
  auto exchange = entry == all.open.end() ? nullptr : entry->second.lock();
  if (!exchange) throw Error(ErrorCode::disposed, "the exchange of hits is closed");
  return exchange;
}

bool HitExchange::is_open(std::uint64_t number) {
  auto& all = exchanges();
  const std::lock_guard lock(all.mutex);
  const auto entry = all.open.find(number);
  return entry != all.open.end() && !entry->second.expired();
}

HitExchange::~HitExchange() {
  auto& all = exchanges();
  const std::lock_guard lock(all.mutex);
  all.open.erase(number_);
}

const PointTarget& HitExchange::points() const {
  if (!points_) throw Error(ErrorCode::argument, "the exchange has no binning for points");
  return *points_;
}

void HitExchange::publish(std::uint64_t first_row, FoundShowers showers) {
  const std::lock_guard lock(mutex_);
  blocks_.insert_or_assign(first_row, std::move(showers));
}

FoundShowers HitExchange::consume(std::uint64_t first_row) {
  const std::lock_guard lock(mutex_);
  auto entry = blocks_.extract(first_row);
  if (entry.empty()) {
    throw Error(ErrorCode::argument, "no block of showers from row " + std::to_string(first_row) + " was left");
  }
  return std::move(entry.mapped());
}

}  // namespace caloscope
