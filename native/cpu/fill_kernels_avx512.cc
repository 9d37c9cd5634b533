// x86-64-v4: AVX-512 F, BW, CD, DQ, VL.
#define CALOSCOPE_KERNELS_NAME avx512
#define CALOSCOPE_VECTOR_BYTES 64
#include "cpu/fill_kernels.inl"
