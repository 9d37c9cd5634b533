#define CALOSCOPE_KERNELS_NAME baseline
#define CALOSCOPE_VECTOR_BYTES 16
#include "fma_rate.inl"
