#include <limits>
#include <memory>
#include <optional>

#include "addon/arguments.h"
#include "addon/backend_argument.h"
#include "addon/handles.h"
#include "addon/member_value.h"
#include "addon/operations.h"
#include "core/learners/cross_fitting.h"
#include "core/learners/permuted_labels.h"
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
  settings.beta1 = number(record, "beta1");
  settings.beta2 = number(record, "beta2");
  settings.epsilon = number(record, "epsilon");
  settings.dropout = number(record, "dropout");
  settings.patience = small_count(record, "patience");
  settings.schedule = name_argument<Schedule>(record.Get("schedule"), "schedule");
  settings.precision = name_argument<Precision>(record.Get("precision"), "precision");
  settings.validate();
  return settings;
}

Learner learner_argument(LearnerName name, const Napi::Object& record) {
  switch (name) {
    case LearnerName::network: {
      NetworkLearner learner;
      learner.shape.hidden = array_copy<std::uint32_t>(record.Get("hidden"), "hidden");
      learner.shape.activation = name_argument<Activation>(record.Get("activation"), "activation");
      learner.shape.slope = static_cast<float>(number(record, "slope"));
      learner.settings = settings_argument(record);
      return learner;
    }
    case LearnerName::logistic: return LogisticLearner{};
    case LearnerName::quadratic: return LogisticLearner{{.products = true}};
    case LearnerName::sparse: return SparseLearner{};
    case LearnerName::trees: return TreeLearner{};
  }
  throw Error(ErrorCode::internal, "unknown learner");
}

CrossFitting plan_argument(const Napi::Value& value) {
  const auto record = object_argument(value, "plan");
  CrossFitting plan;
  plan.folds = small_count(record, "folds");
  plan.members = small_count(record, "members");
  plan.seed = count(record, "seed");
  plan.validation_fraction = number(record, "validationFraction");
  if (const auto split = record.Get("split"); !split.IsNull()) {
    const auto shares = object_argument(split, "split");
    plan.split = {number(shares, "train"), number(shares, "validation"), number(shares, "test")};
  }
  plan.input = text(record, "input");
  plan.groups = array_copy<std::uint32_t>(record.Get("groups"), "groups");
  const auto learners = list_argument(record.Get("learners"), "learners");
  for (std::uint32_t i = 0; i < learners.Length(); ++i) {
    plan.learners.push_back(learner_argument(name_argument<LearnerName>(learners.Get(i), "learner"), record));
  }
  return plan;
}

struct CheckpointFolder {
  std::string path;
  bool resume;
  KeptBy by;
};

std::optional<CheckpointFolder> checkpoint_argument(const Napi::Value& value) {
  if (value.IsNull()) return std::nullopt;
  const auto record = object_argument(value, "checkpoint");
  CheckpointFolder folder{text(record, "folder"), flag(record, "resume"),
                          flag(record, "ofSeveral") ? KeptBy::several : KeptBy::one_process};
  if (folder.path.empty()) throw Error(ErrorCode::argument, "`folder` of `checkpoint` is empty");
  return folder;
}

/// Null: no checkpoints.
std::unique_ptr<CheckpointFiles> files_in(const std::optional<CheckpointFolder>& folder, const char* stem) {
  if (!folder) return nullptr;
  return std::make_unique<CheckpointFiles>(folder->path, folder->resume, stem, folder->by);
}

FitShare share_argument(const Napi::Value& value) {
  const auto record = object_argument(value, "share");
  const FitShare share{array_copy<std::uint8_t>(record.Get("taken"), "taken"), small_count(record, "before")};
  validate(share);
  return share;
}

TrainingRecord record_argument(const Napi::Value& value) {
  const auto given = object_argument(value, "record");
  TrainingRecord record;
  record.training_rows = count(given, "trainingRows");
  record.validation_rows = count(given, "validationRows");
  record.best_epoch = small_count(given, "bestEpoch");
  record.stopped_early = flag(given, "stoppedEarly");
  const auto epochs = list_argument(given.Get("epochs"), "epochs");
  for (std::uint32_t i = 0; i < epochs.Length(); ++i) {
    const auto epoch = object_argument(epochs.Get(i), "epoch");
    record.epochs.push_back(
        {number(epoch, "trainingLoss"), number(epoch, "validationLoss"), number(epoch, "learningRate")});
  }
  return record;
}

std::vector<FittedMember> fitted_argument(const Napi::Value& value) {
  const auto list = list_argument(value, "fitted");
  std::vector<FittedMember> fitted;
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    const auto one = object_argument(list.Get(i), "fitted");
    FittedMember member{from_handle<const Member>(one.Get("member"), HandleKind::member), std::nullopt};
    if (const auto record = one.Get("record"); !record.IsNull()) member.record = record_argument(record);
    fitted.push_back(std::move(member));
  }
  return fitted;
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

