/* Bits of LEVEL_FIRST: probabilities mixed of what eight contexts have counted. */
#ifndef GVC_ADAPTIVE_BITS_H
#define GVC_ADAPTIVE_BITS_H

#include "adaptive.h"
#include "binary_coder.h"
#include "vectors.h"

#if defined(__AVX2__) && !defined(GVC_PLAIN)
#include <immintrin.h>
#endif

typedef struct {
    gvc_adaptive_model *model;
    const gvc_adaptive_tables *tables;
    gvc_bits *bits;
    uint32_t *counters[CONTEXTS]; /* those of each context's value */
    int32_t energy;
} gvc_mixer;

enum { KIND_ZERO, KIND_SIGN, KIND_TOP, KIND_BELOW };

enum {
    LEARNING_BITS = 15,
    MOST_WEIGHT = 1 << 18, /* 4 */
    COUNT_BITS = 10,
    CERTAIN = (1 << 22) - 1,
};

/* Each lane within +-most. */
GVC_INLINE gvc_i32x8 limited(gvc_i32x8 lanes, int32_t most)
{
#if defined(__AVX2__) && !defined(GVC_PLAIN)
    const __m256i below = _mm256_min_epi32((__m256i)lanes, _mm256_set1_epi32(most));
    return (gvc_i32x8)_mm256_max_epi32(below, _mm256_set1_epi32(-most));
#else
    const gvc_i32x8 above = lanes > most, below = lanes < -most;
    return (above & most) | (below & -most) | (~(above | below) & lanes);
#endif
}

GVC_INLINE int32_t total_of(gvc_i32x8 lanes)
{
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

/* A counter that has seen a bit. */
GVC_INLINE uint32_t counted(uint32_t counter, int bit, const gvc_adaptive_tables *tables)
{
    const uint32_t count = counter & (COUNTS - 1);
    const int32_t probability = (int32_t)(counter >> COUNT_BITS);
    const int32_t moved = probability + ((((bit ? CERTAIN : 0) - probability) >> 3) * tables->rate[count] >> 9);
    return (uint32_t)moved << COUNT_BITS | (count + (count < COUNTS - 1));
}

/* Mix what the contexts say of a bit, code it, and learn. No sum overflows: eight products are below 2**27 each. */
static int mix_bit(gvc_mixer *mixer, int node, int kind, int bit)
{
    const gvc_adaptive_tables *tables = mixer->tables;
    int32_t *of_node = mixer->model->of_node[node];
    int32_t *of_energy = mixer->model->of_energy[mixer->energy * KINDS + kind];
    gvc_i32x8 inputs;
    for (int k = 0; k < CONTEXTS; k++)
        inputs[k] = tables->stretch[mixer->counters[k][node] >> 20];
    const gvc_i32x8 weights = gvc_load_i32x8(of_node), weights_too = gvc_load_i32x8(of_energy);
    const int32_t first = gvc_clip(total_of(inputs * (weights >> 2)) >> 14, -2047, 2047);
    const int32_t second = gvc_clip(total_of(inputs * (weights_too >> 2)) >> 14, -2047, 2047);
    bit = code_bit(mixer->bits, bit, tables->squash[((first + second) >> 1) + 2048]);
    const int32_t wrong = (bit << 16) - tables->squash[first + 2048];
    const int32_t wrong_too = (bit << 16) - tables->squash[second + 2048];
    enum { HALF = 1 << (LEARNING_BITS - 1) };
    const gvc_i32x8 learned = limited(weights + ((inputs * wrong + HALF) >> LEARNING_BITS), MOST_WEIGHT);
    const gvc_i32x8 learned_too = limited(weights_too + ((inputs * wrong_too + HALF) >> LEARNING_BITS), MOST_WEIGHT);
    __builtin_memcpy(of_node, &learned, sizeof learned);
    __builtin_memcpy(of_energy, &learned_too, sizeof learned_too);
    for (int k = 0; k < CONTEXTS; k++)
        mixer->counters[k][node] = counted(mixer->counters[k][node], bit, tables);
    return bit;
}

#endif
