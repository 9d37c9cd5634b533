#include "addon/job.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>
#include <thread>
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

/// One thread, one thread-safe function, one cancel flag.
class Job : public std::enable_shared_from_this<Job> {
 public:
  explicit Job(JobWork work) : control_([this](const Progress& p) { report(p); }), work_(std::move(work)) {}

  void start(Napi::Env env, const Napi::Function& notify) {
    notify_ = Napi::ThreadSafeFunction::New(env, notify, "caloscope job", 0, 1);
    try {
      thread_ = std::thread([this] { run(); });
    } catch (...) {
      notify_.Release();
      throw;
    }
  }

  void cancel() noexcept { control_.cancel(); }

  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    JobResult result;
    std::exception_ptr failure;
    try {
      result = work_(control_);
    } catch (...) {
      failure = std::current_exception();
    }
    work_ = nullptr;
    const auto settle = [self = shared_from_this(), result = std::move(result), failure](Napi::Env env,
                                                                                         Napi::Function notify) {
      self->join();
      std::erase(env.GetInstanceData<RunningJobs>()->jobs, self);
      quietly([&] { notify_end(env, notify, result, failure); });
    };
    // A call that answers "closing" has given up this thread's share: releasing it again would be a use after free.
    if (!closing_ && notify_.BlockingCall(settle) == napi_ok) notify_.Release();
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
    if (closing_ || progress_waiting_.exchange(true)) return;
    const auto status = notify_.NonBlockingCall([self = shared_from_this()](Napi::Env env, Napi::Function notify) {
      self->progress_waiting_ = false;
      const Progress latest = self->newest();
      quietly([&] {
        const Napi::HandleScope scope(env);
        notify.Call({Napi::String::New(env, "progress"), Napi::Number::New(env, latest.done),
                     Napi::Number::New(env, latest.total), Napi::String::New(env, latest.message)});
      });
    });
    if (status == napi_closing) closing_ = true;
  }

  Progress newest() {
    const std::lock_guard lock(newest_mutex_);
    return newest_;
  }

  JobControl control_;
  JobWork work_;
  Napi::ThreadSafeFunction notify_;
  std::thread thread_;
  std::mutex newest_mutex_;
  Progress newest_;
  std::atomic<bool> progress_waiting_{false};
  std::atomic<bool> closing_{false};
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

}  // namespace

Napi::Error current_exception_as_error(Napi::Env env) {
  try {
    throw;
  } catch (const Error& error) {
    return coded_error(env, error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return coded_error(env, ErrorCode::memory, "not enough memory; use fewer showers, members or a smaller network");
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
