#include "files/file_lock.h"

#include <cerrno>
#include <system_error>

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

FileLock::FileLock(const std::filesystem::path& path, const Error& busy) : path_(path) {
  for (;;) {
    // No link is followed: it could lead to a file of somebody's.
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor_ < 0) {
      throw Error(ErrorCode::output, path_.string() + ": it cannot be written (" +
                                         std::generic_category().message(errno) + ")");
    }
    held_ = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
    if (!held_ && errno == EWOULDBLOCK) {
      ::close(descriptor_);
      throw busy;
    }
    if (!held_ || is_in_place(descriptor_, path_)) return;
    ::close(descriptor_);
  }
}

FileLock::~FileLock() {
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace caloscope

#else

namespace caloscope {

FileLock::FileLock(const std::filesystem::path&, const Error&) {}
FileLock::~FileLock() = default;

}  // namespace caloscope

#endif
