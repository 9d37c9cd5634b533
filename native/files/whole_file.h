#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

namespace caloscope {

/// Writes a file that appears when all of it is on the disk, in place of an earlier one: it is made beside, as
/// `NAME.partial`, and renamed. Throws Error(output); the earlier file is then as it was.
void write_whole_file(const std::filesystem::path& path, std::span<const std::span<const std::byte>> pieces);

/// All bytes of a file; nothing when there is none. Throws Error(checkpoint) when it cannot be read.
std::optional<std::vector<std::byte>> read_whole_file(const std::filesystem::path& path);

}  // namespace caloscope
