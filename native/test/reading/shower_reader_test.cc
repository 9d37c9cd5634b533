#include "reading/shower_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <mutex>
#include <optional>
#include <random>
#include <string>

#include "core/run/error.h"
#include "test/support/thrown_code.h"
#include "test/support/zlib_stream.h"

namespace caloscope {
namespace {

using Bytes = std::vector<std::byte>;
using Shape = std::vector<std::uint64_t>;

std::uint64_t product(const Shape& lengths) {
  std::uint64_t result = 1;
  for (const auto length : lengths) result *= length;
  return result;
}

/// Place in row order of coordinates, and the reverse.
std::uint64_t place_of(const Shape& at, const Shape& lengths) {
  std::uint64_t place = 0;
  for (std::size_t axis = 0; axis < lengths.size(); ++axis) place = place * lengths[axis] + at[axis];
  return place;
}

Shape coordinates(std::uint64_t place, const Shape& lengths) {
  Shape at(lengths.size());
  for (std::size_t axis = lengths.size(); axis-- > 0;) {
    at[axis] = place % lengths[axis];
    place /= lengths[axis];
  }
  return at;
}

/// A file that is gone with the test, into which chunks are put as HDF5 does.
class ChunkFile {
 public:
  ChunkFile()
      : path_(std::filesystem::temp_directory_path() / ("caloscope-chunks-" + std::to_string(std::random_device{}()))),
        file_(std::fopen(path_.c_str(), "w+b")) {}
  ~ChunkFile() {
    std::fclose(file_);
    std::filesystem::remove(path_);
  }
  ChunkFile(const ChunkFile&) = delete;
  ChunkFile& operator=(const ChunkFile&) = delete;

  int descriptor() const { return fileno(file_); }
  std::uint64_t end() const { return end_; }

  StoredChunk put(const Bytes& bytes) {
    const StoredChunk chunk{end_, bytes.size(), 0, false};
    EXPECT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file_), bytes.size());
    std::fflush(file_);
    end_ += bytes.size();
    return chunk;
  }
  void cut(std::uint64_t bytes) const { std::filesystem::resize_file(path_, bytes); }

 private:
  std::filesystem::path path_;
  std::FILE* file_;
  std::uint64_t end_ = 0;
};

/// Cuts numbers in row order into chunks, element by element.
template <class Number>
StoredNumbers stored(ChunkFile& file, const std::vector<Number>& numbers, const Shape& extent, const Shape& chunk_shape,
                     bool packed = false) {
  StoredNumbers result;
  result.extent = extent;
  result.chunk_shape = chunk_shape;
  result.number_bytes = sizeof(Number);
  if (packed) result.filters = {{ChunkFilter::deflate, 0}};
  Shape counts;
  for (std::size_t axis = 0; axis < extent.size(); ++axis) {
    counts.push_back((extent[axis] + chunk_shape[axis] - 1) / chunk_shape[axis]);
  }
  for (std::uint64_t chunk = 0; chunk < product(counts); ++chunk) {
    const Shape corner = coordinates(chunk, counts);
    std::vector<Number> values(product(chunk_shape), Number{77});  // what lies beyond the edge must never be seen
    for (std::uint64_t i = 0; i < values.size(); ++i) {
      Shape at = coordinates(i, chunk_shape);
      bool inside = true;
      for (std::size_t axis = 0; axis < at.size(); ++axis) {
        at[axis] += corner[axis] * chunk_shape[axis];
        inside = inside && at[axis] < extent[axis];
      }
      if (inside) values[i] = numbers[place_of(at, extent)];
    }
    Bytes bytes(values.size() * sizeof(Number));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    result.chunks.push_back(file.put(packed ? zlib_stream(bytes) : bytes));
  }
  return result;
}

/// Every third number lit, each with an energy of its own; one not a number, one infinite, a negative zero.
template <class Number>
std::vector<Number> showers(std::uint64_t count) {
  std::vector<Number> numbers(count);
  for (std::uint64_t i = 0; i < count; i += 3) numbers[i] = static_cast<Number>(1 + i) / 8;
  if (count > 20) {
    numbers[4] = std::numeric_limits<Number>::quiet_NaN();
    numbers[10] = -std::numeric_limits<Number>::infinity();
    numbers[13] = -Number{0};
  }
  return numbers;
}

std::vector<double> incident(std::uint64_t rows) {
  std::vector<double> energies(rows);
  for (std::uint64_t row = 0; row < rows; ++row) energies[row] = 1000 + static_cast<double>(row);
  return energies;
}

