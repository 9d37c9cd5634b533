#include "core/training/checkpoint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <span>

#include "core/run/content_hash.h"
#include "core/run/error.h"
#include "cpu/cpu_backend.h"
#include "test/support/memory_checkpoints.h"
#include "test/support/small_samples.h"

namespace caloscope {
namespace {

const TrainingIdentity training{{"the version of caloscope", "1.2.3"}, {"the arithmetic", "kernel set x"}};
const TrainingIdentity samples{{"the reference sample", "40 rows, hash 1"}};

TrainingTask small_task() {
  TrainingTask task;
  task.shape = {3, {4, 2}, Activation::elu, 0.5F};
  task.settings.epochs = 4;
  task.settings.batch_size = 16;
  task.settings.schedule = Schedule::constant;
  task.settings.learning_rate = 0.1;
  task.number = 2;
  task.training_rows.resize(30);
  std::iota(task.training_rows.begin(), task.training_rows.end(), 5U);
  task.validation_rows = {0, 1, 2, 3, 4, 35, 36, 37, 38, 39};
  return task;
}

/// The checkpoints of a small training, one an epoch.
std::vector<Bytes> checkpoints_of(const TrainingTask& task) {
  const auto reference = gaussian_matrix(20, 3, 1, 1), generated = gaussian_matrix(20, 3, 0, 2);
  MemoryCheckpoints store;
  const Checkpoints checkpoints(store, training, samples);
  JobControl control;
  CpuBackend(1).train(std::vector{task}, LabelledRows{reference, generated}, control, &checkpoints);
  return store.saved.at(task.number);
}

/// What loading says; "" when the checkpoint is taken. Any other error than Error(checkpoint) fails the test.
std::string refusal(const Bytes& bytes, const TrainingTask& task, const TrainingIdentity& now = training,
                    const TrainingIdentity& samples_now = samples) {
  MemoryCheckpoints store;
  store.saved[task.number].push_back(bytes);
  try {
    const auto state = Checkpoints(store, now, samples_now).load(task);
    EXPECT_TRUE(state.has_value());
    EXPECT_EQ(state->best.blocks.size(), 3U);
    EXPECT_GE(state->course.epoch(), 1U);
    EXPECT_EQ(state->moments.empty(), state->course.over());
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::checkpoint) << error.what();
    return error.what();
  }
}

/// Puts the right size and checksum to bytes that were changed.
Bytes sealed(Bytes bytes) {
  const std::uint64_t size = bytes.size();
  std::memcpy(bytes.data() + 12, &size, sizeof(size));
  ContentHash hash;
  hash.add(std::span(bytes).first(bytes.size() - 8));
  const std::uint64_t checksum = hash.value();
  std::memcpy(bytes.data() + bytes.size() - 8, &checksum, sizeof(checksum));
  return bytes;
}

TEST(ContentHash, DoesNotDependOnTheCut) {
  Bytes bytes(100);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(37 * i + 11);
  ContentHash whole;
  whole.add(bytes);
  for (std::size_t first = 0; first <= bytes.size(); ++first) {
    for (std::size_t second = first; second <= bytes.size(); second += 7) {
      ContentHash cut;
      cut.add(std::span(bytes).first(first));
      cut.add(std::span(bytes).subspan(first, second - first));
      cut.add(std::span(bytes).subspan(second));
      ASSERT_EQ(cut.value(), whole.value()) << first << ", " << second;
    }
  }
  bytes.push_back(std::byte{0});
  ContentHash longer;
  longer.add(bytes);
  EXPECT_NE(longer.value(), whole.value()) << "a zero more is another content";
}

TEST(Checkpoint, IsNothingWhereThereIsNone) {
  MemoryCheckpoints store;
  EXPECT_FALSE(Checkpoints(store, training, samples).load(small_task()).has_value());
}

TEST(Checkpoint, OfAFinishedNetworkIsSmall) {
  const auto versions = checkpoints_of(small_task());
  ASSERT_EQ(versions.size(), 4U);
  for (const auto& bytes : versions) EXPECT_EQ(refusal(bytes, small_task()), "");
  // Parameters once in place of three or four times.
  const std::size_t parameters = (3 + 1) * 4 + (4 + 1) * 2 + (2 + 1);
  EXPECT_LE(versions[3].size() + 2 * parameters * sizeof(float), versions[2].size() + 24);
}

TEST(Checkpoint, ThatIsCutShortIsRefused) {
  for (const auto& bytes : checkpoints_of(small_task())) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
      ASSERT_NE(refusal(cut, small_task()).find("memory 2: it is damaged"), std::string::npos) << size;
      if (size > 28) {
        ASSERT_NE(refusal(sealed(cut), small_task()), "") << size << " bytes, with the right checksum";
      }
    }
    Bytes longer = bytes;
    longer.push_back(std::byte{0});
    EXPECT_NE(refusal(longer, small_task()), "");
    EXPECT_NE(refusal(sealed(longer), small_task()), "");
  }
}

TEST(Checkpoint, WithAFlippedBitIsRefused) {
  const auto bytes = checkpoints_of(small_task())[1];
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes flipped = bytes;
      flipped[place] ^= static_cast<std::byte>(1U << bit);
      ASSERT_NE(refusal(flipped, small_task()), "") << "bit " << bit << " of byte " << place;
    }
  }
}

