#include <limits>
#include <optional>

#include "addon/arguments.h"
#include "addon/backend_argument.h"
#include "addon/handles.h"
#include "addon/operations.h"
#include "core/learners/cross_fitting.h"
#include "core/learners/ensemble.h"
#include "core/networks/stored_network.h"
#include "core/run/error.h"
#include "files/checkpoint_files.h"

namespace caloscope::addon {
namespace {

std::uint32_t small_count(const Napi::Object& record, const char* key) {
  const auto value = count(record, key);
  if (value > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorCode::argument, std::string("`") + key + "` is too large");
  }
  return static_cast<std::uint32_t>(value);
}

TrainingSettings settings_argument(const Napi::Object& record) {
  TrainingSettings settings;
  settings.epochs = small_count(record, "epochs");
  settings.batch_size = small_count(record, "batchSize");
  settings.learning_rate = number(record, "learningRate");
  settings.weight_decay = number(record, "weightDecay");
  settings.dropout = number(record, "dropout");
  settings.patience = small_count(record, "patience");
  settings.schedule = name_argument<Schedule>(record.Get("schedule"), "schedule");
  settings.precision = name_argument<Precision>(record.Get("precision"), "precision");
  settings.validate();
  return settings;
}

CrossFitting plan_argument(const Napi::Value& value) {
  const auto record = object_argument(value, "plan");
  CrossFitting plan;
  plan.folds = small_count(record, "folds");
  plan.members = small_count(record, "members");
  plan.seed = count(record, "seed");
  plan.validation_fraction = number(record, "validationFraction");
  NetworkLearner learner;
  learner.shape.hidden = array_copy<std::uint32_t>(record.Get("hidden"), "hidden");
  learner.shape.activation = name_argument<Activation>(record.Get("activation"), "activation");
  learner.shape.slope = static_cast<float>(number(record, "slope"));
  learner.settings = settings_argument(record);
  plan.learner = std::move(learner);
  return plan;
}

struct CheckpointFolder {
  std::string path;
  bool resume;
};

std::optional<CheckpointFolder> checkpoint_argument(const Napi::Value& value) {
  if (value.IsNull()) return std::nullopt;
  const auto record = object_argument(value, "checkpoint");
  CheckpointFolder folder{text(record, "folder"), flag(record, "resume")};
  if (folder.path.empty()) throw Error(ErrorCode::argument, "`folder` of `checkpoint` is empty");
  return folder;
}

std::shared_ptr<FeatureTable> features(const Napi::Value& value) {
  return from_handle<FeatureTable>(value, HandleKind::feature_table);
}

Napi::Value record_value(Napi::Env env, const TrainingRecord& record) {
  auto result = Napi::Object::New(env);
  result.Set("trainingRows", Napi::Number::New(env, static_cast<double>(record.training_rows)));
  result.Set("validationRows", Napi::Number::New(env, static_cast<double>(record.validation_rows)));
  result.Set("bestEpoch", Napi::Number::New(env, record.best_epoch));
  result.Set("stoppedEarly", Napi::Boolean::New(env, record.stopped_early));
  auto epochs = Napi::Array::New(env, record.epochs.size());
  for (std::uint32_t i = 0; i < record.epochs.size(); ++i) {
    auto epoch = Napi::Object::New(env);
    epoch.Set("trainingLoss", Napi::Number::New(env, record.epochs[i].training_loss));
    epoch.Set("validationLoss", Napi::Number::New(env, record.epochs[i].validation_loss));
    epoch.Set("learningRate", Napi::Number::New(env, record.epochs[i].learning_rate));
    epochs.Set(i, epoch);
  }
  result.Set("epochs", epochs);
  return result;
}

Napi::Value held_out_value(Napi::Env env, const HeldOutLogits& held_out) {
  auto result = Napi::Object::New(env);
  result.Set("fold", new_array(env, held_out.fold));
  result.Set("logits", new_array(env, held_out.logits));
  return result;
}

/// crossFit(reference, generated, plan, checkpoint, computer, notify) → job → { ensemble, records, reference, generated }
Napi::Value start_cross_fit(const Napi::CallbackInfo& info) {
  return start_job(info[5], [reference = features(info[0]), generated = features(info[1]),
                             plan = plan_argument(info[2]), checkpoint = checkpoint_argument(info[3]),
                             make_backend = backend_argument(info[4])](JobControl& control) -> JobResult {
    const auto backend = make_backend();
    std::optional<CheckpointFiles> files;
    if (checkpoint) files.emplace(checkpoint->path, checkpoint->resume);
    auto fitted = std::make_shared<CrossFitted>(
        cross_fit(*reference, *generated, plan, *backend, control, files ? &*files : nullptr));
    return [fitted](Napi::Env env) -> Napi::Value {
      auto result = Napi::Object::New(env);
      auto records = Napi::Array::New(env);
      std::vector<std::shared_ptr<const Member>> members;
      for (const auto& [member, record] : fitted->members) {
        if (record) records.Set(records.Length(), record_value(env, *record));
        members.push_back(member);
      }
      auto ensemble = std::make_shared<Ensemble>(std::move(members));
      result.Set("ensemble", make_handle(env, HandleKind::ensemble, ensemble, ensemble->bytes()));
      result.Set("records", records);
      result.Set("reference", held_out_value(env, fitted->reference));
      result.Set("generated", held_out_value(env, fitted->generated));
      return result;
    };
  });
}

/// predictLogits(ensemble, features, { threads, cudaDevices, precision }, notify) → job → Float32Array, members × rows
Napi::Value start_predict(const Napi::CallbackInfo& info) {
  const auto options = object_argument(info[2], "options");
  return start_job(info[3], [ensemble = from_handle<Ensemble>(info[0], HandleKind::ensemble), table = features(info[1]),
                             make_backend = backend_argument(info[2]),
                             precision = name_argument<Precision>(options.Get("precision"), "precision")](JobControl& control) -> JobResult {
    if (table->rows() > std::numeric_limits<std::uint32_t>::max()) {
      throw Error(ErrorCode::argument, "more than 2^32 rows at once");
    }
    std::vector<std::uint32_t> rows(table->rows());
    for (std::uint32_t row = 0; row < rows.size(); ++row) rows[row] = row;
    const auto backend = make_backend();
    const Predictor& predictor = ensemble->predictor(*backend, precision);
    auto logits = std::make_shared<std::vector<float>>(predictor.predict(*table, rows, backend->threads(), control));
    return [logits](Napi::Env env) { return adopt_array(env, logits); };
  });
}

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

/// createMember(member) → handle
Napi::Value create_member(const Napi::CallbackInfo& info) {
  const auto record = object_argument(info[0], "member");
  const Nonlinearity hidden{name_argument<Activation>(record.Get("activation"), "activation"),
                            static_cast<float>(number(record, "slope"))};
  const auto member =
      std::make_shared<const Member>(network_from(tensors_argument(record.Get("tensors")), hidden));
  validate(Members(&member, 1));
  return make_handle(info.Env(), HandleKind::member, std::const_pointer_cast<Member>(member),
                     parameters_of(*member) * sizeof(float));
}

/// createEnsemble(members) → handle
Napi::Value create_ensemble(const Napi::CallbackInfo& info) {
  std::vector<std::shared_ptr<const Member>> members;
  const auto list = list_argument(info[0], "members");
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    members.push_back(from_handle<const Member>(list.Get(i), HandleKind::member));
    if (inputs_of(*members.back()) != inputs_of(*members.front())) {
      throw Error(ErrorCode::classifier, "the networks of the ensemble do not take the same number of features");
    }
  }
  if (members.empty()) throw Error(ErrorCode::classifier, "an ensemble needs at least one network");
  const auto ensemble = std::make_shared<Ensemble>(std::move(members));
  return make_handle(info.Env(), HandleKind::ensemble, ensemble, ensemble->bytes());
}

