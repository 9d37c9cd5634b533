// x86-64-v3: AVX2 and FMA.
#define CALOSCOPE_KERNELS_NAME avx2
#define CALOSCOPE_VECTOR_BYTES 32
#include "cpu/fill_kernels.inl"
