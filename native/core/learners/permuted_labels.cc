#include "core/learners/permuted_labels.h"

#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "core/learners/blocks.h"
#include "core/run/content_hash.h"
#include "core/run/error.h"
#include "core/training/checkpoint_frame.h"

namespace caloscope {
namespace {

constexpr std::uint32_t number = 0;

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

std::vector<double> read_done(const CheckpointStore& store, std::span<const std::byte> bytes,
                              const TrainingIdentity& identity) {
  try {
    CheckpointReader reader(bytes, identity);
    std::vector<double> z(reader.number<std::uint32_t>());
    for (double& one : z) one = reader.number<double>();
    reader.require_end();
    return z;
  } catch (const Error& error) {
    throw Error(error.code(), store.place(number) + ": " + error.what());
  }
}

void save(CheckpointStore& store, const std::vector<double>& z, const TrainingIdentity& identity) {
  CheckpointWriter writer(identity);
  writer.put(static_cast<std::uint32_t>(z.size()));
  writer.add(std::as_bytes(std::span(z)));
  writer.save(store, number);
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

std::vector<double> permuted_z(const PreparedSamples& samples, const CrossFitting& plan, std::uint32_t permutations,
                               Backend& backend, JobControl& control, CheckpointStore* store) {
  validate(plan);
  require_labellings(samples, plan, permutations);
  TrainingIdentity identity;
  std::vector<double> z;
  if (store != nullptr) {
    identity = identity_of(samples, plan, backend, control);
    if (const auto bytes = store->load(number)) z = read_done(*store, *bytes, identity);
  }
  CrossFitting permuted = plan;
  while (z.size() < permutations) {
    JobControl of_one(&control);
    permuted.permutation = static_cast<std::uint32_t>(z.size() + 1);
    z.push_back(cross_fit_test(samples, permuted, backend, of_one).z);
    if (store != nullptr) save(*store, z, identity);
    control.report({static_cast<double>(z.size()), static_cast<double>(permutations), "permuting labels"});
  }
  z.resize(permutations);
  return z;
}

}  // namespace caloscope
