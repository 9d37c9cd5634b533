#pragma once

#include <cstddef>

/// Before a function of plain loops: compiled for wider vectors too, of which the loader takes those of the processor. Sums keep their
/// order, and products are not fused with them (CMakeLists.txt), so that the bits are the same on every processor. Elsewhere, and under
/// sanitizers, whose runtime does not stand yet when the loader chooses, it means nothing.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define CALOSCOPE_WIDE_VECTORS __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CALOSCOPE_WIDE_VECTORS
#endif