/// ensembleSize(ensemble) → { members, inputs, parameters }
Napi::Value ensemble_size(const Napi::CallbackInfo& info) {
  const auto ensemble = from_handle<Ensemble>(info[0], HandleKind::ensemble);
  const auto& members = ensemble->members();
  const auto number = [&](double value) { return Napi::Number::New(info.Env(), value); };
  auto result = Napi::Object::New(info.Env());
  result.Set("members", number(static_cast<double>(members.size())));
  result.Set("inputs", number(inputs_of(*members.front())));
  result.Set("parameters", number(static_cast<double>(parameters_of(*members.front()))));
  return result;
}

Napi::Value tensor_value(Napi::Env env, const Tensor<const float>& tensor) {
  auto record = Napi::Object::New(env);
  std::vector<std::uint32_t> shape;
  for (const std::uint64_t length : stored_shape(tensor)) shape.push_back(static_cast<std::uint32_t>(length));
  auto values = Napi::Float32Array::New(env, tensor.values.size());
  store(tensor, values.Data());
  record.Set("name", Napi::String::New(env, tensor.name));
  record.Set("shape", new_array(env, shape));
  record.Set("values", values);
  return record;
}

Napi::Value member_value(Napi::Env env, const Network& network) {
  auto record = Napi::Object::New(env);
  record.Set("activation", env.Null());
  record.Set("slope", env.Null());
  if (const auto hidden = nonlinearity_of(network)) {
    record.Set("activation", Napi::String::New(env, std::string(name_of(hidden->activation))));
    record.Set("slope", Napi::Number::New(env, hidden->slope));
  }
  auto tensors = Napi::Array::New(env);
  network.for_each_tensor([&](const Tensor<const float>& tensor) {
    tensors.Set(tensors.Length(), tensor_value(env, tensor));
  });
  record.Set("tensors", tensors);
  return record;
}

/// ensembleMember(ensemble, number) → what createMember takes
Napi::Value ensemble_member(const Napi::CallbackInfo& info) {
  const auto ensemble = from_handle<Ensemble>(info[0], HandleKind::ensemble);
  const auto number = count_argument(info[1], "number");
  if (number >= ensemble->members().size()) throw Error(ErrorCode::argument, "there is no such member");
  return std::visit([&](const auto& kind) { return member_value(info.Env(), kind); }, *ensemble->members()[number]);
}

}  // namespace

void add_training_operations(Napi::Env env, Napi::Object exports) {
  add_operation<start_cross_fit>(env, exports, "crossFit");
  add_operation<start_predict>(env, exports, "predictLogits");
  add_operation<create_member>(env, exports, "createMember");
  add_operation<create_ensemble>(env, exports, "createEnsemble");
  add_operation<ensemble_size>(env, exports, "ensembleSize");
  add_operation<ensemble_member>(env, exports, "ensembleMember");
}

}  // namespace caloscope::addon
