#include "cpu/predictor.h"

#include <algorithm>
#include <atomic>

#include "core/run/worker_pool.h"

namespace caloscope::cpu {
namespace {

LoadedMember load(const Network& network, std::uint32_t dense_inputs, Precision precision) {
  return LoadedNetwork(network, dense_inputs, precision);
}

/// What all members read: rows are gathered once for all of them.
std::uint32_t most_dense_inputs(Members members, const FeatureTable& table) {
  std::uint32_t dense = 0;
  for (const auto& member : members) {
    dense = std::max(dense, std::visit(
                                [&](const auto& kind) { return dense_inputs(kind, table, crowded_forward); }, *member));
  }
  return dense;
}

}  // namespace

MemberPredictor::MemberPredictor(Members members, Precision precision)
    : members_(members.begin(), members.end()), precision_(precision) {
  validate(members);
}

/// Only the way that was wanted last is kept: a wide first block is the larger part of the memory.
std::shared_ptr<const MemberPredictor::Loaded> MemberPredictor::loaded_for(std::uint32_t dense_inputs) const {
  const std::lock_guard lock(mutex_);
  if (loaded_ && dense_inputs_ == dense_inputs) return loaded_;
  loaded_.reset();
  auto loaded = std::make_shared<Loaded>();
  loaded->reserve(members_.size());
  for (const auto& member : members_) {
    loaded->push_back(std::visit([&](const auto& kind) { return load(kind, dense_inputs, precision_); }, *member));
  }
  dense_inputs_ = dense_inputs;
  loaded_ = loaded;
  return loaded;
}

std::vector<float> MemberPredictor::predict(const FeatureTable& table, std::span<const std::uint32_t> rows,
                                            unsigned threads, JobControl& control) const {
  require_fit(members_, table);
  const std::uint32_t dense = most_dense_inputs(members_, table);
  const auto loaded = loaded_for(dense);
  std::vector<float> logits(loaded->size() * rows.size());
  const std::size_t tiles = (rows.size() + tile_rows - 1) / tile_rows;
  std::atomic<std::size_t> done{0};
  WorkerPool pool(threads);
  std::vector<InputTile> inputs(pool.threads());
  std::vector<ScoringScratch> scratch(pool.threads());
  pool.run(tiles, [&](std::size_t tile, unsigned worker) {
    control.check();
    const std::size_t first = tile * tile_rows;
    const std::size_t count = std::min(tile_rows, rows.size() - first);
    inputs[worker].gather(table, rows.subspan(first, count), dense);
    for (std::size_t n = 0; n < loaded->size(); ++n) {
      float* const of_member = logits.data() + n * rows.size() + first;
      std::visit([&](const auto& member) { member.score(inputs[worker], scratch[worker], of_member); }, (*loaded)[n]);
    }
    const std::size_t so_far = done.fetch_add(count) + count;
    control.report({static_cast<double>(so_far), static_cast<double>(rows.size()), "predicting"});
  });
  return logits;
}

}  // namespace caloscope::cpu
