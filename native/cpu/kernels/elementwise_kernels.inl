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

/// The ten rounds of Philox 4x32 for several counters side by side; number j of counter i comes to x[j][i].
constexpr std::size_t philox_width = 16;

void philox(const DropoutDraw& draw, std::uint64_t counter, std::uint32_t (&x)[4][philox_width]) {
  for (std::size_t i = 0; i < philox_width; ++i) {
    x[0][i] = static_cast<std::uint32_t>(counter + i);
    x[1][i] = static_cast<std::uint32_t>((counter + i) >> 32);
    x[2][i] = static_cast<std::uint32_t>(draw.stream);
    x[3][i] = static_cast<std::uint32_t>(draw.stream >> 32);
  }
  std::uint32_t k0 = static_cast<std::uint32_t>(draw.seed);
  std::uint32_t k1 = static_cast<std::uint32_t>(draw.seed >> 32);
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < philox_width; ++i) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * x[0][i];
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * x[2][i];
      x[0][i] = static_cast<std::uint32_t>(p1 >> 32) ^ x[1][i] ^ k0;
      x[1][i] = static_cast<std::uint32_t>(p1);
      x[2][i] = static_cast<std::uint32_t>(p0 >> 32) ^ x[3][i] ^ k1;
      x[3][i] = static_cast<std::uint32_t>(p0);
    }
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
}

void dropout(const DropoutDraw& draw, std::size_t count, float* factors) {
  for (std::size_t first = 0; first < count; first += 4 * philox_width) {
    std::uint32_t numbers[4][philox_width];
    philox(draw, draw.counter + first / 4, numbers);
    float block[4 * philox_width];
    for (std::size_t i = 0; i < philox_width; ++i) {
      for (std::size_t j = 0; j < 4; ++j) block[4 * i + j] = numbers[j][i] < draw.threshold ? draw.factor : 0.0F;
    }
    const std::size_t valid = count - first < 4 * philox_width ? count - first : 4 * philox_width;
    for (std::size_t i = 0; i < valid; ++i) factors[first + i] = block[i];
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
