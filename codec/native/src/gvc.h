/* What every source of the library shares. The library has no state of its own, allocates nothing and includes only
 * headers that every C compiler has without a C library; __builtin_memcpy and __builtin_memset are all that it needs.
 *
 * It is compiled once for each instruction set (codec/native/build.py), so the sources choose by the compiler's macros
 * (__AVX2__, __AVX512VNNI__, __ARM_NEON, ...) and there is no dispatch inside. Python has checked every pointer, shape
 * and range before a call (codec/native/arrays.py); functions check again only what they compute from data.
 */
#ifndef GVC_H
#define GVC_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define GVC_EXPORT __declspec(dllexport)
#else
#define GVC_EXPORT __attribute__((visibility("default")))
#endif

#define GVC_INLINE static inline __attribute__((always_inline))

#if defined(__clang__)
#define GVC_UNROLL _Pragma("unroll")
#else
#define GVC_UNROLL _Pragma("GCC unroll 16")
#endif

/* A checksum of the sources; codec/native/build.py gives it, and Python refuses a library of another one. */
#ifndef GVC_INTERFACE
#error "build with codec/native/build.py"
#endif

static inline int32_t gvc_clip(int32_t value, int32_t low, int32_t high)
{
    return value < low ? low : value > high ? high : value;
}

static inline ptrdiff_t gvc_min(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static inline ptrdiff_t gvc_max(ptrdiff_t a, ptrdiff_t b)
{
    return a > b ? a : b;
}

/* The nearest place from 0 to count - 1. */
static inline int64_t gvc_limited(int64_t place, int64_t count)
{
    return place < 0 ? 0 : place >= count ? count - 1 : place;
}

#endif
