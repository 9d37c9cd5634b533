#include "cpu/right_factor.h"

namespace caloscope {
namespace {

constexpr std::size_t pairs_of(std::size_t numbers) { return (numbers + 1) / 2; }

}  // namespace

RightFactor::RightFactor(Left left, Precision precision, std::size_t depth, std::size_t columns)
    : left_(left), precision_(precision), depth_(depth), columns_(columns) {
  const std::size_t width = left == Left::dense ? kernel_set().panel_width : kernel_set().sparse_panel_width;
  const std::size_t padded = (columns + width - 1) / width * width;
  if (precision == Precision::float32) panels_.resize(padded * depth);
  else pairs_.resize(left == Left::dense ? padded * pairs_of(depth) : padded / 2 * depth);
}

void RightFactor::pack_rows(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t first,
                            std::size_t count) {
  const KernelSet& kernels = kernel_set();
  const bool dense = left_ == Left::dense;
  const std::size_t width = dense ? kernels.panel_width : kernels.sparse_panel_width;
  if (precision_ == Precision::float32) {
    kernels.pack(b, b_row, b_column, count, columns_, width, depth_, panels_.data() + first * width);
  } else if (dense) {
    kernels.bfloat16.pack(b, b_row, b_column, count, columns_, pairs_of(depth_), pairs_.data() + first / 2 * width);
  } else {
    kernels.bfloat16.pack_sparse(b, b_row, count, columns_, depth_, pairs_.data() + first * (width / 2));
  }
}

void RightFactor::pack_columns(const float* b, std::ptrdiff_t b_row, std::ptrdiff_t b_column, std::size_t first,
                               std::size_t count) {
  const KernelSet& kernels = kernel_set();
  if (precision_ == Precision::float32) {
    kernels.pack(b, b_row, b_column, depth_, count, kernels.panel_width, depth_, panels_.data() + first * depth_);
  } else {
    kernels.bfloat16.pack(b, b_row, b_column, depth_, count, pairs_of(depth_),
                          pairs_.data() + first * pairs_of(depth_));
  }
}

void RightFactor::multiply(const float* a, std::size_t a_row, std::size_t rows, float* c, std::size_t c_row,
                           const ProductFrame& frame, LeftScratch& scratch) const {
  const KernelSet& kernels = kernel_set();
  if (precision_ == Precision::float32) {
    kernels.multiply({a, a_row}, panels_.data(), rows, columns_, depth_, c, c_row, frame);
    return;
  }
  const std::size_t stride = row_stride(depth_) / 2;
  scratch.pairs.resize(rows * stride);
  for (std::size_t row = 0; row < rows; ++row) {
    kernels.bfloat16.round(a + row * a_row, depth_, scratch.pairs.data() + row * stride);
  }
  kernels.bfloat16.multiply({scratch.pairs.data(), stride}, pairs_.data(), rows, columns_, depth_, c, c_row, frame);
}

void RightFactor::multiply_transposed(const float* a, std::size_t a_row, std::size_t rows, float* c,
                                      std::size_t c_row, LeftScratch& scratch) const {
  const KernelSet& kernels = kernel_set();
  if (precision_ == Precision::float32) {
    scratch.packed.resize(rows * depth_);
    kernels.pack_rows(a, a_row, rows, depth_, scratch.packed.data());
    kernels.multiply({scratch.packed.data(), 0}, panels_.data(), rows, columns_, depth_, c, c_row, {});
  } else {
    scratch.pairs.resize(rows * pairs_of(depth_));
    kernels.bfloat16.pack_rows(a, a_row, rows, depth_, scratch.pairs.data());
    kernels.bfloat16.multiply({scratch.pairs.data(), 0}, pairs_.data(), rows, columns_, depth_, c, c_row, {});
  }
}

void RightFactor::multiply_sparse(const SparseSlices& s, std::vector<float>& values, float* c, std::size_t c_row,
                                  const ProductFrame& frame) const {
  const KernelSet& kernels = kernel_set();
  if (precision_ == Precision::float32) {
    kernels.sparse_multiply(s.with(values.data()), panels_.data(), columns_, depth_, c, c_row, frame);
    return;
  }
  for (float& value : values) value = rounded_to_bfloat16(value);
  kernels.bfloat16.sparse_multiply(s.with(values.data()), pairs_.data(), columns_, depth_, c, c_row, frame);
}

}  // namespace caloscope
