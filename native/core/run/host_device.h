#pragma once

/// Marks functions that run on the host and on a GPU: what both need is written once.
#ifdef __CUDACC__
#define CALOSCOPE_HOST_DEVICE __host__ __device__
#else
#define CALOSCOPE_HOST_DEVICE
#endif
