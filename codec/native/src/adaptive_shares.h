/* Shares of symbols, by what contexts have counted: vectors of 16 numbers, and how they learn. */
#ifndef GVC_ADAPTIVE_SHARES_H
#define GVC_ADAPTIVE_SHARES_H

#include "adaptive.h"

#if defined(__AVX2__) && !defined(GVC_PLAIN)
#include <immintrin.h>
#elif defined(__wasm_simd128__) && !defined(GVC_PLAIN)
#include <wasm_simd128.h>
#endif

enum {
    SHARE_BITS = 15,       /* of probabilities */
    COUNTED = SYMBOLS - 1, /* where a context keeps how often it was used */
    MOST_COUNTED = 500,
    CERTAIN_SHARE = (1 << SHARE_BITS) - 1,
    FLOOR_BITS = 11,       /* each symbol keeps a share of 1/32768 */
};

/* ---- what contexts have counted: the share of symbols up to each, and in the last place how often it was used */

/* How slowly a context's shares move, by how often it was used: a step is a part of 1 << rate. */
static const uint8_t RATES[MOST_COUNTED + 1] = {
    [0 ... 2] = 2, [3 ... 7] = 3, [8 ... 19] = 4, [20 ... 49] = 5, [50 ... 119] = 6, [120 ... 499] = 7, [500] = 8,
};

#if defined(__AVX2__) && !defined(GVC_PLAIN)

typedef __m256i gvc_shares;

GVC_INLINE gvc_shares shares_of(const int16_t *counts)
{
    return _mm256_load_si256((const __m256i *)counts);
}

GVC_INLINE gvc_shares weighed(gvc_shares shares, int32_t weight)
{
    return _mm256_mulhrs_epi16(shares, _mm256_set1_epi16((int16_t)weight));
}

GVC_INLINE gvc_shares added(gvc_shares a, gvc_shares b)
{
    return _mm256_add_epi16(a, b);
}

/* With a share for each symbol, however rare. */
GVC_INLINE gvc_shares with_floor(gvc_shares shares)
{
    const __m256i floors = _mm256_setr_epi16(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    return _mm256_add_epi16(_mm256_sub_epi16(shares, _mm256_srli_epi16(shares, FLOOR_BITS)), floors);
}

GVC_INLINE void store_shares(gvc_shares shares, int16_t *to)
{
    _mm256_store_si256((__m256i *)to, shares);
}

/* The symbol that a share is of: the first whose shares end above it. */
GVC_INLINE int symbol_of(gvc_shares shares, uint32_t share)
{
    const __m256i above = _mm256_cmpgt_epi16(shares, _mm256_set1_epi16((int16_t)share));
    return __builtin_ctz((uint32_t)_mm256_movemask_epi8(above) | 1u << 2 * COUNTED) / 2;
}

/* In whole vectors, for what is loaded next would wait for a smaller store. */
GVC_INLINE void count_symbol(int16_t *counts, int symbol)
{
    const __m256i numbers = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m256i is_share = _mm256_setr_epi16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0);
    const __m256i most_counted = _mm256_setr_epi16(
        INT16_MIN, INT16_MIN, INT16_MIN, INT16_MIN, INT16_MIN, INT16_MIN, INT16_MIN, INT16_MIN,
        INT16_MIN, INT16_MIN, INT16_MIN, INT16_MIN, INT16_MIN, INT16_MIN, INT16_MIN, MOST_COUNTED);
    const __m256i is_below = _mm256_cmpgt_epi16(_mm256_set1_epi16((int16_t)symbol), numbers);
    /* What shares tend to: 0 below the symbol, else 32767. */
    const __m256i aim = _mm256_andnot_si256(is_below, _mm256_srli_epi16(is_share, 1));
    const __m256i old = shares_of(counts), distance = _mm256_xor_si256(old, aim);
    const __m128i rate = _mm_cvtsi32_si128(RATES[counts[COUNTED]]);
    const __m256i step = _mm256_sra_epi16(_mm256_sub_epi16(_mm256_setzero_si256(), distance), rate);
    const __m256i next = _mm256_xor_si256(_mm256_add_epi16(distance, _mm256_and_si256(step, is_share)), aim);
    _mm256_store_si256((__m256i *)counts, _mm256_sub_epi16(next, _mm256_cmpgt_epi16(most_counted, old)));
}

#elif defined(__wasm_simd128__) && !defined(GVC_PLAIN)

typedef struct {
    v128_t low, high;
} gvc_shares;

GVC_INLINE gvc_shares shares_of(const int16_t *counts)
{
    return (gvc_shares){wasm_v128_load(counts), wasm_v128_load(counts + SYMBOLS / 2)};
}

GVC_INLINE gvc_shares weighed(gvc_shares shares, int32_t weight)
{
    const v128_t all = wasm_i16x8_splat((int16_t)weight);
    return (gvc_shares){wasm_i16x8_q15mulr_sat(shares.low, all), wasm_i16x8_q15mulr_sat(shares.high, all)};
}

GVC_INLINE gvc_shares added(gvc_shares a, gvc_shares b)
{
    return (gvc_shares){wasm_i16x8_add(a.low, b.low), wasm_i16x8_add(a.high, b.high)};
}

