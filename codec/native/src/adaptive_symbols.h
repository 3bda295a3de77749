/* Symbols of adaptive planes: a difference as one of 16 symbols, whose probabilities are a weighted mean of what four
 * contexts have counted, coded by four interleaved rANS states (J. Duda, "Asymmetric numeral systems", 2013; F. Giesen,
 * "Interleaved entropy coders", 2014).
 */
#ifndef GVC_ADAPTIVE_SYMBOLS_H
#define GVC_ADAPTIVE_SYMBOLS_H

#include "adaptive.h"
#include "vectors.h"

#if defined(__AVX2__) && !defined(GVC_PLAIN)
#include <immintrin.h>
#elif defined(__wasm_simd128__) && !defined(GVC_PLAIN)
#include <wasm_simd128.h>
#endif

enum {
    SHARE_BITS = 15,               /* of probabilities */
    LEAST_STATE = 1 << 16,         /* a state is at least that between symbols */
    WORD_BITS = 16,                /* that a state gives or takes at once */
    MOST_UNIFORM_BITS = 14,        /* of a number whose values are equally likely, at once */
    BLOCK_SYMBOLS = 1 << 16,       /* a block ends with the component that brings it to so many */
    COUNTED = SYMBOLS - 1,         /* where a context keeps how often it was used */
    MOST_COUNTED = 500,
    CERTAIN_SHARE = (1 << SHARE_BITS) - 1,
    ALL_WEIGHTS = 32760,           /* their sum: what they weigh never comes to 32768 */
    LEAST_WEIGHT = 300,
    RATIO_BITS = 10,
    WEIGHT_RATE = 5,
    FLOOR_BITS = 11,               /* each symbol keeps a share of 1/32768 */
    MOST_CLASS = SYMBOLS - 1,
};

/* ---- the coder of symbols: the last one that is written is the first one whose state is known, so that the sender
 * keeps the symbols of a block and writes them backwards */

GVC_INLINE uint32_t next_word(gvc_bits *bits)
{
    const int64_t at = bits->size;
    bits->size += 2;
    return at + 1 < bits->capacity ? (uint32_t)bits->data[at] | (uint32_t)bits->data[at + 1] << 8 : 0;
}

GVC_INLINE uint32_t next_share(const gvc_bits *bits)
{
    return bits->states[bits->num_symbols % STATES] & ((1 << SHARE_BITS) - 1);
}

/* Leave a symbol whose shares begin at start, and are so many. */
GVC_INLINE void pass_symbol(gvc_bits *bits, uint32_t start, uint32_t share)
{
    if (bits->is_writing) {
        bits->symbols[bits->num_symbols++] = start | share << WORD_BITS;
        return;
    }
    uint32_t *state = &bits->states[bits->num_symbols++ % STATES];
    uint32_t next = share * (*state >> SHARE_BITS) + (*state & ((1 << SHARE_BITS) - 1)) - start;
    if (next < LEAST_STATE)
        next = next << WORD_BITS | next_word(bits);
    *state = next;
}

/* A number of at most MOST_UNIFORM_BITS bits, all of whose values are equally likely. */
GVC_INLINE uint32_t code_few_bits(gvc_bits *bits, uint32_t wanted, int num_bits)
{
    if (!bits->is_writing)
        wanted = next_share(bits) >> (SHARE_BITS - num_bits);
    pass_symbol(bits, wanted << (SHARE_BITS - num_bits), (uint32_t)1 << (SHARE_BITS - num_bits));
    return wanted;
}

GVC_INLINE uint32_t code_uniform(gvc_bits *bits, uint32_t wanted, int num_bits)
{
    uint32_t top = 0;
    if (num_bits > MOST_UNIFORM_BITS) {
        num_bits -= MOST_UNIFORM_BITS;
        top = code_few_bits(bits, wanted >> MOST_UNIFORM_BITS, num_bits);
        num_bits = MOST_UNIFORM_BITS;
    }
    return num_bits ? top << num_bits | code_few_bits(bits, wanted & ((1u << num_bits) - 1), num_bits) : 0;
}

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

