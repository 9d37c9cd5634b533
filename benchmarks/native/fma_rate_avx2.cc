#define CALOSCOPE_KERNELS_NAME avx2
#define CALOSCOPE_VECTOR_BYTES 32
#include "fma_rate.inl"