Napi::Value held_out_value(Napi::Env env, const HeldOutRows& held_out) {
  auto result = Napi::Object::New(env);
  result.Set("rows", new_array(env, held_out.rows));
  result.Set("fold", new_array(env, held_out.fold));
  result.Set("logits", new_array(env, held_out.logits));
  result.Set("scores", new_array(env, held_out.score));
  result.Set("logRatios", new_array(env, held_out.ratios.value));
  result.Set("logRatioErrors", new_array(env, held_out.ratios.error));
  result.Set("logRatiosWithout", new_array(env, held_out.ratios_without));
  result.Set("meanWeightError", Napi::Number::New(env, held_out.mean_weight_error));
  result.Set("narrowDirections", new_array(env, held_out.narrow_directions));
  return result;
}

Napi::Value learners_value(Napi::Env env, const std::vector<FittedLearner>& learners) {
  auto list = Napi::Array::New(env, learners.size());
  for (std::uint32_t i = 0; i < learners.size(); ++i) {
    auto record = Napi::Object::New(env);
    record.Set("name", Napi::String::New(env, std::string(name_of(learners[i].name))));
    record.Set("weights", new_array(env, learners[i].weight_of_block));
    list.Set(i, record);
  }
  return list;
}

Napi::Value test_value(Napi::Env env, const BlockTest& test) {
  auto record = Napi::Object::New(env);
  record.Set("blocks", new_array(env, test.of_block));
  record.Set("z", Napi::Number::New(env, test.z));
  record.Set("pValue", Napi::Number::New(env, test.p_value));
  return record;
}

/// prepareSamples(reference, generated, weights, whiten, computer, notify) → job → handle
Napi::Value start_prepare(const Napi::CallbackInfo& info) {
  if (!info[3].IsBoolean()) throw Error(ErrorCode::argument, "`whiten` must be true or false");
  return start_job(info[5], [reference = features(info[0]), generated = features(info[1]),
                             weights = array_copy<double>(info[2], "weights"),
                             whiten = info[3].As<Napi::Boolean>().Value(),
                             make_backend = backend_argument(info[4])](JobControl& control) -> JobResult {
    const auto backend = make_backend();
    const auto prepared = std::make_shared<PreparedSamples>(reference, generated, weights, whiten,
                                                            tiles_on(backend->threads()), control);
    return [prepared](Napi::Env env) -> Napi::Value {
      return make_handle(env, HandleKind::prepared_samples, prepared, prepared->bytes());
    };
  });
}

std::shared_ptr<PreparedSamples> prepared_samples(const Napi::Value& value) {
  return from_handle<PreparedSamples>(value, HandleKind::prepared_samples);
}

/// labellings(referenceRows, generatedRows, plan) → number
Napi::Value count_labellings(const Napi::CallbackInfo& info) {
  const auto plan = plan_argument(info[2]);
  const auto reference = count_argument(info[0], "referenceRows"), generated = count_argument(info[1], "generatedRows");
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  if (reference > most || generated > most) throw Error(ErrorCode::argument, "more than 2^32 rows");
  return Napi::Number::New(info.Env(), labellings(reference, generated, plan));
}

/// permutedZ(prepared, plan, permutations, share, checkpoint, computer, notify) → job → { permutation, z }
Napi::Value start_permutations(const Napi::CallbackInfo& info) {
  const auto permutations = count_argument(info[2], "permutations");
  if (permutations > std::numeric_limits<std::uint32_t>::max()) throw Error(ErrorCode::argument, "`permutations` is too large");
  return start_job(info[6], [samples = prepared_samples(info[0]), plan = plan_argument(info[1]),
                             permutations = static_cast<std::uint32_t>(permutations), share = share_argument(info[3]),
                             checkpoint = checkpoint_argument(info[4]),
                             make_backend = backend_argument(info[5])](JobControl& control) -> JobResult {
    const auto backend = make_backend();
    const auto files = files_in(checkpoint, "permutations");
    const auto done = permuted_z(*samples, plan, permutations, share, *backend, control, files.get());
    std::vector<std::uint32_t> permutation;
    std::vector<double> z;
    for (const auto& one : done) {
      permutation.push_back(one.permutation);
      z.push_back(one.z);
    }
    return [permutation, z](Napi::Env env) -> Napi::Value {
      auto result = Napi::Object::New(env);
      result.Set("permutation", new_array(env, permutation));
      result.Set("z", new_array(env, z));
      return result;
    };
  });
}

Napi::Value cross_fitted_value(Napi::Env env, const CrossFitted& fitted) {
  auto result = Napi::Object::New(env);
  auto records = Napi::Array::New(env, fitted.records.size());
  for (std::uint32_t i = 0; i < fitted.records.size(); ++i) {
    const auto& record = fitted.records[i];
    records.Set(i, record ? record_value(env, *record) : env.Null());
  }
  const auto ensemble = std::const_pointer_cast<Ensemble>(fitted.ensemble);
  result.Set("ensemble", make_handle(env, HandleKind::ensemble, ensemble, ensemble->bytes()));
  result.Set("records", records);
  result.Set("learners", learners_value(env, fitted.learners));
  result.Set("reference", held_out_value(env, fitted.reference));
  result.Set("generated", held_out_value(env, fitted.generated));
  result.Set("test", test_value(env, fitted.test));
  return result;
}

