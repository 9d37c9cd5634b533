#include "addon/handles.h"

#include <string>

#include "core/run/error.h"

namespace caloscope::addon {
namespace {

constexpr napi_type_tag handle_tag{0x8f1c9a52c0de4e1bULL, 0xb7a3d5f09c2e6481ULL};

struct Holder {
  HandleKind kind;
  std::shared_ptr<void> object;
  std::int64_t bytes;
};

void account(napi_env env, std::int64_t change) {
  if (change != 0) Napi::MemoryManagement::AdjustExternalMemory(Napi::Env(env), change);
}

void finalize(napi_env env, void* data, void*) {
  const std::unique_ptr<Holder> holder(static_cast<Holder*>(data));
  account(env, -holder->bytes);
}

Holder& holder_of(const Napi::Value& value) {
  bool tagged = false;
  void* data = nullptr;
  const bool found = value.IsObject() &&
                     napi_check_object_type_tag(value.Env(), value, &handle_tag, &tagged) == napi_ok && tagged &&
                     napi_unwrap(value.Env(), value, &data) == napi_ok;
  if (!found) throw Error(ErrorCode::argument, "a value that is not a caloscope handle was given to the core");
  return *static_cast<Holder*>(data);
}

}  // namespace

const char* name(HandleKind kind) {
  switch (kind) {
    case HandleKind::shower_table: return "shower table";
    case HandleKind::feature_table: return "feature table";
    case HandleKind::prepared_samples: return "prepared pair of samples";
    case HandleKind::member: return "classifier member";
    case HandleKind::ensemble: return "classifier ensemble";
    case HandleKind::ranked_scores: return "ranked scores";
    case HandleKind::histogram: return "histogram";
    case HandleKind::row_source: return "row source";
    case HandleKind::hit_exchange: return "exchange of hits";
    case HandleKind::shower_reader: return "shower reader";
    case HandleKind::file_lock: return "lock of a file";
    case HandleKind::job: return "job";
  }
  return "object";
}

Napi::Object make_handle(Napi::Env env, HandleKind kind, std::shared_ptr<void> object, std::size_t bytes) {
  auto handle = Napi::Object::New(env);
  auto holder = std::make_unique<Holder>(Holder{kind, std::move(object), static_cast<std::int64_t>(bytes)});
  napi_status status = napi_type_tag_object(env, handle, &handle_tag);
  if (status == napi_ok) status = napi_wrap(env, handle, holder.get(), finalize, nullptr, nullptr);
  if (status != napi_ok) throw Error(ErrorCode::internal, "a handle could not be made");
  account(env, holder.release()->bytes);
  return handle;
}

std::shared_ptr<void> handle_object(const Napi::Value& value, HandleKind kind) {
  Holder& holder = holder_of(value);
  if (holder.kind != kind) {
    throw Error(ErrorCode::argument, std::string("expected a ") + name(kind) + ", got a " + name(holder.kind));
  }
  if (!holder.object) throw Error(ErrorCode::disposed, std::string("this ") + name(kind) + " was disposed of");
  return holder.object;
}

void set_handle_bytes(const Napi::Value& value, HandleKind kind, std::size_t bytes) {
  handle_object(value, kind);
  Holder& holder = holder_of(value);
  account(value.Env(), static_cast<std::int64_t>(bytes) - holder.bytes);
  holder.bytes = static_cast<std::int64_t>(bytes);
}

Napi::Value dispose(const Napi::CallbackInfo& info) {
  Holder& holder = holder_of(info[0]);
  holder.object.reset();
  account(info.Env(), -holder.bytes);
  holder.bytes = 0;
  return info.Env().Undefined();
}

}  // namespace caloscope::addon