TEST(Checkpoint, ThatWasForgedIsRefusedOrTaken) {
  // With a right checksum every field is in the hand of who wrote it: no value may lead to a crash.
  for (const auto& bytes : checkpoints_of(small_task())) {
    for (std::size_t place = 0; place < bytes.size() - 8; ++place) {
      for (const unsigned value : {0x00U, 0x01U, 0x7fU, 0x80U, 0xffU}) {
        Bytes forged = bytes;
        forged[place] = static_cast<std::byte>(value);
        refusal(sealed(forged), small_task());
        for (std::size_t next = place; next < std::min(place + 4, bytes.size() - 8); ++next) {
          forged[next] = static_cast<std::byte>(value);
        }
        refusal(sealed(forged), small_task());
      }
    }
  }
}

TEST(Checkpoint, ThatIsNoneIsRefused) {
  const auto said = [](const std::string& text) {
    const auto bytes = std::as_bytes(std::span(text));
    return refusal(Bytes(bytes.begin(), bytes.end()), small_task());
  };
  EXPECT_NE(said("{\"a file\": \"of something else\"}").find("not a checkpoint of caloscope"), std::string::npos);
  EXPECT_NE(said("").find("damaged"), std::string::npos);
  auto bytes = checkpoints_of(small_task())[0];
  bytes[8] = std::byte{9};
  EXPECT_NE(refusal(sealed(bytes), small_task()).find("another version"), std::string::npos);
}

TEST(Checkpoint, OfAnotherTrainingIsRefusedByWhatDiffers) {
  const auto bytes = checkpoints_of(small_task())[0];
  const auto with = [&](const std::string& says, const auto& change) {
    auto task = small_task();
    change(task);
    const auto message = refusal(bytes, task);
    EXPECT_NE(message.find(says), std::string::npos) << says << " in: " << message;
  };
  with("the number of features was 3 and is 2 now", [](auto& task) { task.shape.inputs = 2; });
  with("hidden was 4,2 and is 4 now", [](auto& task) { task.shape.hidden = {4}; });
  with("activation was elu and is tanh now", [](auto& task) { task.shape.activation = Activation::tanh; });
  with("slope was 0.5 and is 0.25 now", [](auto& task) { task.shape.slope = 0.25F; });
  with("epochs was 4 and is 5 now", [](auto& task) { task.settings.epochs = 5; });
  with("batchSize was 16 and is 17 now", [](auto& task) { task.settings.batch_size = 17; });
  with("learningRate was 0.1 and is 0.2 now", [](auto& task) { task.settings.learning_rate = 0.2; });
  with("weightDecay was 0.01 and is 0 now", [](auto& task) { task.settings.weight_decay = 0; });
  with("beta1 was 0.9", [](auto& task) { task.settings.beta1 = 0.8; });
  with("beta2 was 0.99", [](auto& task) { task.settings.beta2 = 0.9; });
  with("epsilon was 1e-08", [](auto& task) { task.settings.epsilon = 1e-7; });
  with("dropout was 0 and", [](auto& task) { task.settings.dropout = 0.1; });
  with("schedule was constant and is cosine now", [](auto& task) { task.settings.schedule = Schedule::cosine; });
  with("precision was float32 and is bfloat16 now", [](auto& task) { task.settings.precision = Precision::bfloat16; });
  with("patience was 3", [](auto& task) { task.settings.patience = 4; });
  with("seed was 0 and is 7 now", [](auto& task) { task.seed = 7; });
  with("the number of the network was 2", [](auto& task) { task.number = 3; });
  with("the rows to train with was 30", [](auto& task) { task.training_rows[3] = 39; });
  with("the rows to validate with was 10 rows", [](auto& task) { task.validation_rows.pop_back(); });
  const auto of = [&](const TrainingIdentity& now, const TrainingIdentity& samples_now) {
    return refusal(bytes, small_task(), now, samples_now);
  };
  auto other = training;
  other[1].value = "kernel set y";
  EXPECT_NE(of(other, samples).find("the arithmetic was kernel set x and is kernel set y now"), std::string::npos);
  EXPECT_NE(of(training, {{"the reference sample", "no"}}).find("the reference sample was 40"), std::string::npos);
  EXPECT_NE(of({training[0]}, samples).find("another version"), std::string::npos);
  other = training;
  other.push_back({"more", "1"});
  EXPECT_NE(of(other, samples).find("another version"), std::string::npos);
}

TEST(SampleIdentity, TellsSamplesApart) {
  JobControl control;
  const auto of = [&](const FeatureTable& table) { return sample_identity("a", table, control).value; };
  const auto showers = random_showers(12, 50, 3);
  const auto low = of(features_of(showers, FeatureSetName::low));
  EXPECT_EQ(of(features_of(showers, FeatureSetName::low)), low);
  EXPECT_NE(of(features_of(showers, FeatureSetName::low_normalised)), low);
  EXPECT_NE(of(features_of(showers, FeatureSetName::high)), low);
  EXPECT_NE(of(features_of(showers, FeatureSetName::full)), low);
  auto other = showers;
  for (std::size_t i = 5 * 12; i < other.energy.size(); ++i) {
    // Above the threshold, so that it is seen.
    if (other.energy[i] < 1) continue;
    other.energy[i] = std::nextafter(other.energy[i], 1e9F);
    break;
  }
  EXPECT_NE(of(features_of(other, FeatureSetName::low)), low) << "one digit of one voxel";
  other = showers;
  other.incident_energy[49] += 1;
  EXPECT_NE(of(features_of(other, FeatureSetName::low)), low);
  EXPECT_EQ(low.substr(0, 14), "50 rows, hash ") << low;
  const auto matrix = gaussian_matrix(10, 3, 0, 1);
  EXPECT_NE(of(matrix), of(gaussian_matrix(10, 3, 0, 2)));
}

}  // namespace
}  // namespace caloscope
