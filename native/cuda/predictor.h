#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "core/backend.h"
#include "cuda/scoring_pass.h"

namespace caloscope::cuda {

/// A member that is ready to score batches, of the kinds of core/learners/member.h.
using LoadedMember = std::variant<LoadedNetwork>;

/// Members whose parameters lie on a device. Rows are scored in batches that fit its memory: one is read and copied while
/// the device works on another.
class MemberPredictor : public Predictor {
 public:
  /// Throws Error(classifier) or Error(non_finite) for an unsound member.
  MemberPredictor(Members members, Precision precision, int device);

  ~MemberPredictor() override { use_device_to_free(device_); }
  MemberPredictor(const MemberPredictor&) = delete;
  MemberPredictor& operator=(const MemberPredictor&) = delete;

  std::vector<float> predict(const FeatureTable& table, std::span<const std::uint32_t> rows, unsigned threads,
                             JobControl& control) const override;

 private:
  struct Lane;

  std::size_t rows_of_batch(const FeatureTable& table) const;
  void start(Lane& lane, const FeatureTable& table, std::span<const std::uint32_t> rows, WorkerPool& pool) const;

  std::vector<std::shared_ptr<const Member>> members_;
  Precision precision_;
  int device_;
  std::vector<LoadedMember> loaded_;
};

}  // namespace caloscope::cuda
