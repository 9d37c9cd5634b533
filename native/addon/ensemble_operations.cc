#include <algorithm>
#include <string>

#include "addon/arguments.h"
#include "addon/handles.h"
#include "addon/member_value.h"
#include "addon/operations.h"
#include "core/learners/ensemble.h"
#include "core/networks/stored_network.h"
#include "core/run/error.h"

namespace caloscope::addon {
namespace {

void require_size(const StoredTensor& tensor) {
  std::uint64_t rest = tensor.values.size();
  bool fits = true;
  for (const std::uint64_t length : tensor.shape) {
    fits = fits && length > 0 && rest % length == 0;
    if (fits) rest /= length;
  }
  if (!fits || rest != 1) throw Error(ErrorCode::argument, "a tensor does not have the shape of its values");
}

/// The values are those of the arrays themselves: nothing may run in JavaScript while they are used.
std::vector<StoredTensor> tensors_argument(const Napi::Value& value) {
  const auto list = list_argument(value, "tensors");
  std::vector<StoredTensor> tensors;
  std::vector<Napi::Value> arrays;
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    const auto record = object_argument(list.Get(i), "tensor");
    const auto shape = array_copy<std::uint32_t>(record.Get("shape"), "shape");
    tensors.push_back({text(record, "name"), {shape.begin(), shape.end()}, {}});
    arrays.push_back(record.Get("values"));
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    tensors[i].values = array_view<float>(arrays[i], "values");
    require_size(tensors[i]);
  }
  return tensors;
}

/// A tensor of a kind of numbers that is no network's, by its name.
template <class Number>
void fill_tensor(const Napi::Array& tensors, const char* name, std::vector<Number>& values) {
  for (std::uint32_t i = 0; i < tensors.Length(); ++i) {
    const auto record = object_argument(tensors.Get(i), "tensor");
    if (text(record, "name") != name) continue;
    values = array_copy<Number>(record.Get("values"), name);
    return;
  }
  throw Error(ErrorCode::classifier, std::string("tensor \"") + name + "\" is missing");
}

LogisticRegression regression_of(const Napi::Object& record) {
  const auto tensors = list_argument(record.Get("tensors"), "tensors");
  LogisticRegression regression;
  std::vector<double> constant;
  fill_tensor(tensors, "weights", regression.weights);
  fill_tensor(tensors, "constant", constant);
  if (constant.size() != 1) throw Error(ErrorCode::classifier, "tensor \"constant\" is not one number");
  regression.columns = static_cast<std::uint32_t>(count(record, "columns"));
  regression.constant = constant.front();
  return regression;
}

BoostedTrees trees_of(const Napi::Object& record) {
  const auto tensors = list_argument(record.Get("tensors"), "tensors");
  BoostedTrees trees;
  trees.columns = static_cast<std::uint32_t>(count(record, "columns"));
  fill_tensor(tensors, "trees.first_node", trees.first_node);
  fill_tensor(tensors, "trees.column", trees.column);
  fill_tensor(tensors, "trees.threshold", trees.threshold);
  fill_tensor(tensors, "trees.left", trees.left);
  fill_tensor(tensors, "trees.value", trees.value);
  return trees;
}

Member member_of(const Napi::Object& record) {
  switch (name_argument<LearnerName>(record.Get("learner"), "learner")) {
    case LearnerName::network: {
      const Nonlinearity hidden{name_argument<Activation>(record.Get("activation"), "activation"),
                                static_cast<float>(number(record, "slope"))};
      return network_from(tensors_argument(record.Get("tensors")), hidden);
    }
    case LearnerName::logistic:
    case LearnerName::quadratic:
    case LearnerName::sparse: return regression_of(record);
    case LearnerName::trees: return trees_of(record);
  }
  throw Error(ErrorCode::internal, "unknown learner");
}

/// createMember(member) → handle
Napi::Value create_member(const Napi::CallbackInfo& info) {
  const auto member = std::make_shared<Member>(member_of(object_argument(info[0], "member")));
  validate(*member);
  return make_handle(info.Env(), HandleKind::member, member, parameters_of(*member) * sizeof(float));
}

EnsembleMember ensemble_member_argument(const Napi::Object& record) {
  EnsembleMember member{};
  member.member = from_handle<const Member>(record.Get("member"), HandleKind::member);
  member.learner = name_argument<LearnerName>(record.Get("learner"), "learner");
  if (record.Get("leftOut").IsNull()) return member;
  const auto left_out = array_copy<std::uint32_t>(record.Get("leftOut"), "leftOut");
  if (left_out.size() != 2) throw Error(ErrorCode::argument, "`leftOut` must be two blocks");
  member.first = left_out[0];
  member.second = left_out[1];
  return member;
}

InputMap map_argument(const Napi::Value& value) {
  if (value.IsNull()) return {};
  const auto record = object_argument(value, "whitening");
  return {Whitening{array_copy<double>(record.Get("centre"), "centre"), array_copy<double>(record.Get("matrix"), "matrix"),
                    array_copy<double>(record.Get("relativeWidth"), "relativeWidth"), number(record, "clip")}};
}

/// createEnsemble({ members, blocks, whitening, weights, constant, covariance }) → handle
Napi::Value create_ensemble(const Napi::CallbackInfo& info) {
  const auto record = object_argument(info[0], "ensemble");
  std::vector<EnsembleMember> members;
  const auto list = list_argument(record.Get("members"), "members");
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    members.push_back(ensemble_member_argument(object_argument(list.Get(i), "member")));
    const auto& added = members.back();
    if (inputs_of(*added.member) != inputs_of(*std::ranges::find(members, added.learner, &EnsembleMember::learner)->member)) {
      throw Error(ErrorCode::classifier, "the members of the ensemble do not take the same number of features");
    }
  }
  WeightedSum sum;
  sum.weights = array_copy<double>(record.Get("weights"), "weights");
  sum.constant = number(record, "constant");
  sum.covariance = array_copy<double>(record.Get("covariance"), "covariance");
  const auto blocks = static_cast<std::uint32_t>(std::min<std::uint64_t>(count(record, "blocks"), 1U << 16));
  const auto ensemble = std::make_shared<Ensemble>(map_argument(record.Get("whitening")), std::move(members), blocks,
                                                   std::move(sum));
  return make_handle(info.Env(), HandleKind::ensemble, ensemble, ensemble->bytes());
}

