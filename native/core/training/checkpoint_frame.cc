#include "core/training/checkpoint_frame.h"

#include "core/run/content_hash.h"
#include "core/run/error.h"

namespace caloscope {
namespace {

using Piece = std::span<const std::byte>;

constexpr char magic[8] = {'C', 'A', 'L', 'O', 'S', 'C', 'K', 'P'};
constexpr std::uint32_t format_version = 1;
constexpr std::size_t size_place = sizeof(magic) + sizeof(format_version);

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::checkpoint, what); }

[[noreturn]] void refuse_version() {
  refuse("it was written by another version of caloscope; resume with that one, or delete it to do its part from the "
         "beginning");
}

template <class Number>
Number number_at(Piece bytes, std::size_t place) {
  Number number{};
  std::memcpy(&number, bytes.data() + place, sizeof(number));
  return number;
}

/// The bytes between the size and the checksum, when both are right.
Piece checked_content(Piece bytes) {
  constexpr std::size_t head = size_place + sizeof(std::uint64_t);
  if (bytes.size() < sizeof(magic)) refuse_damaged("it ends too early");
  if (std::memcmp(bytes.data(), magic, sizeof(magic)) != 0) {
    refuse("it is not a checkpoint of caloscope; move it elsewhere");
  }
  if (bytes.size() < head) refuse_damaged("it ends too early");
  if (number_at<std::uint32_t>(bytes, sizeof(magic)) != format_version) refuse_version();
  const auto size = number_at<std::uint64_t>(bytes, size_place);
  if (size != bytes.size() || bytes.size() < head + sizeof(std::uint64_t)) {
    refuse_damaged("it has " + std::to_string(bytes.size()) + " bytes in place of " + std::to_string(size));
  }
  const std::size_t end = bytes.size() - sizeof(std::uint64_t);
  ContentHash hash;
  hash.add(bytes.first(end));
  if (number_at<std::uint64_t>(bytes, end) != hash.value()) refuse_damaged("its checksum is wrong");
  return bytes.subspan(head, end - head);
}

}  // namespace

void refuse_damaged(const std::string& how) {
  refuse("it is damaged (" + how + "); delete it to do its part from the beginning");
}

CheckpointWriter::CheckpointWriter(const TrainingIdentity& identity) {
  for (const char letter : magic) put(letter);
  put(format_version);
  put(std::uint64_t{0});  // the size, when it is known
  put(static_cast<std::uint32_t>(identity.size()));
  for (const auto& [name, value] : identity) {
    put_text(name);
    put_text(value);
  }
}

void CheckpointWriter::put_text(const std::string& text) {
  put(static_cast<std::uint32_t>(text.size()));
  for (const char letter : text) put(letter);
}

void CheckpointWriter::save(CheckpointStore& store, std::uint32_t number) {
  std::uint64_t size = head_.size() + sizeof(std::uint64_t);
  for (const auto& vector : vectors_) size += vector.size();
  std::memcpy(head_.data() + size_place, &size, sizeof(size));
  std::vector<Piece> pieces{head_};
  pieces.insert(pieces.end(), vectors_.begin(), vectors_.end());
  ContentHash hash;
  for (const auto& piece : pieces) hash.add(piece);
  const std::uint64_t checksum = hash.value();
  pieces.push_back(std::as_bytes(std::span(&checksum, 1)));
  store.save(number, pieces);
}

CheckpointReader::CheckpointReader(Piece bytes, const TrainingIdentity& expected) : rest_(checked_content(bytes)) {
  require_identity(expected);
}

void CheckpointReader::take(std::span<std::byte> bytes) {
  if (bytes.size() > rest_.size()) refuse_damaged("it ends too early");
  if (!bytes.empty()) std::memcpy(bytes.data(), rest_.data(), bytes.size());
  rest_ = rest_.subspan(bytes.size());
}

void CheckpointReader::require_end() const {
  if (!rest_.empty()) refuse_damaged("it is too long");
}

std::string CheckpointReader::text() {
  const auto size = number<std::uint32_t>();
  if (size > rest_.size()) refuse_damaged("it ends too early");
  std::string text(size, '\0');
  take(std::as_writable_bytes(std::span(text)));
  return text;
}

void CheckpointReader::require_identity(const TrainingIdentity& expected) {
  const auto count = number<std::uint32_t>();
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto name = text();
    const auto value = text();
    if (i >= expected.size() || name != expected[i].name) refuse_version();
    if (value != expected[i].value) {
      refuse("it is of another training: " + name + " was " + value + " and is " + expected[i].value +
             " now; resume with the same samples, options and kernel set (CALOSCOPE_KERNELS), or start from the beginning "
             "without it");
    }
  }
  if (count != expected.size()) refuse_version();
}

}  // namespace caloscope
