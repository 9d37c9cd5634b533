#pragma once

/// What the current device reaches where nothing else is in the way.
struct Ceilings {
  double copied_bytes;      ///< a second, read and written, in one large copy
  double float_operations;  ///< a second, float32 multiply-adds on registers
  double tensor_operations; ///< a second, bfloat16 products of 16 × 16 × 16 on registers, as the kernels use them
};

Ceilings measure_ceilings();
