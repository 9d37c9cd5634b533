#include "files/checkpoint_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "core/run/error.h"
#include "test/support/memory_checkpoints.h"
#include "test/support/thrown_code.h"

namespace caloscope {
namespace {

namespace fs = std::filesystem;

/// A folder that goes with the test.
class CheckpointFilesTest : public testing::Test {
 protected:
  CheckpointFilesTest() {
    root_ = fs::temp_directory_path() / ("caloscope-test-" + std::to_string(std::random_device{}()));
    fs::create_directory(root_);
  }
  ~CheckpointFilesTest() override { fs::remove_all(root_); }

  fs::path folder() const { return root_ / "checkpoints"; }

  static Bytes bytes_of(const std::string& text) {
    Bytes bytes(text.size());
    std::transform(text.begin(), text.end(), bytes.begin(), [](char c) { return static_cast<std::byte>(c); });
    return bytes;
  }

  static void save(CheckpointStore& store, std::uint32_t number, const std::string& first,
                   const std::string& second = "") {
    const Bytes pieces[] = {bytes_of(first), bytes_of(second)};
    const std::span<const std::byte> spans[] = {pieces[0], pieces[1]};
    store.save(number, spans);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder())) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  fs::path root_;
};

TEST_F(CheckpointFilesTest, AreOfSeveralProcesses) {
  CheckpointFiles first(folder(), false, "network", KeptBy::several);
  save(first, 1, "abc");
  CheckpointFiles second(folder(), false, "network", KeptBy::several);
  save(second, 2, "def");
  EXPECT_EQ(first.load(2), bytes_of("def"));
  EXPECT_EQ(names(), (std::vector<std::string>{"network-0001.checkpoint", "network-0002.checkpoint"}));
}

TEST_F(CheckpointFilesTest, GivesBackWhatWasSavedLast) {
  {
    CheckpointFiles files(folder(), false);
    EXPECT_FALSE(files.load(3).has_value());
    save(files, 3, "abc", "def");
    save(files, 3, "abc", "longer than before");
    save(files, 12345, "x");
    save(files, 4, "");
    EXPECT_EQ(files.load(3), bytes_of("abclonger than before"));
  }
  CheckpointFiles files(folder(), true);
  EXPECT_EQ(files.load(3), bytes_of("abclonger than before"));
  EXPECT_EQ(files.load(12345), bytes_of("x"));
  EXPECT_EQ(files.load(4), Bytes{});
  EXPECT_FALSE(files.load(5).has_value());
  EXPECT_EQ(files.place(3), (folder() / "network-0003.checkpoint").string());
  const std::vector<std::string> expected{"checkpoint.lock", "network-0003.checkpoint", "network-0004.checkpoint",
                                          "network-12345.checkpoint"};
  EXPECT_EQ(names(), expected);
}

TEST_F(CheckpointFilesTest, KeepTheEarlierOneWhenTheDiskIsFull) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full here";
  CheckpointFiles files(folder(), false);
  save(files, 0, "whole");
  fs::create_symlink("/dev/full", folder() / "network-0000.checkpoint.partial");
  EXPECT_EQ(thrown_code([&] { save(files, 0, "newer"); }), ErrorCode::output);
  EXPECT_EQ(files.load(0), bytes_of("whole"));
  EXPECT_EQ(names().size(), 2U) << "the partial file was left behind";
  // With room again it goes on.
  save(files, 0, "newer");
  EXPECT_EQ(files.load(0), bytes_of("newer"));
}

TEST_F(CheckpointFilesTest, AreNotTroubledByWhatAKilledProcessLeft) {
  fs::create_directory(folder());
  std::ofstream(folder() / "network-0000.checkpoint.partial") << "half a che";
  std::ofstream(folder() / "checkpoint.lock");
  {
    CheckpointFiles files(folder(), false);
    EXPECT_FALSE(files.load(0).has_value());
    save(files, 0, "whole");
    EXPECT_EQ(files.load(0), bytes_of("whole"));
  }
  EXPECT_EQ(names(), std::vector<std::string>{"network-0000.checkpoint"});
}

TEST_F(CheckpointFilesTest, AreReplacedByResumingOnly) {
  {
    CheckpointFiles files(folder(), false);
    save(files, 0, "hours of work");
  }
  EXPECT_EQ(thrown_code([&] { CheckpointFiles(folder(), false); }), ErrorCode::checkpoint);
  EXPECT_EQ(CheckpointFiles(folder(), true).load(0), bytes_of("hours of work"));
}

TEST_F(CheckpointFilesTest, BelongToOneTrainingAtATime) {
  {
    CheckpointFiles files(folder(), true);
    EXPECT_EQ(thrown_code([&] { CheckpointFiles(folder(), true); }), ErrorCode::checkpoint);
  }
  EXPECT_FALSE(fs::exists(folder())) << "nothing was saved there";
  CheckpointFiles(folder(), true);
}

TEST_F(CheckpointFilesTest, SayAtOnceThatTheyCannotBeWritten) {
  EXPECT_EQ(thrown_code([&] { CheckpointFiles(root_ / "missing" / "folder", false); }), ErrorCode::output);
  std::ofstream(root_ / "file") << "x";
  EXPECT_EQ(thrown_code([&] { CheckpointFiles(root_ / "file", true); }), ErrorCode::output);
  if (!fs::exists("/dev/full")) return;
  fs::create_directory(folder());
  fs::create_symlink("/dev/full", folder() / "checkpoint.trial.partial");
  EXPECT_EQ(thrown_code([&] { CheckpointFiles(folder(), false); }), ErrorCode::output);
}

TEST_F(CheckpointFilesTest, SayWhatCannotBeRead) {
  CheckpointFiles files(folder(), false);
  fs::create_directory(folder() / "network-0000.checkpoint");
  EXPECT_EQ(thrown_code([&] { files.load(0); }), ErrorCode::checkpoint);
  EXPECT_EQ(thrown_code([&] { save(files, 0, "x"); }), ErrorCode::output);
  fs::create_symlink("/dev/zero", folder() / "network-0001.checkpoint");
  EXPECT_EQ(thrown_code([&] { files.load(1); }), ErrorCode::checkpoint) << "a device has no end";
}

}  // namespace
}  // namespace caloscope
