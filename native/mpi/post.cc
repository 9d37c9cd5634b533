#include "mpi/post.h"

#include <mpi.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <stdexcept>
#include <utility>

namespace caloscope::mpi {
namespace {

constexpr int tag = 0;
/// MPI counts in int: a message goes in pieces, behind a head that says how much comes.
constexpr std::size_t piece_bytes = std::size_t{1} << 26;

struct Head {
  std::uint64_t kind;
  std::uint64_t bytes;
};

constexpr std::chrono::microseconds shortest_pause{50}, longest_pause{5000};

void require(int status, const char* call) {
  if (status == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(status, text.data(), &length);
  throw std::runtime_error(std::string(call) + ": " + text.data());
}

Place open() {
  int provided = MPI_THREAD_SINGLE;
  require(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
  if (provided < MPI_THREAD_FUNNELED) throw std::runtime_error("this MPI was built without threads");
  require(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  Place place{};
  require(MPI_Comm_rank(MPI_COMM_WORLD, &place.rank), "MPI_Comm_rank");
  require(MPI_Comm_size(MPI_COMM_WORLD, &place.ranks), "MPI_Comm_size");
  std::array<char, MPI_MAX_PROCESSOR_NAME> host{};
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> library{};
  int length = 0;
  require(MPI_Get_processor_name(host.data(), &length), "MPI_Get_processor_name");
  require(MPI_Get_library_version(library.data(), &length), "MPI_Get_library_version");
  place.host = host.data();
  place.library = library.data();
  place.library.resize(std::min(place.library.size(), place.library.find('\n')));
  return place;
}

}  // namespace

/// What is on its way: one piece at a time.
class Post::Outgoing {
 public:
  bool idle() const { return !message_; }

  void start(Message message) {
    message_ = std::move(message);
    head_ = {message_->kind, message_->bytes.size()};
    sent_ = 0;
    begin(&head_, sizeof(head_));
  }

  /// Whether something went on.
  bool step() {
    int done = 0;
    require(MPI_Test(&request_, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (!done) return false;
    if (sent_ == message_->bytes.size()) {
      message_.reset();
      return true;
    }
    const std::size_t piece = std::min(piece_bytes, message_->bytes.size() - sent_);
    begin(message_->bytes.data() + sent_, piece);
    sent_ += piece;
    return true;
  }

 private:
  void begin(const void* bytes, std::size_t count) {
    require(MPI_Isend(bytes, static_cast<int>(count), MPI_BYTE, message_->rank, tag, MPI_COMM_WORLD, &request_),
            "MPI_Isend");
  }

  std::optional<Message> message_;
  Head head_{};
  std::size_t sent_ = 0;
  MPI_Request request_ = MPI_REQUEST_NULL;
};

/// What comes, from several ranks at once.
class Post::Incoming {
 public:
  /// Whether something came.
  bool step(const Events& events) {
    int there = 0, count = 0;
    MPI_Status status{};
    require(MPI_Iprobe(MPI_ANY_SOURCE, tag, MPI_COMM_WORLD, &there, &status), "MPI_Iprobe");
    if (!there) return false;
    require(MPI_Get_count(&status, MPI_BYTE, &count), "MPI_Get_count");
    const int rank = status.MPI_SOURCE;
    const auto size = static_cast<std::size_t>(count);
    const auto found = open_.find(rank);
    auto& [message, filled] = found == open_.end() ? begun(rank, size) : found->second;
    if (found != open_.end()) {
      if (size > message.bytes.size() - filled) throw std::runtime_error("a message is longer than it says");
      receive(message.bytes.data() + filled, size, rank);
      filled += size;
    }
    if (filled < message.bytes.size()) return true;
    Message whole = std::move(message);
    open_.erase(rank);
    events.received(std::move(whole));
    return true;
  }

 private:
  struct Partial {
    Message message;
    std::size_t filled;
  };

  Partial& begun(int rank, std::size_t size) {
    Head head{};
    if (size != sizeof(head)) throw std::runtime_error("a message comes without its head");
    receive(&head, sizeof(head), rank);
    std::vector<std::byte> bytes(head.bytes);
    return open_.emplace(rank, Partial{{rank, static_cast<std::uint32_t>(head.kind), std::move(bytes)}, 0}).first->second;
  }

  static void receive(void* to, std::size_t count, int rank) {
    require(MPI_Recv(to, static_cast<int>(count), MPI_BYTE, rank, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE), "MPI_Recv");
  }

  std::map<int, Partial> open_;
};

void Post::run(const Events& events) {
  events.opened(open());
  Outgoing outgoing;
  Incoming incoming;
  auto pause = shortest_pause;
  while (!is_over(outgoing.idle())) {
    if (outgoing.idle()) {
      if (auto message = next_to_send()) outgoing.start(std::move(*message));
    }
    const bool sent = !outgoing.idle() && outgoing.step();
    const bool received = incoming.step(events);
    if (sent || received) {
      pause = shortest_pause;
      continue;
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, pause);
    pause = std::min(2 * pause, longest_pause);
  }
  {
    const std::lock_guard lock(mutex_);
    if (leaving_) return;
  }
  require(MPI_Finalize(), "MPI_Finalize");
}

void Post::send(Message message) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(message));
  changed_.notify_one();
}

void Post::close() {
  const std::lock_guard lock(mutex_);
  closing_ = true;
  changed_.notify_one();
}

void Post::leave() {
  const std::lock_guard lock(mutex_);
  leaving_ = true;
  changed_.notify_one();
}

std::optional<Message> Post::next_to_send() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return std::nullopt;
  Message message = std::move(waiting_.front());
  waiting_.pop_front();
  return message;
}

bool Post::is_over(bool all_sent) {
  const std::lock_guard lock(mutex_);
  return leaving_ || (closing_ && all_sent && waiting_.empty());
}

}  // namespace caloscope::mpi
