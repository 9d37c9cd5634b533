#pragma once

#include <filesystem>

namespace caloscope {

/// Keeps a folder for one user of it at a time, by a locked file `checkpoint.lock` in it, which goes with the lock. The
/// lock is the operating system's: when a process is killed the file stays, but is locked no more. Where there are no such
/// locks (not POSIX, some network file systems) there is none.
class FolderLock {
 public:
  /// Throws Error(checkpoint) when another has the lock, Error(output) when the file cannot be made.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace caloscope
