#include <filesystem>
#include <memory>
#include <string>

#include "addon/arguments.h"
#include "addon/handles.h"
#include "addon/operations.h"
#include "core/run/error.h"
#include "files/file_lock.h"

namespace caloscope::addon {
namespace {

std::string text_argument(const Napi::Value& value, const char* what) {
  if (!value.IsString()) throw Error(ErrorCode::argument, std::string("`") + what + "` must be a text");
  return value.As<Napi::String>().Utf8Value();
}

/// lockFile(path, busy) → handle, or null where the file system has no locks
Napi::Value lock_file(const Napi::CallbackInfo& info) {
  const std::filesystem::path path = text_argument(info[0], "path");
  auto lock = std::make_shared<FileLock>(path, Error(ErrorCode::output, text_argument(info[1], "busy")));
  if (!lock->held()) return info.Env().Null();
  return make_handle(info.Env(), HandleKind::file_lock, std::move(lock), 0);
}

}  // namespace

void add_file_operations(Napi::Env env, Napi::Object exports) {
  add_operation<lock_file>(env, exports, "lockFile");
}

}  // namespace caloscope::addon
