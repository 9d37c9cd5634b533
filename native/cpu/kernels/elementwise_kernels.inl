// Loops over numbers one by one, part of matrix_kernels.cc, whose macros, vectors and rules hold here too.

namespace caloscope {
namespace {

void standardise(const float* x, const float* centre, const float* scale, const float* clip, std::size_t count,
                 float* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const float value = (x[i] - centre[i]) * scale[i];
    const float low = value < -clip[i] ? -clip[i] : value;
    out[i] = low > clip[i] ? clip[i] : low;
  }
}

void leaky_slope(const float* x, float leak, const float* factor, std::size_t count, float* delta) {
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const Vector slope = load(x + i) > Vector{} ? Vector{} + 1.0F : Vector{} + leak;
    store(delta + i, load(delta + i) * (factor ? slope * load(factor + i) : slope));
  }
  for (; i < count; ++i) {
    const float slope = x[i] > 0 ? 1.0F : leak;
    delta[i] *= factor ? slope * factor[i] : slope;
  }
}

void adam(const AdamStep& step, std::size_t count, const float* gradient, float* first_moment, float* second_moment,
          float* parameter) {
  for (std::size_t i = 0; i < count; ++i) {
    adam_update(step, gradient[i], first_moment[i], second_moment[i], parameter[i]);
  }
}

}  // namespace
}  // namespace caloscope
