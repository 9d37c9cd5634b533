#include "core/training/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "core/run/content_hash.h"
#include "core/run/error.h"

namespace caloscope {
namespace {

constexpr char magic[8] = {'C', 'A', 'L', 'O', 'S', 'C', 'K', 'P'};
constexpr std::uint32_t format_version = 1;
constexpr std::size_t size_place = sizeof(magic) + sizeof(format_version);

using Piece = std::span<const std::byte>;

/// Calls visit(numbers) for all numbers of a network in the order of the format.
template <class AnyNetwork, class Visit>
void for_each_part(AnyNetwork& network, const Visit& visit) {
  const auto part = [&](const auto& tensor) { visit(tensor.values); };
  network.standardisation.for_each_tensor(part);
  for_each_tensor(network.blocks, part);
}

// --- writing ---

void put(std::vector<std::byte>& bytes, const void* data, std::size_t size) {
  const auto* first = static_cast<const std::byte*>(data);
  bytes.insert(bytes.end(), first, first + size);
}

template <class Number>
void put_number(std::vector<std::byte>& bytes, Number number) {
  put(bytes, &number, sizeof(number));
}

void put_text(std::vector<std::byte>& bytes, const std::string& text) {
  put_number(bytes, static_cast<std::uint32_t>(text.size()));
  put(bytes, text.data(), text.size());
}

/// All that comes before the large vectors; the size is filled in later.
std::vector<std::byte> head_of(const TrainingIdentity& identity, const TrainingRecord& record) {
  std::vector<std::byte> head;
  put(head, magic, sizeof(magic));
  put_number(head, format_version);
  put_number(head, std::uint64_t{0});
  put_number(head, static_cast<std::uint32_t>(identity.size()));
  for (const auto& [name, value] : identity) {
    put_text(head, name);
    put_text(head, value);
  }
  put_number(head, static_cast<std::uint32_t>(record.epochs.size()));
  for (const auto& epoch : record.epochs) {
    put_number(head, epoch.training_loss);
    put_number(head, epoch.validation_loss);
    put_number(head, epoch.learning_rate);
  }
  return head;
}

// --- reading ---

/// What is wrong with a checkpoint, and what to do; its place is said by who knows it.
[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::checkpoint, what); }

[[noreturn]] void refuse_damaged(const std::string& how) {
  refuse("it is damaged (" + how + "); delete it to train its network from the beginning");
}

[[noreturn]] void refuse_version() {
  refuse("it was written by another version of caloscope; resume with that one, or delete it to train its network from "
         "the beginning");
}

class Reader {
 public:
  explicit Reader(Piece bytes) : rest_(bytes) {}

  void take(void* data, std::size_t size) {
    if (size > rest_.size()) refuse_damaged("it ends too early");
    if (size > 0) std::memcpy(data, rest_.data(), size);
    rest_ = rest_.subspan(size);
  }

  void take(std::span<float> numbers) { take(numbers.data(), numbers.size_bytes()); }

  template <class Number>
  Number number() {
    Number number{};
    take(&number, sizeof(number));
    return number;
  }

  std::string text() {
    const auto size = number<std::uint32_t>();
    if (size > rest_.size()) refuse_damaged("it ends too early");
    std::string text(size, '\0');
    take(text.data(), size);
    return text;
  }

  bool at_end() const { return rest_.empty(); }

 private:
  Piece rest_;
};

/// The bytes between the size and the checksum, when both are right.
Piece checked_content(Piece bytes) {
  Reader reader(bytes);
  char first[sizeof(magic)];
  if (bytes.size() < sizeof(magic)) refuse_damaged("it ends too early");
  reader.take(first, sizeof(magic));
  if (std::memcmp(first, magic, sizeof(magic)) != 0) refuse("it is not a checkpoint of caloscope; move it elsewhere");
  if (reader.number<std::uint32_t>() != format_version) refuse_version();
  const auto size = reader.number<std::uint64_t>();
  constexpr std::size_t frame = size_place + 2 * sizeof(std::uint64_t);
  if (size != bytes.size() || bytes.size() < frame) {
    refuse_damaged("it has " + std::to_string(bytes.size()) + " bytes in place of " + std::to_string(size));
  }
  const std::size_t end = bytes.size() - sizeof(std::uint64_t);
  ContentHash hash;
  hash.add(bytes.first(end));
  if (Reader(bytes.subspan(end)).number<std::uint64_t>() != hash.value()) refuse_damaged("its checksum is wrong");
  return bytes.subspan(size_place + sizeof(size), end - size_place - sizeof(size));
}

void read_identity(Reader& reader, const TrainingIdentity& expected) {
  const auto count = reader.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto name = reader.text();
    const auto value = reader.text();
    if (i >= expected.size() || name != expected[i].name) refuse_version();
    if (value != expected[i].value) {
      refuse("it is of another training: " + name + " was " + value + " and is " + expected[i].value +
             " now; resume with the same samples, options and kernel set (CALOSCOPE_KERNELS), or start from the beginning "
             "without it");
    }
  }
  if (count != expected.size()) refuse_version();
}

