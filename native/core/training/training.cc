#include "core/training/training.h"

#include <cmath>
#include <string>

#include "core/run/error.h"

namespace caloscope {
namespace {

void require(bool sound, const char* setting, const char* range) {
  if (!sound) throw Error(ErrorCode::argument, std::string("`") + setting + "` must be " + range);
}

}  // namespace

void TrainingSettings::validate() const {
  require(epochs >= 1 && epochs <= 100000, "epochs", "from 1 to 100000");
  require(batch_size >= 1 && batch_size <= (1U << 20), "batchSize", "from 1 to 1048576");
  require(std::isfinite(learning_rate) && learning_rate > 0, "learningRate", "above 0");
  require(std::isfinite(weight_decay) && weight_decay >= 0, "weightDecay", "0 or more");
  require(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1, "betas", "from 0 to below 1");
  require(std::isfinite(epsilon) && epsilon > 0, "epsilon", "above 0");
  require(dropout >= 0 && dropout < 1, "dropout", "from 0 to below 1");
  require(patience >= 1, "patience", "1 or more");
}

std::vector<AdamMoments> first_moments(const Network& network) {
  std::vector<AdamMoments> moments;
  for_each_tensor(network.blocks, [&](const auto& tensor) {
    moments.push_back({std::vector<float>(tensor.values.size()), std::vector<float>(tensor.values.size())});
  });
  return moments;
}

}  // namespace caloscope
