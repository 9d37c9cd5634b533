// The set that every supported machine runs: x86-64-v2 (SSE4.2) or the default of another architecture.
#define CALOSCOPE_KERNELS_NAME baseline
#define CALOSCOPE_VECTOR_BYTES 16
#include "cpu/fill_kernels.inl"
