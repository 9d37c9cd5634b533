#define CALOSCOPE_KERNELS_NAME avx512
#define CALOSCOPE_VECTOR_BYTES 64
#include "fma_rate.inl"
