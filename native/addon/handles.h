#pragma once

#include <napi.h>

#include <memory>

namespace caloscope::addon {

/// Kinds of native objects that JavaScript can hold. The number is checked on every use.
enum class HandleKind : int {
  shower_table,
  feature_table,
  prepared_samples,
  member,
  ensemble,
  ranked_scores,
  histogram,
  row_source,
  hit_exchange,
  shower_reader,
  file_lock,
  job
};

const char* name(HandleKind kind);

/// A JavaScript object that keeps `object` alive until it is disposed of or collected. `bytes` is what V8 is
/// told about memory that it cannot see.
Napi::Object make_handle(Napi::Env env, HandleKind kind, std::shared_ptr<void> object, std::size_t bytes);

/// The native object of a handle. Throws Error: ERR_ARGUMENT for anything that is not a handle of that kind,
/// ERR_DISPOSED after dispose.
std::shared_ptr<void> handle_object(const Napi::Value& value, HandleKind kind);

template <class T>
std::shared_ptr<T> from_handle(const Napi::Value& value, HandleKind kind) {
  return std::static_pointer_cast<T>(handle_object(value, kind));
}

/// Updates what V8 knows of the memory behind a handle that grew.
void set_handle_bytes(const Napi::Value& value, HandleKind kind, std::size_t bytes);

/// dispose(handle): lets go of the native object; a running job that uses it keeps it until it ends.
Napi::Value dispose(const Napi::CallbackInfo& info);

}  // namespace caloscope::addon
