#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/training/checkpoint_store.h"
#include "files/file_lock.h"

namespace caloscope {

/// Who keeps checkpoints in a folder: one process, or several that fit shares of one training. Of those one has locked it.
enum class KeptBy { one_process, several };

/// Checkpoints as files `network-0000.checkpoint` of a folder, or with another stem, which belongs to one training at a time.
class CheckpointFiles : public CheckpointStore {
 public:
  /// Makes the folder where it is missing, in one that is there. With `resume` the checkpoints in it are resumed;
  /// without, there must be none. Throws Error(checkpoint) when there are, or when another training uses the folder;
  /// Error(output) when nothing can be written there. What several keep is always resumed.
  CheckpointFiles(const std::filesystem::path& folder, bool resume, std::string stem = "network",
                  KeptBy by = KeptBy::one_process);

  std::optional<std::vector<std::byte>> load(std::uint32_t number) override;
  void save(std::uint32_t number, std::span<const std::span<const std::byte>> pieces) override;
  std::string place(std::uint32_t number) const override;

 private:
  std::filesystem::path file(std::uint32_t number) const;

  /// A folder that was made here goes again when nothing was saved.
  struct Folder {
    explicit Folder(const std::filesystem::path& path);
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::filesystem::path path;
    bool made;
  };

  std::string stem_;
  Folder folder_;
  std::optional<FileLock> lock_;
};

}  // namespace caloscope
