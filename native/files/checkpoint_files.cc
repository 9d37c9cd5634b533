#include "files/checkpoint_files.h"

#include <array>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

#include "core/run/error.h"
#include "files/whole_file.h"

namespace caloscope {
namespace {

constexpr const char* extension = ".checkpoint";

bool holds_checkpoints(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::directory_iterator entry(folder, failure);
  for (const std::filesystem::directory_iterator end; !failure && entry != end; entry.increment(failure)) {
    if (entry->path().extension() == extension) return true;
  }
  if (!failure) return false;
  throw Error(ErrorCode::checkpoint, folder.string() + ": this folder cannot be read (" + failure.message() + ")");
}

/// A full disk or a folder without the right to write is to be met before the work.
void try_to_write(const std::filesystem::path& folder) {
  const auto path = folder / "checkpoint.trial";
  const std::array<std::byte, 4096> page{};
  const std::span<const std::byte> piece(page);
  write_whole_file(path, {&piece, 1});
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

}  // namespace

CheckpointFiles::Folder::Folder(const std::filesystem::path& place) : path(place) {
  std::error_code failure;
  made = std::filesystem::create_directory(path, failure);
  if (failure) {
    throw Error(ErrorCode::output, path.string() + ": this folder cannot be made (" + failure.message() + ")");
  }
}

CheckpointFiles::Folder::~Folder() {
  std::error_code not_empty;
  if (made) std::filesystem::remove(path, not_empty);
}

CheckpointFiles::CheckpointFiles(const std::filesystem::path& folder, bool resume, std::string stem, KeptBy by)
    : stem_(std::move(stem)), folder_(folder) {
  if (by == KeptBy::several) return;
  lock_.emplace(folder / "checkpoint.lock",
                Error(ErrorCode::checkpoint, folder.string() +
                                                 ": another training keeps its checkpoints there now; wait for its end, "
                                                 "or name another folder"));
  if (!resume && holds_checkpoints(folder)) {
    throw Error(ErrorCode::checkpoint, folder.string() +
                                           ": it holds the checkpoints of an earlier training; resume from them with "
                                           "resume, delete them, or name another folder");
  }
  try_to_write(folder);
}

std::optional<std::vector<std::byte>> CheckpointFiles::load(std::uint32_t number) {
  return read_whole_file(file(number));
}

void CheckpointFiles::save(std::uint32_t number, std::span<const std::span<const std::byte>> pieces) {
  try {
    write_whole_file(file(number), pieces);
  } catch (const Error& error) {
    throw Error(error.code(), std::string(error.what()) +
                                  "; the checkpoints before it are whole: make room, then resume");
  }
}

std::string CheckpointFiles::place(std::uint32_t number) const { return file(number).string(); }

std::filesystem::path CheckpointFiles::file(std::uint32_t number) const {
  char digits[16];
  std::snprintf(digits, sizeof(digits), "-%04u", static_cast<unsigned>(number));
  return folder_.path / (stem_ + digits + extension);
}

}  // namespace caloscope
