#include "files/whole_file.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

#include "core/run/error.h"

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace caloscope {
namespace {

struct Close {
  /// Only what went wrong before is of interest then.
  void operator()(std::FILE* file) const {
    const int reason = errno;
    std::fclose(file);
    errno = reason;
  }
};
using File = std::unique_ptr<std::FILE, Close>;

/// Waits until the disk has the file: a rename that survives a power cut must not lead to an empty one.
bool reach_disk([[maybe_unused]] std::FILE* file) {
#if __has_include(<unistd.h>)
  // Some file systems have nothing to wait for.
  return ::fsync(::fileno(file)) == 0 || errno == EINVAL || errno == ENOSYS || errno == ENOTSUP;
#else
  return true;
#endif
}

bool write(const std::filesystem::path& path, std::span<const std::span<const std::byte>> pieces) {
  File file(std::fopen(path.string().c_str(), "wb"));
  if (!file) return false;
  for (const auto& piece : pieces) {
    if (piece.empty()) continue;  // it may have no address
    if (std::fwrite(piece.data(), 1, piece.size(), file.get()) != piece.size()) return false;
  }
  if (std::fflush(file.get()) != 0 || !reach_disk(file.get())) return false;
  return std::fclose(file.release()) == 0;
}

}  // namespace

void write_whole_file(const std::filesystem::path& path, std::span<const std::span<const std::byte>> pieces) {
  auto partial = path;
  partial += ".partial";
  std::error_code failure;
  if (write(partial, pieces)) {
    std::filesystem::rename(partial, path, failure);
    if (!failure) return;
  } else {
    failure = {errno, std::generic_category()};
  }
  std::error_code ignored;
  std::filesystem::remove(partial, ignored);
  throw Error(ErrorCode::output, path.string() + ": it cannot be written (" + failure.message() + ")");
}

std::optional<std::vector<std::byte>> read_whole_file(const std::filesystem::path& path) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (status.type() == std::filesystem::file_type::not_found) return std::nullopt;
  const auto refuse = [&](const std::string& why) -> Error {
    return {ErrorCode::checkpoint, path.string() + ": it cannot be read (" + why + ")"};
  };
  if (failure) throw refuse(failure.message());
  if (!std::filesystem::is_regular_file(status)) throw refuse("it is not a file");
  const auto size = std::filesystem::file_size(path, failure);
  if (failure) throw refuse(failure.message());
  const File file(std::fopen(path.string().c_str(), "rb"));
  if (!file) throw refuse(std::generic_category().message(errno));
  std::vector<std::byte> bytes(size);
  if (size == 0) return bytes;
  if (std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) throw refuse("it ends too early");
  return bytes;
}

}  // namespace caloscope
