#pragma once

#include <cpuid.h>

#include <initializer_list>

namespace caloscope {

/// What an x86-64 processor and its operating system have, of the levels of the psABI for x86-64 (gitlab.com/x86-psABIs, "Micro-Architecture
/// Levels"). Asked of the processor itself, since not every compiler's runtime answers __builtin_cpu_supports (zig's says no to all).
struct X86Levels {
  bool v2 = false;
  bool v3 = false;
  bool v4 = false;
  bool avx512bf16 = false;
};

namespace detail {

constexpr bool has(unsigned bits, std::initializer_list<int> wanted) {
  for (const int bit : wanted) {
    if ((bits >> bit & 1U) == 0) return false;
  }
  return true;
}

/// The registers that the operating system keeps for a thread; 0 where it says nothing.
inline unsigned kept_registers(unsigned features) {
  if (!has(features, {27})) return 0;  // OSXSAVE
  unsigned low = 0;
  unsigned high = 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

}  // namespace detail

inline X86Levels x86_levels() {
  using detail::has;
  struct {
    unsigned a, b, c, d;
  } basic{}, extended{}, structured{}, further{};
  __get_cpuid(1, &basic.a, &basic.b, &basic.c, &basic.d);
  __get_cpuid(0x80000001, &extended.a, &extended.b, &extended.c, &extended.d);
  __get_cpuid_count(7, 0, &structured.a, &structured.b, &structured.c, &structured.d);
  if (structured.a >= 1) __get_cpuid_count(7, 1, &further.a, &further.b, &further.c, &further.d);
  const unsigned kept = detail::kept_registers(basic.c);

  X86Levels levels;
  // SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT; LAHF.
  levels.v2 = has(basic.c, {0, 9, 13, 19, 20, 23}) && has(extended.c, {0});
  // FMA, MOVBE, AVX, F16C; LZCNT; BMI1, AVX2, BMI2; the registers of SSE and AVX.
  levels.v3 = levels.v2 && has(basic.c, {12, 22, 28, 29}) && has(extended.c, {5}) && has(structured.b, {3, 5, 8}) &&
              (kept & 0x6U) == 0x6U;
  // AVX-512 F, DQ, CD, BW, VL; its masks and registers.
  levels.v4 = levels.v3 && has(structured.b, {16, 17, 28, 30, 31}) && (kept & 0xe6U) == 0xe6U;
  levels.avx512bf16 = levels.v4 && has(further.a, {5});
  return levels;
}

}  // namespace caloscope
