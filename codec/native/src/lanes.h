/* Vectors of int32 sums for the convolutions: how many lanes, and how a pair of int16 products is added to them.
 *
 * A step of a convolution takes two input channels of one pixel, (a, b), and for each output their weights, (u, v), and
 * adds a * u + b * v to the output's sum. Each instruction set says here how its weights lie in memory, and does that
 * for a group of outputs at once. No sum overflows: codec.exact.layers has proved it before.
 */
#ifndef GVC_LANES_H
#define GVC_LANES_H

#include "gvc.h"

/* LANES: sums in a vector. VECTORS: vectors in a group of outputs. PIXELS: pixels that are computed together, so that
 * PIXELS * VECTORS sums stay in registers. IS_PAIRED: the weights of a pair lie beside each other (u, v, u, v, ...);
 * otherwise all u of a group come before all v. */

#if defined(__AVX512BW__) && !defined(GVC_PLAIN)

#include <immintrin.h>
typedef __m512i gvc_sums;
enum { LANES = 16, VECTORS = 2, IS_PAIRED = 1 };
#if defined(__AVX512VNNI__)
enum { PIXELS = 14 };

/* Written out, since clang replaces most of its own intrinsic by a product and a sum, which is half as fast here. */
GVC_INLINE gvc_sums gvc_add_pair(gvc_sums sums, gvc_sums pair, gvc_sums weights)
{
    __asm__("vpdpwssd %2, %1, %0" : "+v"(sums) : "v"(pair), "v"(weights));
    return sums;
}
#define GVC_ADD_PAIR(sums, pair, weights) gvc_add_pair(sums, pair, weights)
#else
enum { PIXELS = 13 };
#define GVC_ADD_PAIR(sums, pair, weights) _mm512_add_epi32(sums, _mm512_madd_epi16(pair, weights))
#endif
#define GVC_LOAD_SUMS(from) _mm512_loadu_si512(from)
#define GVC_PAIR_OF(values) _mm512_set1_epi32(values)

/* (sums >> shift) clipped to [low, high], as LANES int16. */
GVC_INLINE void gvc_store(gvc_sums sums, int32_t shift, int32_t low, int32_t high, int16_t *to)
{
    sums = _mm512_sra_epi32(sums, _mm_cvtsi32_si128(shift));
    sums = _mm512_min_epi32(_mm512_max_epi32(sums, _mm512_set1_epi32(low)), _mm512_set1_epi32(high));
    _mm256_storeu_si256((__m256i *)to, _mm512_cvtepi32_epi16(sums));
}

#elif defined(__AVX2__) && !defined(GVC_PLAIN)

#include <immintrin.h>
typedef __m256i gvc_sums;
enum { LANES = 8, VECTORS = 2, IS_PAIRED = 1, PIXELS = 6 };
#if defined(__AVXVNNI__)
/* As for AVX-512. */
GVC_INLINE gvc_sums gvc_add_pair(gvc_sums sums, gvc_sums pair, gvc_sums weights)
{
    __asm__("%{vex%} vpdpwssd %2, %1, %0" : "+x"(sums) : "x"(pair), "x"(weights));
    return sums;
}
#define GVC_ADD_PAIR(sums, pair, weights) gvc_add_pair(sums, pair, weights)
#else
#define GVC_ADD_PAIR(sums, pair, weights) _mm256_add_epi32(sums, _mm256_madd_epi16(pair, weights))
#endif
#define GVC_LOAD_SUMS(from) _mm256_loadu_si256((const __m256i *)(from))
#define GVC_PAIR_OF(values) _mm256_set1_epi32(values)

GVC_INLINE void gvc_store(gvc_sums sums, int32_t shift, int32_t low, int32_t high, int16_t *to)
{
    sums = _mm256_sra_epi32(sums, _mm_cvtsi32_si128(shift));
    sums = _mm256_min_epi32(_mm256_max_epi32(sums, _mm256_set1_epi32(low)), _mm256_set1_epi32(high));
    __m256i halves = _mm256_permute4x64_epi64(_mm256_packs_epi32(sums, sums), 0x08);
    _mm_storeu_si128((__m128i *)to, _mm256_castsi256_si128(halves));
}

