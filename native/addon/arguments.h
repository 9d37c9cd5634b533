#pragma once

#include <napi.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/run/error.h"
#include "core/run/names.h"

namespace caloscope::addon {

// Decoding of JavaScript values into plain C++ ones. TypeScript has validated what a user gave; what is checked
// here is what memory safety depends on, so the messages speak to direct callers of the core.
// All functions throw Error(argument) when a value is not what is requested.

Napi::Object object_argument(const Napi::Value& value, const char* what);
Napi::Array list_argument(const Napi::Value& value, const char* what);
double number(const Napi::Object& record, const char* key);
/// A whole number in [0, 2^53].
std::uint64_t count(const Napi::Object& record, const char* key);
std::uint64_t count_argument(const Napi::Value& value, const char* what);
/// How many threads work: from 1 to 1024.
unsigned threads_argument(const Napi::Value& value);
bool flag(const Napi::Object& record, const char* key);
bool flag_argument(const Napi::Value& value, const char* what);
std::string text(const Napi::Object& record, const char* key);
Napi::Object record(const Napi::Object& outer, const char* key);

/// A value of an enumeration by its name; no other text is taken for one.
template <class E>
E name_argument(const Napi::Value& value, const char* what) {
  const auto known = value.IsString() ? value_named<E>(value.As<Napi::String>().Utf8Value()) : std::nullopt;
  if (known) return *known;
  throw Error(ErrorCode::argument, std::string("`") + what + "` must be " + alternatives<E>());
}

template <class T>
constexpr napi_typedarray_type array_type() {
  if constexpr (std::is_same_v<T, double>) return napi_float64_array;
  else if constexpr (std::is_same_v<T, float>) return napi_float32_array;
  else if constexpr (std::is_same_v<T, std::uint8_t>) return napi_uint8_array;
  else if constexpr (std::is_same_v<T, std::uint16_t>) return napi_uint16_array;
  else if constexpr (std::is_same_v<T, std::uint32_t>) return napi_uint32_array;
  else static_assert(std::is_same_v<T, std::int32_t>);
  return napi_int32_array;
}

/// The memory of a typed array. Valid only until control returns to JavaScript: copy what a job needs.
template <class T>
std::span<const T> array_view(const Napi::Value& value, const char* what);

template <class T>
std::vector<T> array_copy(const Napi::Value& value, const char* what) {
  const auto view = array_view<T>(value, what);
  return {view.begin(), view.end()};
}

/// Whether the value is a Float32Array.
bool is_float32(const Napi::Value& value);

/// A copy of a Float64Array, or of a Float32Array widened.
std::vector<double> doubles_argument(const Napi::Value& value, const char* what);

/// A typed array of the engine's own memory with a copy of `values`. Where there is none, the engine ends the process: for
/// few numbers.
template <class T>
Napi::Value engine_array(Napi::Env env, std::span<const T> values) {
  auto buffer = Napi::ArrayBuffer::New(env, values.size_bytes());
  if (!values.empty()) std::memcpy(buffer.Data(), values.data(), values.size_bytes());
  return Napi::TypedArrayOf<T>::New(env, values.size(), buffer, 0, array_type<T>());
}

/// A typed array over the memory of `values` itself, where the engine allows that: copying a large result would hold the
/// event loop.
template <class T>
Napi::Value adopt_array(Napi::Env env, const std::shared_ptr<std::vector<T>>& values) {
  if (values->empty()) return engine_array(env, std::span<const T>(*values));
  auto owner = std::make_unique<std::shared_ptr<std::vector<T>>>(values);
  const auto release = [](napi_env, void*, void* hint) { delete static_cast<std::shared_ptr<std::vector<T>>*>(hint); };
  napi_value buffer = nullptr;
  if (napi_create_external_arraybuffer(env, values->data(), values->size() * sizeof(T), release, owner.get(), &buffer) !=
      napi_ok) {
    return engine_array(env, std::span<const T>(*values));
  }
  owner.release();
  return Napi::TypedArrayOf<T>::New(env, values->size(), Napi::ArrayBuffer(env, buffer), 0, array_type<T>());
}

/// A fresh typed array with a copy of `values`. Throws std::bad_alloc.
template <class T>
Napi::Value new_array(Napi::Env env, std::span<const T> values) {
  constexpr std::size_t few_bytes = std::size_t{1} << 20;
  if (values.size_bytes() <= few_bytes) return engine_array(env, values);
  return adopt_array(env, std::make_shared<std::vector<T>>(values.begin(), values.end()));
}

template <class T>
Napi::Value new_array(Napi::Env env, const std::vector<T>& values) {
  return new_array(env, std::span<const T>(values));
}

}  // namespace caloscope::addon