/* Code a symbol whose shares are known. */
GVC_INLINE int code_shared(gvc_bits *bits, gvc_shares shares, int wanted)
{
    _Alignas(32) int16_t all[SYMBOLS];
    store_shares(shares, all);
    const int symbol = bits->is_writing ? wanted : symbol_of(shares, next_share(bits));
    const uint32_t start = symbol ? (uint32_t)all[symbol - 1] : 0;
    const uint32_t end = symbol < COUNTED ? (uint32_t)all[symbol] : 1 << SHARE_BITS;
    pass_symbol(bits, start, end - start);
    return symbol;
}

/* The share of a symbol in what each context has counted, and 1. */
GVC_INLINE gvc_i32x4 shares_alone(int16_t *const *counts, int symbol)
{
    /* Where shares end, of the symbol and of the one before it, in 16 bits each. */
    gvc_i32x4 ends;
    for (int k = 0; k < SYMBOL_CONTEXTS; k++) {
        int32_t both;
        __builtin_memcpy(&both, counts[k] + (symbol ? symbol - 1 : 0), sizeof both);
        ends[k] = both;
    }
    ends <<= symbol ? 0 : 16;
    const gvc_i32x4 upper = symbol < COUNTED ? ends >> 16 : (gvc_i32x4){0} + CERTAIN_SHARE;
    return upper - (ends & 0xffff) + 1;
}

/* Weigh a context more the larger it said that the symbol's share is, beside the others. */
GVC_INLINE void weigh_again(int32_t *all_weights, int16_t *const *counts, int symbol)
{
    gvc_i32x4 weights = gvc_load_i32x4(all_weights);
    const gvc_i32x4 shares = shares_alone(counts, symbol), parts = weights * shares;
    const int32_t mean = (parts[0] + parts[1] + parts[2] + parts[3]) >> SHARE_BITS;
    const int32_t inverse = (1 << 2 * RATIO_BITS) / (mean > 1 ? mean : 1);
    const gvc_i32x4 ratios = shares * inverse >> RATIO_BITS;
    weights += weights * (ratios - (1 << RATIO_BITS)) >> (RATIO_BITS + WEIGHT_RATE);
    weights += (LEAST_WEIGHT - weights) & (weights < LEAST_WEIGHT);
    const int32_t sum = weights[0] + weights[1] + weights[2] + weights[3];
    int largest = 0;
    for (int k = 1; k < SYMBOL_CONTEXTS; k++)
        largest = weights[k] > weights[largest] ? k : largest;
    /* One store: what is loaded next need not wait for two. */
    weights += ((gvc_i32x4){0, 1, 2, 3} == largest) & (ALL_WEIGHTS - sum);
    __builtin_memcpy(all_weights, &weights, sizeof weights);
}

/* Code a symbol by what four contexts say, and learn; what they weigh, if asked to. */
GVC_INLINE int code_symbol(gvc_bits *bits, int32_t *weights, int16_t *const *counts, int wanted, int weighs_again)
{
    gvc_shares shares = weighed(shares_of(counts[0]), weights[0]);
    for (int k = 1; k < SYMBOL_CONTEXTS; k++)
        shares = added(shares, weighed(shares_of(counts[k]), weights[k]));
    const int symbol = code_shared(bits, with_floor(shares), wanted);
    if (weighs_again)
        weigh_again(weights, counts, symbol);
    for (int k = 0; k < SYMBOL_CONTEXTS; k++)
        count_symbol(counts[k], symbol);
    return symbol;
}

/* Code how far a symbol at the end of the range is exceeded: how many bits the distance and 1 have, and those below the
 * top one. */
GVC_INLINE uint32_t code_excess(gvc_bits *bits, int16_t *counts, uint32_t wanted)
{
    enum { MORE_BITS = 2 };
    int size = 0;
    if (bits->is_writing)
        while ((wanted + 1) >> (size + 1))
            size++;
    int found = code_shared(bits, with_floor(shares_of(counts)), size < MOST_CLASS ? size : MOST_CLASS);
    count_symbol(counts, found);
    if (found == MOST_CLASS)
        found += (int)code_uniform(bits, (uint32_t)(size - MOST_CLASS), MORE_BITS);
    const uint32_t below = code_uniform(bits, wanted + 1 - (1u << size), found);
    return (1u << found | below) - 1;
}

#endif