/// All showers as dense rows, blocks that were not sound as none; NaN compares equal through its bits.
std::vector<std::optional<std::vector<double>>> dense_blocks(ShowerReader& reader, std::uint64_t first,
                                                             const std::vector<std::uint32_t>& block_rows) {
  std::uint64_t rows = 0;
  for (const auto count : block_rows) rows += count;
  std::vector<double> energies = incident(reader.rows());
  energies = {energies.begin() + static_cast<std::ptrdiff_t>(first), energies.begin() + static_cast<std::ptrdiff_t>(first + rows)};
  std::vector<std::optional<std::vector<double>>> blocks(block_rows.size());
  std::mutex mutex;
  reader.read(first, block_rows, energies, [] { return true; }, [&](std::size_t block, HitBlock hits) {
    std::vector<double> dense(hits.rows() * hits.voxels(), 0.0);
    for (std::uint64_t row = 0; row < hits.rows(); ++row) {
      std::uint32_t last = 0;
      hits.for_each_hit(row, [&](std::uint32_t voxel, double energy) {
        EXPECT_TRUE(last == 0 || voxel > last);
        last = voxel;
        dense[row * hits.voxels() + voxel] = energy;
      });
    }
    const std::lock_guard lock(mutex);
    EXPECT_FALSE(blocks[block]);
    blocks[block] = std::move(dense);
  });
  return blocks;
}

std::vector<double> all_rows(ShowerReader& reader, std::uint32_t block_rows, std::uint32_t blocks_at_once) {
  std::vector<double> result;
  for (std::uint64_t first = 0; first < reader.rows();) {
    std::vector<std::uint32_t> blocks;
    std::uint64_t next = first;
    while (blocks.size() < blocks_at_once && next < reader.rows()) {
      blocks.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(block_rows, reader.rows() - next)));
      next += blocks.back();
    }
    for (const auto& block : dense_blocks(reader, first, blocks)) {
      EXPECT_TRUE(block);
      if (block) result.insert(result.end(), block->begin(), block->end());
    }
    first = next;
  }
  return result;
}

template <class A, class B>
bool same(const std::vector<A>& a, const std::vector<B>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]);
    const auto y = static_cast<double>(b[i]);
    if (!(x == y || (std::isnan(x) && std::isnan(y)))) return false;
  }
  return true;
}

struct Form {
  const char* name;
  Shape extent, chunk;
};

TEST(ShowerReader, PutsEveryNumberWhereItsCoordinatesSay) {
  const std::vector<Form> forms = {
      {"whole rows", {50, 3, 4}, {7, 3, 4}},  {"narrow", {50, 3, 8}, {11, 1, 3}},     {"interleaved", {50, 12, 6}, {20, 2, 1}},
      {"one chunk", {50, 5}, {50, 5}},        {"higher than it is", {50, 5}, {64, 8}}, {"one voxel", {50}, {16}},
      {"ones", {50, 1, 9, 1}, {9, 1, 4, 1}},
  };
  for (const auto& [name, extent, chunk] : forms) {
    const auto numbers = showers<float>(product(extent));
    for (const bool packed : {false, true}) {
      if (packed && !make_inflater()) continue;
      ChunkFile file;
      const StoredNumbers dataset = stored(file, numbers, extent, chunk, packed);
      for (const bool zeros_dropped : {false, true}) {
        for (const unsigned threads : {1U, 3U}) {
          ShowerReader reader(file.descriptor(), {{dataset}, {}, zeros_dropped}, threads);
          EXPECT_TRUE(same(all_rows(reader, 6, 3), numbers)) << name << packed << zeros_dropped << threads;
          EXPECT_TRUE(same(all_rows(reader, 50, 1), numbers)) << name << " once more";
        }
      }
    }
  }
}

TEST(ShowerReader, PutsDatasetsOfAnyChunksSideBySide) {
  ChunkFile file;
  const auto first = showers<float>(90 * 6);
  const auto second = showers<float>(90 * 4);
  std::vector<double> wanted;
  for (std::size_t row = 0; row < 90; ++row) {
    wanted.insert(wanted.end(), first.begin() + std::ptrdiff_t(row * 6), first.begin() + std::ptrdiff_t(row * 6 + 6));
    wanted.insert(wanted.end(), second.begin() + std::ptrdiff_t(row * 4), second.begin() + std::ptrdiff_t(row * 4 + 4));
  }
  const auto a = stored(file, first, {90, 6}, {13, 4});
  const auto b = stored(file, second, {90, 2, 2}, {40, 1, 2});
  for (const bool zeros_dropped : {false, true}) {
    ShowerReader reader(file.descriptor(), {{a, b}, {}, zeros_dropped}, 2);
    EXPECT_EQ(reader.voxels(), 10U);
    EXPECT_TRUE(same(all_rows(reader, 7, 4), wanted));
  }
}

