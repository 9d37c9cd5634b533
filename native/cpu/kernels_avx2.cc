// x86-64-v3: AVX2 and FMA.
#define CALOSCOPE_KERNELS_NAME avx2
#define CALOSCOPE_VECTOR_BYTES 32
#define CALOSCOPE_ROW_BLOCK 6
#include "cpu/kernels.inl"
