#include "reading/stored_numbers.h"

#include <algorithm>
#include <limits>

#include "core/run/error.h"

namespace caloscope {
namespace {

constexpr std::size_t most_axes = 32;
constexpr std::uint64_t most_chunk_bytes = std::uint64_t{1} << 30;
constexpr std::uint64_t most_row_length = std::uint64_t{1} << 26;
constexpr std::uint64_t most_rows = std::uint64_t{1} << 53;

[[noreturn]] void refuse(const char* what) { throw Error(ErrorCode::argument, std::string("stored numbers: ") + what); }

/// Product of all lengths but the first; at most `most`.
std::uint64_t across(const std::vector<std::uint64_t>& lengths, std::uint64_t most) {
  std::uint64_t product = 1;
  for (std::size_t axis = 1; axis < lengths.size(); ++axis) {
    if (lengths[axis] == 0 || lengths[axis] > most / product) refuse("impossible lengths of axes");
    product *= lengths[axis];
  }
  return product;
}

std::uint64_t chunks_along(std::uint64_t length, std::uint64_t chunk) { return (length + chunk - 1) / chunk; }

class RunFinder {
 public:
  RunFinder(const StoredNumbers& numbers, std::vector<std::uint64_t> start) : numbers_(numbers), start_(std::move(start)) {}

  std::vector<NumberRun> find() {
    walk(1, 0, 0);
    return std::move(runs_);
  }

 private:
  void walk(std::size_t axis, std::uint64_t in_chunk, std::uint64_t in_row) {
    if (axis == numbers_.extent.size()) {
      add(static_cast<std::uint32_t>(in_chunk), static_cast<std::uint32_t>(in_row));
      return;
    }
    const auto length = std::min(numbers_.chunk_shape[axis], numbers_.extent[axis] - start_[axis]);
    for (std::uint64_t i = 0; i < length; ++i) {
      walk(axis + 1, in_chunk * numbers_.chunk_shape[axis] + i, in_row * numbers_.extent[axis] + start_[axis] + i);
    }
  }

  void add(std::uint32_t in_chunk, std::uint32_t in_row) {
    if (!runs_.empty()) {
      auto& last = runs_.back();
      if (last.in_chunk + last.length == in_chunk && last.in_row + last.length == in_row) {
        ++last.length;
        return;
      }
    }
    runs_.push_back({in_chunk, in_row, 1});
  }

  const StoredNumbers& numbers_;
  std::vector<std::uint64_t> start_;
  std::vector<NumberRun> runs_;
};

}  // namespace

std::uint64_t StoredNumbers::row_length() const { return across(extent, most_row_length); }

std::uint64_t StoredNumbers::chunk_row_length() const { return across(chunk_shape, most_chunk_bytes); }

std::uint64_t StoredNumbers::chunks_across() const {
  std::uint64_t product = 1;
  for (std::size_t axis = 1; axis < extent.size(); ++axis) product *= chunks_along(extent[axis], chunk_shape[axis]);
  return product;
}

void StoredNumbers::validate() const {
  if (extent.empty() || extent.size() > most_axes || chunk_shape.size() != extent.size()) refuse("axes that do not fit");
  if (number_bytes != 4 && number_bytes != 8) refuse("numbers that are no floats");
  if (rows() > most_rows || chunk_rows() == 0 || chunk_rows() > most_chunk_bytes) refuse("impossible numbers of rows");
  const std::uint64_t length = row_length();
  if (chunk_row_length() > most_chunk_bytes / number_bytes / chunk_rows()) refuse("chunks too large to be held");
  if (chunks.size() != chunks_along(rows(), chunk_rows()) * chunks_across()) refuse("another number of chunks");
  if (one_piece && (!filters.empty() || chunks_across() != 1 || chunk_row_length() != length)) refuse("no single piece");
  for (const auto& chunk : chunks) {
    if (chunk.bytes > 2 * most_chunk_bytes) refuse("a chunk too large to be held");
  }
  if (voxels.empty()) return;
  std::vector<bool> seen(length);
  for (const auto voxel : voxels) {
    if (voxel >= length || seen[voxel]) refuse("voxels that are not each once");
    seen[voxel] = true;
  }
  if (voxels.size() != length) refuse("voxels that are not each once");
}

std::vector<std::vector<NumberRun>> runs_of_chunks(const StoredNumbers& numbers) {
  std::vector<std::vector<NumberRun>> all;
  // Without rows there are no chunks that bound how many could stand side by side.
  const std::uint64_t count = numbers.rows() == 0 ? 0 : numbers.chunks_across();
  for (std::uint64_t place = 0; place < count; ++place) {
    std::vector<std::uint64_t> start(numbers.extent.size(), 0);
    std::uint64_t rest = place;
    for (std::size_t axis = numbers.extent.size() - 1; axis > 0; --axis) {
      const auto along = chunks_along(numbers.extent[axis], numbers.chunk_shape[axis]);
      start[axis] = rest % along * numbers.chunk_shape[axis];
      rest /= along;
    }
    all.push_back(RunFinder(numbers, std::move(start)).find());
  }
  return all;
}

}  // namespace caloscope
