#pragma once

#include <napi.h>

#include <functional>
#include <memory>

#include "core/run/job_control.h"

namespace caloscope::addon {

/// Makes the JavaScript result of a job; runs on the JavaScript thread after the work has ended.
using JobResult = std::function<Napi::Value(Napi::Env)>;

/// The work of a job, on a thread of its own. It must own all that it touches (copies, shared pointers to native
/// objects) and ask `control.check()` often enough that a cancel is felt within milliseconds.
using JobWork = std::function<JobResult(JobControl& control)>;

/// Starts `work` on a thread of its own and returns a job handle for `cancelJob`. `notify` is a JavaScript function
/// called as notify('progress', done, total, message), at most one call waiting at a time, and at the end exactly
/// once as notify('done', result) or notify('failed', error) with a `code` on the error. What `notify` throws is lost.
Napi::Value start_job(const Napi::Value& notify, JobWork work);

/// cancelJob(handle): asks the job to stop; it then ends with ERR_CANCELLED.
Napi::Value cancel_job(const Napi::CallbackInfo& info);

/// Must be called once when the addon is loaded: when the environment ends, its jobs are cancelled and joined.
void prepare_jobs(Napi::Env env);

/// A JavaScript error with the stable code of the exception that is being handled. Call inside a catch block.
Napi::Error current_exception_as_error(Napi::Env env);

}  // namespace caloscope::addon