/// crossFit(prepared, plan, checkpoint, computer, notify) →
/// job → { ensemble, records, learners, reference, generated, test }
Napi::Value start_cross_fit(const Napi::CallbackInfo& info) {
  return start_job(info[4], [samples = prepared_samples(info[0]), plan = plan_argument(info[1]),
                             checkpoint = checkpoint_argument(info[2]),
                             make_backend = backend_argument(info[3])](JobControl& control) -> JobResult {
    const auto backend = make_backend();
    const auto files = files_in(checkpoint, "network");
    const auto fitted = std::make_shared<CrossFitted>(
        cross_fit(*samples, plan, *backend, control, files.get()));
    return [fitted](Napi::Env env) { return cross_fitted_value(env, *fitted); };
  });
}

/// fitShare(prepared, plan, share, checkpoint, computer, notify) →
/// job → { members, fits: { number, member, record }[] }
Napi::Value start_fit_share(const Napi::CallbackInfo& info) {
  return start_job(info[5], [samples = prepared_samples(info[0]), plan = plan_argument(info[1]),
                             share = share_argument(info[2]), checkpoint = checkpoint_argument(info[3]),
                             make_backend = backend_argument(info[4])](JobControl& control) -> JobResult {
    const auto backend = make_backend();
    const auto files = files_in(checkpoint, "network");
    const auto shared = std::make_shared<SharedFits>(
        fit_share(*samples, plan, share, *backend, control, files.get()));
    return [shared](Napi::Env env) -> Napi::Value {
      auto fits = Napi::Array::New(env);
      for (const auto& [number, learner, fitted] : shared->fits) {
        auto fit = Napi::Object::New(env);
        fit.Set("number", Napi::Number::New(env, static_cast<double>(number)));
        fit.Set("member", member_value(env, *fitted.member, learner));
        fit.Set("record", fitted.record ? record_value(env, *fitted.record) : env.Null());
        fits.Set(fits.Length(), fit);
      }
      auto result = Napi::Object::New(env);
      result.Set("members", Napi::Number::New(env, static_cast<double>(shared->members)));
      result.Set("fits", fits);
      return result;
    };
  });
}

/// crossFitOf(prepared, plan, fitted: { member, record }[], computer, notify) → as crossFit
Napi::Value start_cross_fit_of(const Napi::CallbackInfo& info) {
  return start_job(info[4], [samples = prepared_samples(info[0]), plan = plan_argument(info[1]),
                             members = fitted_argument(info[2]),
                             make_backend = backend_argument(info[3])](JobControl& control) -> JobResult {
    const auto backend = make_backend();
    const auto fitted = std::make_shared<CrossFitted>(cross_fit(*samples, plan, members, *backend, control));
    return [fitted](Napi::Env env) { return cross_fitted_value(env, *fitted); };
  });
}

/// scoreRows(ensemble, features, { threads, cudaDevices, precision }, notify) → job → { logits, logRatios, logRatioErrors }
Napi::Value start_score(const Napi::CallbackInfo& info) {
  const auto options = object_argument(info[2], "options");
  return start_job(info[3], [ensemble = from_handle<Ensemble>(info[0], HandleKind::ensemble), table = features(info[1]),
                             make_backend = backend_argument(info[2]),
                             precision = name_argument<Precision>(options.Get("precision"), "precision")](JobControl& control) -> JobResult {
    if (table->rows() > std::numeric_limits<std::uint32_t>::max()) {
      throw Error(ErrorCode::argument, "more than 2^32 rows at once");
    }
    const auto backend = make_backend();
    auto scored = ensemble->score(*table, *backend, precision, control);
    const auto logits = std::make_shared<std::vector<float>>(std::move(scored.logits));
    const auto ratios = std::make_shared<std::vector<double>>(std::move(scored.ratios.value));
    const auto errors = std::make_shared<std::vector<double>>(std::move(scored.ratios.error));
    return [logits, ratios, errors](Napi::Env env) -> Napi::Value {
      auto result = Napi::Object::New(env);
      result.Set("logits", adopt_array(env, logits));
      result.Set("logRatios", adopt_array(env, ratios));
      result.Set("logRatioErrors", adopt_array(env, errors));
      return result;
    };
  });
}

}  // namespace

void add_training_operations(Napi::Env env, Napi::Object exports) {
  add_operation<start_prepare>(env, exports, "prepareSamples");
  add_operation<count_labellings>(env, exports, "labellings");
  add_operation<start_cross_fit>(env, exports, "crossFit");
  add_operation<start_fit_share>(env, exports, "fitShare");
  add_operation<start_cross_fit_of>(env, exports, "crossFitOf");
  add_operation<start_permutations>(env, exports, "permutedZ");
  add_operation<start_score>(env, exports, "scoreRows");
}

}  // namespace caloscope::addon
