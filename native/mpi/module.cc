#include <napi.h>

#include <chrono>
#include <cstring>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "mpi/post.h"

namespace caloscope::mpi {
namespace {

/// Raised whenever src/native/contract/message-passing.ts changes; the loader refuses another number.
constexpr int abi_version = 1;

/// How long the end of a process waits for the thread that talks to MPI.
constexpr std::chrono::seconds patience{1};

/// A Post on a thread of its own that tells JavaScript what comes. There is one a process, as MPI can be initialised once. The
/// thread shares it: at the end of the process it may hang in MPI and is left behind.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  void start(napi_env env, const Napi::Function& notify) {
    notify_ = Napi::ThreadSafeFunction::New(env, notify, "caloscope MPI", 0, 1);
    open_ = napi_add_env_cleanup_hook(env, environment_ends, this) == napi_ok;
    std::thread([self = shared_from_this()] { self->run(); }).detach();
  }

  Post& post() { return post_; }

 private:
  static void environment_ends(void* data) {
    const auto self = static_cast<Connection*>(data)->shared_from_this();
    {
      const std::lock_guard lock(self->gate_);
      if (std::exchange(self->open_, false)) self->notify_.Release();
    }
    self->post_.leave();
    self->ended_.get_future().wait_for(patience);
  }

  void run() {
    std::string failure;
    try {
      post_.run({[this](const Place& place) { tell_place(place); }, [this](Message message) { tell(std::move(message)); }});
    } catch (const std::exception& error) {
      failure = error.what();
    }
    call([failure](Napi::Env env, const Napi::Function& notify) {
      if (failure.empty()) notify.Call({Napi::String::New(env, "closed")});
      else notify.Call({Napi::String::New(env, "failed"), Napi::String::New(env, failure)});
    });
    {
      const std::lock_guard lock(gate_);
      if (std::exchange(open_, false)) notify_.Release();
    }
    ended_.set_value();
  }

  void tell_place(const Place& place) {
    call([place](Napi::Env env, const Napi::Function& notify) {
      auto record = Napi::Object::New(env);
      record.Set("rank", place.rank);
      record.Set("ranks", place.ranks);
      record.Set("host", place.host);
      record.Set("library", place.library);
      notify.Call({Napi::String::New(env, "opened"), record});
    });
  }

  void tell(Message message) {
    const auto shared = std::make_shared<Message>(std::move(message));
    call([shared](Napi::Env env, const Napi::Function& notify) {
      auto* const kept = new std::shared_ptr<Message>(shared);
      const std::size_t size = shared->bytes.size();
      const auto buffer = size == 0 ? Napi::ArrayBuffer::New(env, 0)
                                    : Napi::ArrayBuffer::New(env, shared->bytes.data(), size, [kept](Napi::Env, void*) { delete kept; });
      if (size == 0) delete kept;
      notify.Call({Napi::String::New(env, "message"), Napi::Number::New(env, shared->rank),
                   Napi::Number::New(env, shared->kind), Napi::Uint8Array::New(env, size, buffer, 0)});
    });
  }

  /// Has `what` called on the JavaScript thread, unless the environment ends.
  template <class Call>
  void call(const Call& what) {
    const std::lock_guard lock(gate_);
    if (!open_) return;
    const auto status = notify_.NonBlockingCall([what](Napi::Env env, const Napi::Function& notify) {
      const Napi::HandleScope scope(env);
      what(env, notify);
    });
    if (status == napi_closing) open_ = false;
  }

  Post post_;
  std::mutex gate_;
  bool open_ = false;  ///< whether `notify_` may be called; guarded by `gate_`
  Napi::ThreadSafeFunction notify_;
  std::promise<void> ended_;
};

std::shared_ptr<Connection> connection;

Connection& connected(const Napi::Env& env) {
  if (!connection) throw Napi::Error::New(env, "MPI was not opened");
  return *connection;
}

/// open(notify)
void open_connection(const Napi::CallbackInfo& info) {
  if (connection) throw Napi::Error::New(info.Env(), "MPI was opened before");
  if (!info[0].IsFunction()) throw Napi::TypeError::New(info.Env(), "`notify` must be a function");
  connection = std::make_shared<Connection>();
  connection->start(info.Env(), info[0].As<Napi::Function>());
}

/// send(rank, kind, bytes)
void send_message(const Napi::CallbackInfo& info) {
  if (!info[0].IsNumber() || !info[1].IsNumber() || !info[2].IsTypedArray()) {
    throw Napi::TypeError::New(info.Env(), "a rank, a kind and bytes are sent");
  }
  const auto bytes = info[2].As<Napi::Uint8Array>();
  Message message{info[0].As<Napi::Number>().Int32Value(), info[1].As<Napi::Number>().Uint32Value(), {}};
  message.bytes.resize(bytes.ByteLength());
  if (!message.bytes.empty()) std::memcpy(message.bytes.data(), bytes.Data(), message.bytes.size());
  connected(info.Env()).post().send(std::move(message));
}

/// close(): what was sent goes, then MPI_Finalize; 'closed' is told.
void close_connection(const Napi::CallbackInfo& info) { connected(info.Env()).post().close(); }

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  exports.Set("abiVersion", abi_version);
  exports.Set("open", Napi::Function::New(env, open_connection));
  exports.Set("send", Napi::Function::New(env, send_message));
  exports.Set("close", Napi::Function::New(env, close_connection));
  return exports;
}

NODE_API_MODULE(caloscope_mpi, initialise)

}  // namespace
}  // namespace caloscope::mpi
