#pragma once

#include <string>

namespace caloscope {

/// Version of the zlib that the process holds; empty where there is none that can be called.
std::string process_zlib_version();

}  // namespace caloscope
