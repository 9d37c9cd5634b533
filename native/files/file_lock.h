#pragma once

#include <filesystem>

#include "core/run/error.h"

namespace caloscope {

/// A file that one holds at a time; it is made, and goes with the lock. The lock is the operating system's: when a process is
/// killed the file stays, but is locked no more. Where there are no such locks (not POSIX, some network file systems) there is
/// none.
class FileLock {
 public:
  /// Throws `busy` when another has the lock, Error(output) when the file cannot be made.
  FileLock(const std::filesystem::path& path, const Error& busy);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  /// False where there are no locks.
  bool held() const noexcept { return held_; }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  bool held_ = false;
};

}  // namespace caloscope
