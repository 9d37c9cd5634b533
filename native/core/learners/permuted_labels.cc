#include "core/learners/permuted_labels.h"

#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/learners/blocks.h"
#include "core/run/content_hash.h"
#include "core/run/error.h"
#include "core/training/checkpoint_frame.h"

namespace caloscope {
namespace {

/// Of learners with settings that users choose: of the others the version tells all.
TrainingIdentity learners_identity(const CrossFitting& plan) {
  TrainingIdentity identity;
  std::string names;
  for (const auto& learner : plan.learners) {
    names += (names.empty() ? "" : ",") + std::string(name_of(name_of(learner)));
    const auto* const networks = std::get_if<NetworkLearner>(&learner);
    if (networks == nullptr) continue;
    const TrainingTask task{{plan.seed, 0, {}, {}}, networks->shape, networks->settings};
    for (const auto& entry : settings_identity(task)) identity.push_back(entry);
  }
  identity.insert(identity.begin(), {{"learners", names}, {"seed", std::to_string(plan.seed)}});
  return identity;
}

TrainingIdentity identity_of(const PreparedSamples& samples, const CrossFitting& plan, const Backend& backend,
                             JobControl& control) {
  TrainingIdentity identity{{"the version of caloscope", CALOSCOPE_VERSION}, {"the arithmetic", backend.arithmetic()}};
  const auto add = [&](const TrainingIdentity& part) { identity.insert(identity.end(), part.begin(), part.end()); };
  add(identity_of(plan));
  add(learners_identity(plan));
  add({{"whitening", samples.map().whitening ? "on" : "off"}});
  add({sample_identity("the reference sample", samples.given().reference, control),
       sample_identity("the generated sample", samples.given().generated, control)});
  add(weights_identity(samples.weights()));
  ContentHash groups;
  groups.add(std::as_bytes(std::span(plan.groups)));
  add({{"hash of the groups of partners", std::to_string(groups.value())}});
  return identity;
}

std::optional<double> kept_z(CheckpointStore& store, std::uint32_t permutation, const TrainingIdentity& identity) {
  const auto bytes = store.load(permutation);
  if (!bytes) return std::nullopt;
  try {
    CheckpointReader reader(*bytes, identity);
    const auto z = reader.number<double>();
    reader.require_end();
    return z;
  } catch (const Error& error) {
    throw Error(error.code(), store.place(permutation) + ": " + error.what());
  }
}

void keep_z(CheckpointStore& store, const PermutedZ& done, const TrainingIdentity& identity) {
  CheckpointWriter writer(identity);
  writer.put(done.z);
  writer.save(store, done.permutation);
}

void require_labellings(const PreparedSamples& samples, const CrossFitting& plan, std::uint32_t permutations) {
  const auto [reference, generated] = std::pair{samples.given().reference.rows(), samples.given().generated.rows()};
  const double known = labellings(reference, generated, plan);
  if (permutations < known) return;
  throw Error(ErrorCode::argument, "there are only " + std::to_string(std::llround(known)) + " labellings of these rows");
}

}  // namespace

double labellings(std::uint64_t reference_rows, std::uint64_t generated_rows, const CrossFitting& plan) {
  validate(plan);
  CrossFitting of_samples = plan;
  of_samples.permutation = 0;
  return Blocks(reference_rows, generated_rows, of_samples).labellings(of_samples);
}

std::vector<PermutedZ> permuted_z(const PreparedSamples& samples, const CrossFitting& plan, std::uint32_t permutations,
                                  const FitShare& share, Backend& backend, JobControl& control, CheckpointStore* store) {
  validate(plan);
  validate(share);
  if (permutations > most_permutations) {
    throw Error(ErrorCode::argument, "labels are permuted at most " + std::to_string(most_permutations) + " times");
  }
  require_labellings(samples, plan, permutations);
  TrainingIdentity identity;
  if (store != nullptr) identity = identity_of(samples, plan, backend, control);
  std::vector<std::uint32_t> own;
  for (std::uint32_t number = 0; number < permutations; ++number) {
    if (share.has(number)) own.push_back(number + 1);
  }
  CrossFitting permuted = plan;
  std::vector<PermutedZ> done;
  for (const std::uint32_t next : own) {
    if (const auto kept = store != nullptr ? kept_z(*store, next, identity) : std::nullopt) {
      done.push_back({next, *kept});
      if (done.size() < own.size()) continue;
    } else {
      JobControl of_one(&control);
      permuted.permutation = next;
      done.push_back({next, cross_fit_test(samples, permuted, backend, of_one).z});
      if (store != nullptr) keep_z(*store, done.back(), identity);
    }
    control.report({static_cast<double>(done.size()), static_cast<double>(own.size()), "permuting labels"});
  }
  return done;
}

}  // namespace caloscope
