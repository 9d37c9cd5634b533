// Dropout, part of matrix_kernels.cc: random numbers of Philox 4x32 (core/run/random.h), the counters side by side in lanes of
// 64 bits, of whose products only the lower halves are wanted as factors. What lies above them is left where it is.

namespace caloscope {
namespace {

typedef std::uint64_t Wide __attribute__((vector_size(CALOSCOPE_VECTOR_BYTES)));

constexpr std::size_t wide_lanes = CALOSCOPE_VECTOR_BYTES / sizeof(std::uint64_t);

#if defined(__AVX512F__) && CALOSCOPE_VECTOR_BYTES == 64
inline __m512i raw(Wide a) { return reinterpret_cast<__m512i>(a); }
constexpr std::uint8_t all_lanes = 0xFF;  // without masks GCC 12 warns of what the headers leave undefined
/// Products of the lower halves of the lanes.
inline Wide product_of_halves(Wide a, Wide b) {
  return reinterpret_cast<Wide>(_mm512_maskz_mul_epu32(all_lanes, raw(a), raw(b)));
}
/// The even lanes of both, one of the one after one of the other.
inline Wide even_lanes(Wide a, Wide b) {
  return reinterpret_cast<Wide>(_mm512_maskz_unpacklo_epi64(all_lanes, raw(a), raw(b)));
}
inline Wide odd_lanes(Wide a, Wide b) {
  return reinterpret_cast<Wide>(_mm512_maskz_unpackhi_epi64(all_lanes, raw(a), raw(b)));
}
#elif defined(__AVX2__) && CALOSCOPE_VECTOR_BYTES == 32
inline __m256i raw(Wide a) { return reinterpret_cast<__m256i>(a); }
inline Wide product_of_halves(Wide a, Wide b) {
  return reinterpret_cast<Wide>(_mm256_mul_epu32(raw(a), raw(b)));
}
inline Wide even_lanes(Wide a, Wide b) {
  return reinterpret_cast<Wide>(_mm256_unpacklo_epi64(raw(a), raw(b)));
}
inline Wide odd_lanes(Wide a, Wide b) {
  return reinterpret_cast<Wide>(_mm256_unpackhi_epi64(raw(a), raw(b)));
}
#elif defined(__SSE2__) && CALOSCOPE_VECTOR_BYTES == 16
inline __m128i raw(Wide a) { return reinterpret_cast<__m128i>(a); }
inline Wide product_of_halves(Wide a, Wide b) {
  return reinterpret_cast<Wide>(_mm_mul_epu32(raw(a), raw(b)));
}
inline Wide even_lanes(Wide a, Wide b) {
  return reinterpret_cast<Wide>(_mm_unpacklo_epi64(raw(a), raw(b)));
}
inline Wide odd_lanes(Wide a, Wide b) {
  return reinterpret_cast<Wide>(_mm_unpackhi_epi64(raw(a), raw(b)));
}
#elif defined(__ARM_NEON) && CALOSCOPE_VECTOR_BYTES == 16
inline uint64x2_t raw(Wide a) { return reinterpret_cast<uint64x2_t>(a); }
inline Wide product_of_halves(Wide a, Wide b) {
  const uint32x2_t first = vmovn_u64(raw(a));
  return reinterpret_cast<Wide>(vmull_u32(first, vmovn_u64(raw(b))));
}
inline Wide even_lanes(Wide a, Wide b) {
  return reinterpret_cast<Wide>(vzip1q_u64(raw(a), raw(b)));
}
inline Wide odd_lanes(Wide a, Wide b) {
  return reinterpret_cast<Wide>(vzip2q_u64(raw(a), raw(b)));
}
#else
inline Wide product_of_halves(Wide a, Wide b) { return (a & 0xFFFFFFFFU) * (b & 0xFFFFFFFFU); }
inline Wide even_lanes(Wide a, Wide b) {
  Wide result{};
  for (std::size_t i = 0; i < wide_lanes; ++i) result[i] = i % 2 == 0 ? a[i] : b[i - 1];
  return result;
}
inline Wide odd_lanes(Wide a, Wide b) {
  Wide result{};
  for (std::size_t i = 0; i < wide_lanes; ++i) result[i] = i % 2 == 0 ? a[i + 1] : b[i];
  return result;
}
#endif

/// The four numbers of a block for each lane; its counter is that of the first block and one of `order`.
struct PhiloxLanes {
  Wide x0, x1, x2, x3;

  PhiloxLanes(const DropoutDraw& draw, std::uint64_t counter, Wide order)
      : x0(counter + order), x1(x0 >> 32), x2(Wide{} + draw.stream), x3(Wide{} + (draw.stream >> 32)) {}

  void round(std::uint32_t k0, std::uint32_t k1) {
    const Wide p0 = product_of_halves(x0, Wide{} + 0xD2511F53U);
    const Wide p1 = product_of_halves(x2, Wide{} + 0xCD9E8D57U);
    x0 = (p1 >> 32) ^ x1 ^ k0;
    x1 = p1;
    x2 = (p0 >> 32) ^ x3 ^ k1;
    x3 = p0;
  }
};

/// The factors of a register of numbers, of which `count` at most are there.
inline void put_factors(const DropoutDraw& draw, Wide numbers, std::size_t count, float* factors) {
  const Vector kept = reinterpret_cast<Bits>(numbers) < draw.threshold ? Vector{} + draw.factor : Vector{};
  if (count >= lanes) {
    store(factors, kept);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) factors[i] = kept[i];
}

/// Two registers of counters at a time.
void dropout(const DropoutDraw& draw, std::size_t count, float* factors) {
  constexpr std::size_t step = 4 * wide_lanes;  // numbers of the blocks of one register
  Wide order{};  // so that even lanes hold the first half of the counters
  for (std::size_t i = 0; i < wide_lanes; ++i) order[i] = i / 2 + i % 2 * (wide_lanes / 2);
  for (std::size_t first = 0; first < count; first += 2 * step) {
    const std::uint64_t counter = draw.counter + first / 4;
    PhiloxLanes blocks[2] = {{draw, counter, order}, {draw, counter + wide_lanes, order}};
    std::uint32_t k0 = static_cast<std::uint32_t>(draw.seed);
    std::uint32_t k1 = static_cast<std::uint32_t>(draw.seed >> 32);
    for (int round = 0; round < 10; ++round) {
      for (PhiloxLanes& block : blocks) block.round(k0, k1);
      k0 += 0x9E3779B9U;
      k1 += 0xBB67AE85U;
    }
    for (std::size_t i = first; const PhiloxLanes& block : blocks) {
      const Wide front = (block.x0 & 0xFFFFFFFFU) | block.x1 << 32;
      const Wide back = (block.x2 & 0xFFFFFFFFU) | block.x3 << 32;
      const Wide numbers[2] = {even_lanes(front, back), odd_lanes(front, back)};
      for (const Wide half : numbers) {
        if (i < count) put_factors(draw, half, count - i, factors + i);
        i += lanes;
      }
    }
  }
}

}  // namespace
}  // namespace caloscope
