#include "cuda/blocks/block_pass.h"

namespace caloscope::cuda {

void multiply_in(Precision precision, const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c,
                 std::size_t c_row, const ProductEnd& end, const Stream& stream) {
  if (precision == Precision::bfloat16) multiply_rounded(shape, a, b, c, c_row, end, stream);
  else multiply(shape, a, b, c, c_row, end, stream);
}

}  // namespace caloscope::cuda
