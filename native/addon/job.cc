#include "addon/job.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "addon/handles.h"
#include "core/run/error.h"

namespace caloscope::addon {
namespace {

class Job;

/// The running jobs of one environment (the main thread or a worker thread). Lives as instance data.
struct RunningJobs {
  std::vector<std::shared_ptr<Job>> jobs;
  ~RunningJobs();
};

/// One thread, one thread-safe function, one cancel flag. The thread never waits for the JavaScript thread and, once the
/// environment ends, calls it no more, so that the environment can wait for the thread.
class Job : public std::enable_shared_from_this<Job> {
 public:
  explicit Job(JobWork work) : control_([this](const Progress& p) { report(p); }), work_(std::move(work)) {}

  void start(napi_env env, const Napi::Function& notify) {
    notify_ = Napi::ThreadSafeFunction::New(env, notify, "caloscope job", 0, 1);
    // Hooks run in reverse order: this one before that of the function.
    open_ = napi_add_env_cleanup_hook(env, environment_ends, this) == napi_ok;
    try {
      if (!open_) throw Error(ErrorCode::cancelled, "the environment ends");
      thread_ = std::thread([this] { run(); });
    } catch (...) {
      if (open_) napi_remove_env_cleanup_hook(env, environment_ends, this);
      notify_.Release();
      throw;
    }
  }

  void cancel() noexcept { control_.cancel(); }

  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  /// Before the thread-safe function is closed: from then on calls of it could wait for this thread, or be too late.
  static void environment_ends(void* data) {
    auto* const job = static_cast<Job*>(data);
    job->cancel();
    {
      const std::lock_guard lock(job->gate_);
      if (std::exchange(job->open_, false)) job->notify_.Release();
    }
    job->join();
  }

  void run() {
    try {
      result_ = work_(control_);
    } catch (...) {
      failure_ = std::current_exception();
    }
    work_ = nullptr;
    call([](Job& job, Napi::Env env, const Napi::Function& notify) { job.settle(env, notify); });
    const std::lock_guard lock(gate_);
    if (std::exchange(open_, false)) notify_.Release();
  }

  void settle(Napi::Env env, const Napi::Function& notify) {
    napi_remove_env_cleanup_hook(env, environment_ends, this);
    join();
    std::erase(env.GetInstanceData<RunningJobs>()->jobs, shared_from_this());
    quietly([&] { notify_end(env, notify, std::exchange(result_, nullptr), failure_); });
  }

  /// Has `what` called on the JavaScript thread, unless the environment ends. What still waits then is lost: it owns nothing.
  template <class Call>
  void call(const Call& what) {
    const std::lock_guard lock(gate_);
    if (!open_) return;
    const auto on_javascript_thread = [what, job = weak_from_this()](Napi::Env env, const Napi::Function& notify) {
      if (const auto self = job.lock()) what(*self, env, notify);
    };
    const auto status = notify_.NonBlockingCall(on_javascript_thread);
    // It has given up this thread's share then: releasing it again would be a use after free.
    if (status == napi_closing) open_ = false;
  }

  /// Calls into JavaScript fail while the environment ends, and a `notify` may throw: neither may reach the event loop as
  /// a C++ exception, which would end the process.
  template <class Call>
  static void quietly(const Call& call) {
    try {
      call();
    } catch (const Napi::Error&) {
    }
  }

  static void notify_end(Napi::Env env, const Napi::Function& notify, const JobResult& result,
                         const std::exception_ptr& failure) {
    const Napi::HandleScope scope(env);
    if (failure) {
      notify.Call({Napi::String::New(env, "failed"), as_error(env, failure)});
      return;
    }
    Napi::Value value;
    try {
      value = result(env);
    } catch (const Napi::Error& error) {
      notify.Call({Napi::String::New(env, "failed"), error.Value()});
      return;
    } catch (...) {
      notify.Call({Napi::String::New(env, "failed"), current_exception_as_error(env).Value()});
      return;
    }
    notify.Call({Napi::String::New(env, "done"), value});
  }

  static Napi::Value as_error(Napi::Env env, const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (...) {
      return current_exception_as_error(env).Value();
    }
  }

  /// Runs on the job's threads, one at a time (JobControl sees to it). While a call waits it is given what is newer, so
  /// that the last progress arrives however busy the JavaScript thread is.
  void report(const Progress& progress) {
    {
      const std::lock_guard lock(newest_mutex_);
      newest_ = progress;
    }
    if (progress_waiting_.exchange(true)) return;
    call([](Job& job, Napi::Env env, const Napi::Function& notify) {
      job.progress_waiting_ = false;
      const Progress latest = job.newest();
      quietly([&] {
        const Napi::HandleScope scope(env);
        notify.Call({Napi::String::New(env, "progress"), Napi::Number::New(env, latest.done),
                     Napi::Number::New(env, latest.total), Napi::String::New(env, latest.message)});
      });
    });
  }

  Progress newest() {
    const std::lock_guard lock(newest_mutex_);
    return newest_;
  }

  JobControl control_;
  JobWork work_;
  JobResult result_;
  std::exception_ptr failure_;
  std::mutex gate_;
  /// Whether the thread may call `notify_`, of which it then has a share; guarded by `gate_`.
  bool open_ = false;
  Napi::ThreadSafeFunction notify_;
  std::thread thread_;
  std::mutex newest_mutex_;
  Progress newest_;
  std::atomic<bool> progress_waiting_{false};
};

RunningJobs::~RunningJobs() {
  for (const auto& job : jobs) job->cancel();
  for (const auto& job : jobs) job->join();
}

Napi::Error coded_error(Napi::Env env, ErrorCode code, const std::string& message) {
  auto error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, std::string(name_of(code))));
  return error;
}

Napi::Error out_of_memory(Napi::Env env) {
  return coded_error(env, ErrorCode::memory, "not enough memory; use fewer showers, members or a smaller network");
}

}  // namespace

Napi::Error current_exception_as_error(Napi::Env env) {
  try {
    throw;
  } catch (const Error& error) {
    return coded_error(env, error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return out_of_memory(env);
  } catch (const std::length_error&) {  // more than any memory holds
    return out_of_memory(env);
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::resource_unavailable_try_again && error.code() != std::errc::not_enough_memory) {
      return coded_error(env, ErrorCode::internal, std::string("the system refused what the core needs: ") + error.what());
    }
    return coded_error(env, ErrorCode::memory, "no thread can be started: there is no memory, or no process (ulimit -u) left");
  } catch (const std::exception& error) {
    return coded_error(env, ErrorCode::internal, std::string("the core failed unexpectedly: ") + error.what());
  }
}

void prepare_jobs(Napi::Env env) { env.SetInstanceData(new RunningJobs); }

Napi::Value start_job(const Napi::Value& notify, JobWork work) {
  if (!notify.IsFunction()) throw Error(ErrorCode::argument, "`notify` must be a function");
  const Napi::Env env = notify.Env();
  auto job = std::make_shared<Job>(std::move(work));
  auto& jobs = env.GetInstanceData<RunningJobs>()->jobs;
  jobs.reserve(jobs.size() + 1);
  job->start(env, notify.As<Napi::Function>());
  jobs.push_back(job);
  return make_handle(env, HandleKind::job, job, 0);
}

Napi::Value cancel_job(const Napi::CallbackInfo& info) {
  from_handle<Job>(info[0], HandleKind::job)->cancel();
  return info.Env().Undefined();
}

}  // namespace caloscope::addon
