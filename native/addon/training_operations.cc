#include <limits>
#include <optional>

#include "addon/arguments.h"
#include "addon/backend_argument.h"
#include "addon/handles.h"
#include "addon/operations.h"
#include "core/networks/ensemble.h"
#include "core/run/error.h"
#include "core/training/cross_fitting.h"
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
  plan.shape.hidden = array_copy<std::uint32_t>(record.Get("hidden"), "hidden");
  plan.shape.activation = name_argument<Activation>(record.Get("activation"), "activation");
  plan.shape.slope = static_cast<float>(number(record, "slope"));
  plan.settings = settings_argument(record);
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
      auto records = Napi::Array::New(env, fitted->networks.size());
      std::vector<Network> networks;
      for (std::uint32_t i = 0; i < fitted->networks.size(); ++i) {
        records.Set(i, record_value(env, fitted->networks[i].record));
        networks.push_back(std::move(fitted->networks[i].network));
      }
      auto ensemble = std::make_shared<Ensemble>(std::move(networks));
      result.Set("ensemble", make_handle(env, HandleKind::ensemble, ensemble, ensemble->bytes()));
      result.Set("records", records);
      result.Set("reference", held_out_value(env, fitted->reference));
      result.Set("generated", held_out_value(env, fitted->generated));
      return result;
    };
  });
}

/// predictLogits(ensemble, features, { threads, cudaDevices, precision }, notify) → job → Float32Array, networks × rows
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

/// createEnsemble(networks) → handle; weights are inputs × outputs, row by row
Napi::Value create_ensemble(const Napi::CallbackInfo& info) {
  std::vector<Network> networks;
  const auto list = list_argument(info[0], "networks");
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    const auto record = object_argument(list.Get(i), "network");
    Network network;
    network.activation = name_argument<Activation>(record.Get("activation"), "activation");
    network.slope = static_cast<float>(number(record, "slope"));
    network.standardisation.centre = array_copy<float>(record.Get("centre"), "centre");
    network.standardisation.scale = array_copy<float>(record.Get("scale"), "scale");
    network.standardisation.clip = array_copy<float>(record.Get("clip"), "clip");
    const auto layers = list_argument(record.Get("layers"), "layers");
    for (std::uint32_t l = 0; l < layers.Length(); ++l) {
      const auto layer = object_argument(layers.Get(l), "layer");
      network.layers.push_back({small_count(layer, "inputs"), small_count(layer, "outputs"),
                                array_copy<float>(layer.Get("weight"), "weight"),
                                array_copy<float>(layer.Get("bias"), "bias")});
    }
    network.validate();
    if (i > 0 && network.inputs() != networks.front().inputs()) {
      throw Error(ErrorCode::classifier, "the networks of the ensemble do not take the same number of features");
    }
    networks.push_back(std::move(network));
  }
  if (networks.empty()) throw Error(ErrorCode::classifier, "an ensemble needs at least one network");
  const auto ensemble = std::make_shared<Ensemble>(std::move(networks));
  return make_handle(info.Env(), HandleKind::ensemble, ensemble, ensemble->bytes());
}

/// ensembleNetworks(ensemble) → the records that createEnsemble takes
Napi::Value ensemble_networks(const Napi::CallbackInfo& info) {
  const auto ensemble = from_handle<Ensemble>(info[0], HandleKind::ensemble);
  const Napi::Env env = info.Env();
  auto list = Napi::Array::New(env, ensemble->networks().size());
  for (std::uint32_t i = 0; i < ensemble->networks().size(); ++i) {
    const auto& network = ensemble->networks()[i];
    auto record = Napi::Object::New(env);
    record.Set("activation", Napi::String::New(env, std::string(name_of(network.activation))));
    record.Set("slope", Napi::Number::New(env, network.slope));
    record.Set("centre", new_array(env, network.standardisation.centre));
    record.Set("scale", new_array(env, network.standardisation.scale));
    record.Set("clip", new_array(env, network.standardisation.clip));
    auto layers = Napi::Array::New(env, network.layers.size());
    for (std::uint32_t l = 0; l < network.layers.size(); ++l) {
      const auto& layer = network.layers[l];
      auto entry = Napi::Object::New(env);
      entry.Set("inputs", Napi::Number::New(env, layer.inputs));
      entry.Set("outputs", Napi::Number::New(env, layer.outputs));
      entry.Set("weight", new_array(env, layer.weight));
      entry.Set("bias", new_array(env, layer.bias));
      layers.Set(l, entry);
    }
    record.Set("layers", layers);
    list.Set(i, record);
  }
  return list;
}

}  // namespace

void add_training_operations(Napi::Env env, Napi::Object exports) {
  add_operation<start_cross_fit>(env, exports, "crossFit");
  add_operation<start_predict>(env, exports, "predictLogits");
  add_operation<create_ensemble>(env, exports, "createEnsemble");
  add_operation<ensemble_networks>(env, exports, "ensembleNetworks");
}

}  // namespace caloscope::addon