TEST(ShowerReader, ConvertsAsStored) {
  ChunkFile file;
  const auto narrow = showers<float>(40 * 6);
  const auto wide = showers<double>(40 * 6);
  auto permuted = stored(file, narrow, {40, 2, 3}, {9, 1, 2});
  permuted.voxels = {0, 2, 4, 1, 3, 5};
  const auto doubles = stored(file, wide, {40, 6}, {9, 4});
  for (const bool zeros_dropped : {false, true}) {
    ShowerReader reader(file.descriptor(), {{permuted}, {0.1, false}, zeros_dropped}, 1);
    const auto found = all_rows(reader, 40, 1);
    for (std::size_t i = 0; i < narrow.size(); ++i) {
      const auto energy = static_cast<float>(static_cast<double>(narrow[i]) * 0.1);
      const double at = found[i / 6 * 6 + permuted.voxels[i % 6]];
      EXPECT_TRUE(at == energy || (std::isnan(at) && std::isnan(energy))) << i;
    }
    ShowerReader both(file.descriptor(), {{permuted, doubles}, {1000, true}, zeros_dropped}, 2);
    const auto side_by_side = all_rows(both, 40, 1);
    EXPECT_EQ(side_by_side[6], 1000 * wide[0]);
    EXPECT_EQ(side_by_side[12 + 6 + 3], 1000 * wide[9]);
    EXPECT_EQ(side_by_side[12 + 2 * 6], 1000 * double{narrow[12]});
  }
}

TEST(ShowerReader, FillsWhatWasNeverWritten) {
  ChunkFile file;
  auto dataset = stored(file, showers<float>(40 * 4), {40, 4}, {10, 2});
  dataset.chunks[3] = {0, 0, 0, true};
  const float fill = 2.5;
  std::memcpy(dataset.fill.data(), &fill, sizeof fill);
  for (const bool zeros_dropped : {false, true}) {
    ShowerReader reader(file.descriptor(), {{dataset}, {}, zeros_dropped}, 2);
    const auto found = all_rows(reader, 8, 2);
    EXPECT_EQ(found[10 * 4 + 2], 2.5);
    EXPECT_EQ(found[19 * 4 + 3], 2.5);
    EXPECT_EQ(found[9 * 4 + 3], 5.0);
  }
}

TEST(ShowerReader, ReadsOnePieceToItsEnd) {
  ChunkFile file;
  const auto numbers = showers<float>(23 * 5);
  Bytes bytes(numbers.size() * sizeof(float));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  const auto piece = file.put(bytes);
  StoredNumbers dataset;
  dataset.extent = {23, 5};
  dataset.chunk_shape = {10, 5};
  dataset.one_piece = true;
  for (const std::uint64_t row : {0U, 10U, 20U}) {
    dataset.chunks.push_back({piece.position + row * 20, std::min<std::uint64_t>(10, 23 - row) * 20, 0, false});
  }
  ShowerReader reader(file.descriptor(), {{dataset}, {}, false}, 2);
  EXPECT_TRUE(same(all_rows(reader, 4, 3), numbers));
}

TEST(ShowerReader, LeavesOutBlocksWithAChunkThatIsNotSound) {
  const auto numbers = showers<float>(40 * 4);
  const auto check = [&](const std::function<void(ChunkFile&, StoredNumbers&)>& harm, bool packed) {
    for (const bool zeros_dropped : {false, true}) {
      ChunkFile file;
      auto dataset = stored(file, numbers, {40, 4}, {10, 2}, packed);
      harm(file, dataset);
      ShowerReader reader(file.descriptor(), {{dataset}, {}, zeros_dropped}, 2);
      const auto blocks = dense_blocks(reader, 0, {10, 10, 10, 10});
      EXPECT_TRUE(blocks[0] && blocks[1] && blocks[2]);
      EXPECT_FALSE(blocks[3]);
    }
  };
  check([](ChunkFile& file, StoredNumbers&) { file.cut(file.end() - 1); }, false);
  check([](ChunkFile&, StoredNumbers& dataset) { dataset.chunks[6].position = std::uint64_t{1} << 62; }, false);
  check([](ChunkFile&, StoredNumbers& dataset) { dataset.chunks[7].bytes -= 4; }, false);
  check([](ChunkFile&, StoredNumbers& dataset) { dataset.chunks[7].bytes = 0; }, false);
  if (!make_inflater()) return;
  check([](ChunkFile&, StoredNumbers& dataset) { dataset.chunks[7].bytes -= 1; }, true);
  check([](ChunkFile&, StoredNumbers& dataset) { dataset.chunks[6].filters_left_out = 1; }, true);
  check([](ChunkFile& file, StoredNumbers& dataset) { dataset.chunks[7] = file.put(zlib_stream(Bytes(79))); }, true);
  check([](ChunkFile& file, StoredNumbers& dataset) { dataset.chunks[7] = file.put(zlib_stream(Bytes(81))); }, true);
}

