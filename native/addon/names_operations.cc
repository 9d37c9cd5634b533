#include <string>

#include "addon/operations.h"
#include "core/calibration/calibration.h"
#include "core/calibration/reliability.h"
#include "core/histograms/histogram_axis.h"
#include "core/learners/learner_name.h"
#include "core/networks/activation.h"
#include "core/networks/precision.h"
#include "core/run/error.h"
#include "core/run/names.h"
#include "core/samples/feature_set.h"
#include "core/samples/geometry.h"
#include "core/toys/toy_distortion.h"
#include "core/toys/toy_geometry.h"
#include "core/training/training.h"
#include "core/weights/density_ratio.h"

namespace caloscope::addon {
namespace {

template <class E>
void set_names(Napi::Object record, const char* enumeration) {
  auto list = Napi::Array::New(record.Env());
  for (const auto name : caloscope::names<E>()) list.Set(list.Length(), Napi::String::New(record.Env(), std::string(name)));
  record.Set(enumeration, list);
}

/// names() → { activation: ['relu', …], … }: every enumeration whose values cross by name
Napi::Value all_names(const Napi::CallbackInfo& info) {
  auto record = Napi::Object::New(info.Env());
  set_names<Activation>(record, "activation");
  set_names<HistogramAxis::Kind>(record, "axisType");
  set_names<BinSpacing>(record, "binSpacing");
  set_names<CalibrationMethod>(record, "calibration");
  set_names<DistortionKind>(record, "distortion");
  set_names<EnsembleRule>(record, "ensembleRule");
  set_names<ErrorCode>(record, "errorCode");
  set_names<Geometry::Definitions>(record, "featureDefinitions");
  set_names<FeatureSetName>(record, "featureSet");
  set_names<LearnerName>(record, "learner");
  set_names<Precision>(record, "precision");
  set_names<SampleRole>(record, "sampleRole");
  set_names<Schedule>(record, "schedule");
  set_names<ToyGeometryName>(record, "toyGeometry");
  set_names<Geometry::Transverse>(record, "transverseCoordinates");
  set_names<UpperEdge>(record, "upperEdge");
  return record;
}

}  // namespace

void add_names_operations(Napi::Env env, Napi::Object exports) { add_operation<all_names>(env, exports, "names"); }

}  // namespace caloscope::addon
