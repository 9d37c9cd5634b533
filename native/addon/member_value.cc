#include "addon/member_value.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "addon/arguments.h"
#include "core/networks/stored_network.h"

namespace caloscope::addon {
namespace {

Napi::Value tensor_value(Napi::Env env, const std::string& name, const std::vector<std::uint32_t>& shape,
                         const Napi::Value& values) {
  auto record = Napi::Object::New(env);
  record.Set("name", Napi::String::New(env, name));
  record.Set("shape", new_array(env, shape));
  record.Set("values", values);
  return record;
}

Napi::Value network_tensor_value(Napi::Env env, const Tensor<const float>& tensor) {
  std::vector<std::uint32_t> shape;
  for (const std::uint64_t length : stored_shape(tensor)) shape.push_back(static_cast<std::uint32_t>(length));
  const auto values = std::make_shared<std::vector<float>>(tensor.values.size());
  store(tensor, values->data());
  return tensor_value(env, tensor.name, shape, adopt_array(env, values));
}

void set_member(Napi::Object record, const Network& network) {
  const auto env = record.Env();
  if (const auto hidden = nonlinearity_of(network)) {
    record.Set("activation", Napi::String::New(env, std::string(name_of(hidden->activation))));
    record.Set("slope", Napi::Number::New(env, hidden->slope));
  }
  auto tensors = Napi::Array::New(env);
  network.for_each_tensor([&](const Tensor<const float>& tensor) {
    tensors.Set(tensors.Length(), network_tensor_value(env, tensor));
  });
  record.Set("tensors", tensors);
}

void set_member(Napi::Object record, const auto& member) {
  const auto env = record.Env();
  auto tensors = Napi::Array::New(env);
  member.for_each_tensor([&](const std::string& name, const std::vector<std::size_t>& shape, const auto& values) {
    const std::vector<std::uint32_t> lengths(shape.begin(), shape.end());
    tensors.Set(tensors.Length(), tensor_value(env, name, lengths, new_array(env, values)));
  });
  record.Set("tensors", tensors);
}

}  // namespace

Napi::Object member_value(Napi::Env env, const Member& member, LearnerName learner) {
  auto record = Napi::Object::New(env);
  record.Set("learner", Napi::String::New(env, std::string(name_of(learner))));
  record.Set("columns", Napi::Number::New(env, inputs_of(member)));
  record.Set("activation", env.Null());
  record.Set("slope", env.Null());
  std::visit([&](const auto& kind) { set_member(record, kind); }, member);
  return record;
}

}  // namespace caloscope::addon
