#include "addon/arguments.h"

#include <cmath>

#include "core/run/error.h"

namespace caloscope::addon {
namespace {

[[noreturn]] void refuse(const char* what, const char* expected) {
  throw Error(ErrorCode::argument, std::string("`") + what + "` must be " + expected);
}

constexpr double largest_safe_integer = 9007199254740991.0;

std::uint64_t whole(const Napi::Value& value, const char* what) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0) || number > largest_safe_integer || number != std::floor(number)) {
    refuse(what, "a whole number from 0 to 2^53 - 1");
  }
  return static_cast<std::uint64_t>(number);
}

}  // namespace

Napi::Object object_argument(const Napi::Value& value, const char* what) {
  if (!value.IsObject()) refuse(what, "an object");
  return value.As<Napi::Object>();
}

Napi::Array list_argument(const Napi::Value& value, const char* what) {
  if (!value.IsArray()) refuse(what, "a list");
  return value.As<Napi::Array>();
}

double number(const Napi::Object& record, const char* key) {
  const Napi::Value value = record.Get(key);
  if (!value.IsNumber()) refuse(key, "a number");
  return value.As<Napi::Number>().DoubleValue();
}

std::uint64_t count(const Napi::Object& record, const char* key) { return whole(record.Get(key), key); }

std::uint64_t count_argument(const Napi::Value& value, const char* what) { return whole(value, what); }

bool flag(const Napi::Object& record, const char* key) { return flag_argument(record.Get(key), key); }

bool flag_argument(const Napi::Value& value, const char* what) {
  if (!value.IsBoolean()) refuse(what, "true or false");
  return value.As<Napi::Boolean>().Value();
}

unsigned threads_argument(const Napi::Value& value) {
  const auto threads = count_argument(value, "threads");
  if (threads < 1 || threads > 1024) throw Error(ErrorCode::argument, "`threads` must be from 1 to 1024");
  return static_cast<unsigned>(threads);
}

std::string text(const Napi::Object& record, const char* key) {
  const Napi::Value value = record.Get(key);
  if (!value.IsString()) refuse(key, "a string");
  return value.As<Napi::String>().Utf8Value();
}

Napi::Object record(const Napi::Object& outer, const char* key) { return object_argument(outer.Get(key), key); }

template <class T>
std::span<const T> array_view(const Napi::Value& value, const char* what) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != array_type<T>()) {
    refuse(what, "a typed array of the right element type");
  }
  const auto array = value.As<Napi::TypedArrayOf<T>>();
  return {array.Data(), array.ElementLength()};
}

bool is_float32(const Napi::Value& value) {
  return value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_float32_array;
}

std::vector<double> doubles_argument(const Napi::Value& value, const char* what) {
  if (!is_float32(value)) return array_copy<double>(value, what);
  const auto view = array_view<float>(value, what);
  return {view.begin(), view.end()};
}

template std::span<const double> array_view(const Napi::Value&, const char*);
template std::span<const float> array_view(const Napi::Value&, const char*);
template std::span<const std::uint8_t> array_view(const Napi::Value&, const char*);
template std::span<const std::uint16_t> array_view(const Napi::Value&, const char*);
template std::span<const std::uint32_t> array_view(const Napi::Value&, const char*);
template std::span<const std::int32_t> array_view(const Napi::Value&, const char*);

}  // namespace caloscope::addon