TrainingCourse read_course(Reader& reader, const TrainingTask& task) {
  TrainingCourse course(task);
  const auto epochs = reader.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < epochs; ++i) {
    EpochRecord entry;
    entry.training_loss = reader.number<double>();
    entry.validation_loss = reader.number<double>();
    entry.learning_rate = reader.number<double>();
    if (course.over() || !std::isfinite(entry.training_loss) || !std::isfinite(entry.validation_loss)) {
      refuse_damaged("its epochs contradict each other");
    }
    course.note(entry);
  }
  if (epochs == 0) refuse_damaged("it has no epoch");
  return course;
}

Network read_network(Reader& reader, const NetworkShape& shape) {
  Network network = zero_network(shape);
  for_each_part(network, [&](std::span<float> part) { reader.take(part); });
  return network;
}

std::vector<AdamMoments> read_moments(Reader& reader, const Network& network) {
  auto moments = first_moments(network);
  for (auto& [mean, square] : moments) {
    reader.take(std::span(mean));
    reader.take(std::span(square));
  }
  return moments;
}

TrainingState parse(Piece bytes, const TrainingTask& task, const TrainingIdentity& identity) {
  Reader reader(checked_content(bytes));
  read_identity(reader, identity);
  TrainingState state{read_course(reader, task), {}, {}, {}};
  state.best = read_network(reader, task.shape);
  if (!state.course.over()) {
    state.network = state.course.at_best() ? state.best : read_network(reader, task.shape);
    state.moments = read_moments(reader, state.network);
  }
  if (!reader.at_end()) refuse_damaged("it is too long");
  return state;
}

}  // namespace

TrainingIdentity Checkpoints::identity_with(const TrainingTask& task) const {
  TrainingIdentity identity = training_;
  for (const auto& part : {settings_identity(task), samples_, rows_identity(task)}) {
    identity.insert(identity.end(), part.begin(), part.end());
  }
  return identity;
}

std::optional<TrainingState> Checkpoints::load(const TrainingTask& task) const {
  const auto bytes = store_.load(task.number);
  if (!bytes) return std::nullopt;
  try {
    return parse(*bytes, task, identity_with(task));
  } catch (const Error& error) {
    throw Error(error.code(), store_.place(task.number) + ": " + error.what());
  }
}

void Checkpoints::save(const TrainingTask& task, const TrainingCourse& course, const Network& best,
                       const Network& network, const std::vector<AdamMoments>& moments) const {
  auto head = head_of(identity_with(task), course.record());
  std::vector<Piece> pieces(1);
  const auto add = [&](std::span<const float> part) { pieces.push_back(std::as_bytes(part)); };
  for_each_part(best, add);
  if (!course.over()) {
    if (!course.at_best()) for_each_part(network, add);
    for (const auto& [mean, square] : moments) {
      add(mean);
      add(square);
    }
  }
  std::uint64_t size = head.size() + sizeof(std::uint64_t);
  for (const auto& piece : pieces) size += piece.size();
  std::memcpy(head.data() + size_place, &size, sizeof(size));
  pieces.front() = head;
  ContentHash hash;
  for (const auto& piece : pieces) hash.add(piece);
  const std::uint64_t checksum = hash.value();
  pieces.push_back(std::as_bytes(std::span(&checksum, 1)));
  store_.save(task.number, pieces);
}

}  // namespace caloscope
