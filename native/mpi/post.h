#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace caloscope::mpi {

/// Bytes that go to a rank, or came from it. What kinds there are is for those to know who write them.
struct Message {
  int rank;
  std::uint32_t kind;
  std::vector<std::byte> bytes;
};

/// Where in an MPI job a process is.
struct Place {
  int rank;
  int ranks;
  std::string host;
  std::string library;  ///< first line of the version of MPI
};

/// Messages between the ranks of an MPI job. Every call of MPI is made by one thread, that of `run`, so that
/// MPI_THREAD_FUNNELED is enough; it waits without spinning. Messages from one rank to another arrive in their order.
class Post {
 public:
  /// Called on the thread of `run`.
  struct Events {
    std::function<void(const Place&)> opened;
    std::function<void(Message)> received;
  };

  /// From MPI_Init_thread to MPI_Finalize, once `close` was called and all that was sent has gone. Throws std::runtime_error
  /// for what MPI refuses, where it does not end the process itself.
  void run(const Events& events);

  // From any thread.
  void send(Message message);
  void close();
  /// Ends `run` without MPI_Finalize, as the process ends.
  void leave();

 private:
  class Outgoing;
  class Incoming;

  std::optional<Message> next_to_send();
  bool is_over(bool all_sent);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Message> waiting_;
  bool closing_ = false;
  bool leaving_ = false;
};

}  // namespace caloscope::mpi
