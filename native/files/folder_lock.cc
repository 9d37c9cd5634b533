#include "files/folder_lock.h"

#include <cerrno>
#include <system_error>

#include "core/run/error.h"

#if __has_include(<sys/file.h>)
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace caloscope {
namespace {

/// Whether the file that is open still is the one of this name: who had the lock before may have removed it.
bool is_in_place(int descriptor, const std::filesystem::path& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) : path_(folder / "checkpoint.lock") {
  for (;;) {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
      throw Error(ErrorCode::output, path_.string() + ": it cannot be written (" +
                                         std::generic_category().message(errno) + ")");
    }
    const bool locked = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno == EWOULDBLOCK) {
      ::close(descriptor_);
      throw Error(ErrorCode::checkpoint, folder.string() +
                                             ": another training keeps its checkpoints there now; wait for its end, "
                                             "or name another folder");
    }
    if (!locked || is_in_place(descriptor_, path_)) return;
    ::close(descriptor_);
  }
}

FolderLock::~FolderLock() {
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace caloscope

#else

namespace caloscope {

FolderLock::FolderLock(const std::filesystem::path&) {}
FolderLock::~FolderLock() = default;

}  // namespace caloscope

#endif