#elif defined(__ARM_NEON) && !defined(GVC_PLAIN)

#include <arm_neon.h>
typedef int32x4_t gvc_sums;
enum { LANES = 4, VECTORS = 4, IS_PAIRED = 0, PIXELS = 5 };
#define GVC_LOAD_SUMS(from) vld1q_s32(from)

GVC_INLINE void gvc_store(gvc_sums sums, int32_t shift, int32_t low, int32_t high, int16_t *to)
{
    sums = vshlq_s32(sums, vdupq_n_s32(-shift));
    sums = vminq_s32(vmaxq_s32(sums, vdupq_n_s32(low)), vdupq_n_s32(high));
    vst1_s16(to, vmovn_s32(sums));
}

#elif defined(__wasm_simd128__) && !defined(GVC_PLAIN)

#include <wasm_simd128.h>
typedef v128_t gvc_sums;
enum { LANES = 4, VECTORS = 2, IS_PAIRED = 1, PIXELS = 4 };
#define GVC_ADD_PAIR(sums, pair, weights) wasm_i32x4_add(sums, wasm_i32x4_dot_i16x8(pair, weights))
#define GVC_LOAD_SUMS(from) wasm_v128_load(from)
#define GVC_PAIR_OF(values) wasm_i32x4_splat(values)

GVC_INLINE void gvc_store(gvc_sums sums, int32_t shift, int32_t low, int32_t high, int16_t *to)
{
    sums = wasm_i32x4_shr(sums, (uint32_t)shift);
    sums = wasm_i32x4_min(wasm_i32x4_max(sums, wasm_i32x4_splat(low)), wasm_i32x4_splat(high));
    wasm_v128_store64_lane(to, wasm_i16x8_narrow_i32x4(sums, sums), 0);
}

#else

enum { LANES = 8, VECTORS = 2, IS_PAIRED = 0, PIXELS = 2 };
typedef struct {
    int32_t lane[LANES];
} gvc_sums;

GVC_INLINE gvc_sums gvc_load_sums(const int32_t *from)
{
    gvc_sums sums;
    __builtin_memcpy(&sums, from, sizeof sums);
    return sums;
}
#define GVC_LOAD_SUMS(from) gvc_load_sums(from)

GVC_INLINE void gvc_store(gvc_sums sums, int32_t shift, int32_t low, int32_t high, int16_t *to)
{
    for (int k = 0; k < LANES; k++)
        to[k] = (int16_t)gvc_clip(sums.lane[k] >> shift, low, high);
}

#endif

enum { GROUP = LANES * VECTORS }; /* outputs that are computed together */

/* Add one pair of inputs to the sums of the first `vectors` of a group, a constant wherever this is inlined; `weights` has
 * 2 * GROUP values. */
GVC_INLINE void gvc_add(gvc_sums sums[VECTORS], const int16_t *pair, const int16_t *weights, const int vectors)
{
#if defined(GVC_ADD_PAIR)
    int32_t both;
    __builtin_memcpy(&both, pair, sizeof both);
    const gvc_sums inputs = GVC_PAIR_OF(both);
    GVC_UNROLL
    for (int v = 0; v < vectors; v++)
        sums[v] = GVC_ADD_PAIR(sums[v], inputs, GVC_LOAD_SUMS((const void *)(weights + 2 * LANES * v)));
#elif defined(__ARM_NEON) && !defined(GVC_PLAIN)
    int32_t both;
    __builtin_memcpy(&both, pair, sizeof both);
    const int16x4_t inputs = vreinterpret_s16_s32(vdup_n_s32(both));
    GVC_UNROLL
    for (int v = 0; v < vectors; v++) {
        sums[v] = vmlal_lane_s16(sums[v], vld1_s16(weights + LANES * v), inputs, 0);
        sums[v] = vmlal_lane_s16(sums[v], vld1_s16(weights + GROUP + LANES * v), inputs, 1);
    }
#else
    for (int v = 0; v < vectors; v++)
        for (int k = 0; k < LANES; k++)
            sums[v].lane[k] += pair[0] * weights[LANES * v + k] + pair[1] * weights[GROUP + LANES * v + k];
#endif
}

#endif