TEST(ShowerReader, EndsWhenNobodyWaits) {
  ChunkFile file;
  ShowerReader reader(file.descriptor(), {{stored(file, showers<float>(40 * 4), {40, 4}, {10, 2})}, {}, false}, 2);
  const std::vector<std::uint32_t> blocks{20, 20};
  const auto visit = [](std::size_t, const HitBlock&) { ADD_FAILURE(); };
  EXPECT_EQ(thrown_code([&] { reader.read(0, blocks, incident(40), [] { return false; }, visit); }), ErrorCode::disposed);
  // What was not unpacked then is unpacked now.
  EXPECT_TRUE(same(all_rows(reader, 20, 2), showers<float>(40 * 4)));
}

TEST(ShowerReader, RefusesWhatCannotBe) {
  ChunkFile file;
  const auto sound = stored(file, showers<float>(40 * 4), {40, 4}, {10, 2});
  const auto code = [&](const std::function<void(StoredNumbers&)>& change, EnergyScale scale = {}) {
    auto dataset = sound;
    change(dataset);
    return thrown_code([&] { ShowerReader(file.descriptor(), {{dataset}, scale, false}, 1); });
  };
  EXPECT_EQ(code([](StoredNumbers&) {}), std::nullopt);
  EXPECT_EQ(code([](StoredNumbers& d) { d.chunks.pop_back(); }), ErrorCode::argument);
  EXPECT_EQ(code([](StoredNumbers& d) { d.chunk_shape = {10}; }), ErrorCode::argument);
  EXPECT_EQ(code([](StoredNumbers& d) { d.chunk_shape = {0, 2}; }), ErrorCode::argument);
  EXPECT_EQ(code([](StoredNumbers& d) { d.chunk_shape = {10, 0}; }), ErrorCode::argument);
  EXPECT_EQ(code([](StoredNumbers& d) { d.chunk_shape = {std::uint64_t{1} << 40, 2}; }), ErrorCode::argument);
  EXPECT_EQ(code([](StoredNumbers& d) { d.extent = {std::uint64_t{1} << 60, 4}; }), ErrorCode::argument);
  EXPECT_EQ(code([](StoredNumbers& d) { d.number_bytes = 2; }), ErrorCode::argument);
  EXPECT_EQ(code([](StoredNumbers& d) { d.number_bytes = 8; }), ErrorCode::argument);
  EXPECT_EQ(code([](StoredNumbers& d) { d.voxels = {0, 1, 2, 2}; }), ErrorCode::argument);
  EXPECT_EQ(code([](StoredNumbers& d) { d.voxels = {0, 1, 2, 4}; }), ErrorCode::argument);
  EXPECT_EQ(code([](StoredNumbers& d) { d.one_piece = true; }), ErrorCode::argument);
  ShowerReader reader(file.descriptor(), {{sound}, {}, false}, 1);
  const auto read = [&](std::uint64_t first, std::vector<std::uint32_t> blocks, std::size_t energies) {
    return thrown_code([&] {
      reader.read(first, blocks, incident(energies), [] { return true; }, [](std::size_t, const HitBlock&) {});
    });
  };
  EXPECT_EQ(read(0, {41}, 41), ErrorCode::argument);
  EXPECT_EQ(read(30, {11}, 11), ErrorCode::argument);
  EXPECT_EQ(read(0, {10}, 9), ErrorCode::argument);
  EXPECT_EQ(read(0, {0}, 0), ErrorCode::argument);
  EXPECT_EQ(read(41, {}, 0), ErrorCode::argument);
}

TEST(StoredNumbers, WithoutRowsHoldNothingForChunksThatAreNotThere) {
  StoredNumbers numbers;
  numbers.extent = {0, std::uint64_t{1} << 26};
  numbers.chunk_shape = {1, 1};
  numbers.validate();
  EXPECT_TRUE(runs_of_chunks(numbers).empty());
  numbers.extent = {1, 3};
  EXPECT_EQ(runs_of_chunks(numbers).size(), 3U);
}

}  // namespace
}  // namespace caloscope
