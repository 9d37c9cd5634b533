#include "addon/operations.h"

namespace caloscope::addon {

void add_simulation_operations(Napi::Env, Napi::Object) {}

}  // namespace caloscope::addon