/* With a share for each symbol, however rare. */
GVC_INLINE gvc_shares with_floor(gvc_shares shares)
{
    const v128_t low = wasm_i16x8_const(1, 2, 3, 4, 5, 6, 7, 8), high = wasm_i16x8_const(9, 10, 11, 12, 13, 14, 15, 16);
    return (gvc_shares){
        wasm_i16x8_add(wasm_i16x8_sub(shares.low, wasm_u16x8_shr(shares.low, FLOOR_BITS)), low),
        wasm_i16x8_add(wasm_i16x8_sub(shares.high, wasm_u16x8_shr(shares.high, FLOOR_BITS)), high),
    };
}

GVC_INLINE void store_shares(gvc_shares shares, int16_t *to)
{
    wasm_v128_store(to, shares.low);
    wasm_v128_store(to + SYMBOLS / 2, shares.high);
}

/* The symbol that a share is of: the first whose shares end above it. */
GVC_INLINE int symbol_of(gvc_shares shares, uint32_t share)
{
    const v128_t all = wasm_i16x8_splat((int16_t)share);
    const uint32_t low = wasm_i16x8_bitmask(wasm_i16x8_gt(shares.low, all));
    const uint32_t high = wasm_i16x8_bitmask(wasm_i16x8_gt(shares.high, all));
    return __builtin_ctz(low | high << SYMBOLS / 2 | 1u << COUNTED);
}

/* Half of the shares of a context, moved towards 0 below the symbol, else towards 32767. */
GVC_INLINE v128_t moved_shares(v128_t old, v128_t is_below, int rate)
{
    const v128_t aim = wasm_v128_andnot(wasm_i16x8_splat(CERTAIN_SHARE), is_below), distance = wasm_v128_xor(old, aim);
    const v128_t step = wasm_i16x8_shr(wasm_i16x8_neg(distance), (uint32_t)rate);
    return wasm_v128_xor(wasm_i16x8_add(distance, step), aim);
}

/* In whole vectors, for what is loaded next would wait for a smaller store. */
GVC_INLINE void count_symbol(int16_t *counts, int symbol)
{
    const int counted = counts[COUNTED], rate = RATES[counted];
    const v128_t all = wasm_i16x8_splat((int16_t)symbol);
    const v128_t low = wasm_i16x8_const(0, 1, 2, 3, 4, 5, 6, 7), high = wasm_i16x8_const(8, 9, 10, 11, 12, 13, 14, 15);
    const gvc_shares old = shares_of(counts);
    const v128_t next = moved_shares(old.high, wasm_i16x8_gt(all, high), rate);
    wasm_v128_store(counts, moved_shares(old.low, wasm_i16x8_gt(all, low), rate));
    wasm_v128_store(counts + SYMBOLS / 2,
                    wasm_i16x8_replace_lane(next, SYMBOLS / 2 - 1, (int16_t)(counted + (counted < MOST_COUNTED))));
}

#else

typedef struct {
    int16_t of[SYMBOLS];
} gvc_shares;

GVC_INLINE gvc_shares shares_of(const int16_t *counts)
{
    gvc_shares found;
    __builtin_memcpy(&found, counts, sizeof found);
    return found;
}

GVC_INLINE gvc_shares weighed(gvc_shares shares, int32_t weight)
{
    for (int k = 0; k < SYMBOLS; k++)
        shares.of[k] = (int16_t)((shares.of[k] * weight + (1 << (SHARE_BITS - 1))) >> SHARE_BITS);
    return shares;
}

GVC_INLINE gvc_shares added(gvc_shares a, gvc_shares b)
{
    for (int k = 0; k < SYMBOLS; k++)
        a.of[k] = (int16_t)(a.of[k] + b.of[k]);
    return a;
}

/* With a share for each symbol, however rare. */
GVC_INLINE gvc_shares with_floor(gvc_shares shares)
{
    for (int k = 0; k < SYMBOLS; k++)
        shares.of[k] = (int16_t)(shares.of[k] - (shares.of[k] >> FLOOR_BITS) + k + 1);
    return shares;
}

GVC_INLINE void store_shares(gvc_shares shares, int16_t *to)
{
    __builtin_memcpy(to, &shares, sizeof shares);
}

/* The symbol that a share is of. */
GVC_INLINE int symbol_of(gvc_shares shares, uint32_t share)
{
    int found = 0;
    for (int k = 0; k < COUNTED; k++)
        found += shares.of[k] <= (int32_t)share;
    return found;
}

GVC_INLINE void count_symbol(int16_t *counts, int symbol)
{
    const int counted = counts[COUNTED], rate = RATES[counted], rounding = (1 << rate) - 1;
    for (int k = 0; k < COUNTED; k++) {
        const int is_below = k < symbol;
        const int32_t step = ((is_below ? counts[k] : CERTAIN_SHARE - counts[k]) + rounding) >> rate;
        counts[k] = (int16_t)(counts[k] + (is_below ? -step : step));
    }
    counts[COUNTED] = (int16_t)(counted + (counted < MOST_COUNTED));
}

#endif

#endif