/// ensembleSize(ensemble) → { members, learners, inputs, parameters }
Napi::Value ensemble_size(const Napi::CallbackInfo& info) {
  const auto ensemble = from_handle<Ensemble>(info[0], HandleKind::ensemble);
  const auto& members = ensemble->members();
  const auto number = [&](double value) { return Napi::Number::New(info.Env(), value); };
  auto learners = Napi::Array::New(info.Env());
  for (const auto learner : ensemble->learners()) {
    learners.Set(learners.Length(), Napi::String::New(info.Env(), std::string(name_of(learner))));
  }
  auto parameters = Napi::Array::New(info.Env());
  for (const auto learner : ensemble->learners()) {
    std::uint64_t most = 0;
    for (const auto& member : members) {
      if (member.learner == learner) most = std::max(most, parameters_of(*member.member));
    }
    parameters.Set(parameters.Length(), number(static_cast<double>(most)));
  }
  auto result = Napi::Object::New(info.Env());
  result.Set("members", number(static_cast<double>(members.size())));
  result.Set("learners", learners);
  result.Set("inputs", number(ensemble->inputs()));
  result.Set("parameters", parameters);
  return result;
}

/// ensembleSum(ensemble) → { blocks, whitening, weights, constant, covariance }
Napi::Value ensemble_sum(const Napi::CallbackInfo& info) {
  const auto ensemble = from_handle<Ensemble>(info[0], HandleKind::ensemble);
  const auto env = info.Env();
  auto result = Napi::Object::New(env);
  result.Set("blocks", Napi::Number::New(env, ensemble->blocks()));
  result.Set("whitening", env.Null());
  if (const auto& whitening = ensemble->map().whitening) {
    auto record = Napi::Object::New(env);
    record.Set("centre", new_array(env, whitening->centre));
    record.Set("matrix", new_array(env, whitening->matrix));
    record.Set("relativeWidth", new_array(env, whitening->relative_width));
    record.Set("clip", Napi::Number::New(env, whitening->clip));
    result.Set("whitening", record);
  }
  result.Set("weights", new_array(env, ensemble->sum().weights));
  result.Set("constant", Napi::Number::New(env, ensemble->sum().constant));
  result.Set("covariance", new_array(env, ensemble->sum().covariance));
  return result;
}

/// ensembleMember(ensemble, number) → { learner, leftOut, columns, activation, slope, tensors }
Napi::Value ensemble_member(const Napi::CallbackInfo& info) {
  const auto ensemble = from_handle<Ensemble>(info[0], HandleKind::ensemble);
  const auto number = count_argument(info[1], "number");
  if (number >= ensemble->members().size()) throw Error(ErrorCode::argument, "there is no such member");
  const auto& member = ensemble->members()[number];
  const auto env = info.Env();
  auto record = member_value(env, *member.member, member.learner);
  record.Set("leftOut", ensemble->blocks() <= 1 ? env.Null()
                                                : new_array(env, std::vector<std::uint32_t>{member.first, member.second}));
  return record;
}

}  // namespace

void add_ensemble_operations(Napi::Env env, Napi::Object exports) {
  add_operation<create_member>(env, exports, "createMember");
  add_operation<create_ensemble>(env, exports, "createEnsemble");
  add_operation<ensemble_size>(env, exports, "ensembleSize");
  add_operation<ensemble_member>(env, exports, "ensembleMember");
  add_operation<ensemble_sum>(env, exports, "ensembleSum");
}

}  // namespace caloscope::addon
