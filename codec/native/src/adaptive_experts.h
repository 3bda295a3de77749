/* Bits of LEVEL_MAX: probabilities mixed of what ten contexts have counted and of what the distributions of five
 * predictions say; and the bits of a difference, for LEVEL_FIRST, too. */
#ifndef GVC_ADAPTIVE_EXPERTS_H
#define GVC_ADAPTIVE_EXPERTS_H

#include "adaptive_bits.h"

enum {
    SETS = 6,              /* of mixing weights */
    SURVIVALS_BELOW = 1280, /* of the table of survival */
    SCALE_BITS = 8,
    SCALE = 5678 << SCALE_BITS, /* 64 * 2 ln 2, in 1/64: from a mean distance to the scale of a logistic distribution */
    MEAN_RATE = 7,
    CONSTANT_INPUT = 64,   /* 0.25 */
};

/* The mixer of a sample. */
typedef struct {
    gvc_expert_model *model;
    const gvc_adaptive_tables *tables;
    gvc_bits *bits;
    uint32_t *counters[MORE_CONTEXTS]; /* those of each context's value */
    int32_t (*sets[SETS - 1])[INPUTS]; /* the mixing weights of each kind of bits; those by node stand in the model */
    int32_t means[EXPERTS];            /* how far predictions are above the rounded one, in 1/16 */
    int32_t scales[EXPERTS];           /* what makes a distance in 1/16 of a unit one in the table of survival */
    int32_t unit;
} gvc_expert_mixer;

/* The class of how far predictions were off: four for each doubling. */
GVC_INLINE int32_t error_class(int32_t distance)
{
    const int top = 31 - __builtin_clz((uint32_t)distance);
    const int32_t found = 4 * top + (int32_t)(((uint32_t)distance << 2 >> top) & 3);
    return found < ERROR_CLASSES ? found : ERROR_CLASSES - 1;
}

/* The share of a prediction's distribution that is above a threshold, in 1/16; mean: of the distribution. */
GVC_INLINE float survival_of(const gvc_expert_mixer *mixer, int expert, int32_t mean, int32_t threshold)
{
    const int64_t distance = (int64_t)(mean - threshold) * mixer->scales[expert] >> (SCALE_BITS + mixer->unit);
    const int64_t place = distance + SURVIVALS_BELOW;
    return mixer->tables->survival[place < 0 ? 0 : place < SURVIVALS ? place : SURVIVALS - 1];
}

/* The magnitudes that a bit tells apart: of those from `from` on, or of 2 * step of them, the first step. */
typedef struct {
    int is_negative;
    int32_t from, step;
} gvc_interval;

/* The probability of 1, as a prediction's distribution has it. */
GVC_INLINE float probability_of(const gvc_expert_mixer *mixer, int expert, int kind, gvc_interval interval)
{
    const int32_t above = mixer->means[expert], mean = interval.is_negative ? -above : above;
    const int32_t from = 16 * interval.from - 8, middle = from + 16 * interval.step;
    if (kind == KIND_ZERO)
        return (1.0f - survival_of(mixer, expert, above, 8)) - survival_of(mixer, expert, -above, 8);
    if (kind == KIND_SIGN) {
        const float negative = survival_of(mixer, expert, -above, 8);
        return negative / ((negative + survival_of(mixer, expert, above, 8)) + 1e-9f);
    }
    const float all = survival_of(mixer, expert, mean, from), rest = survival_of(mixer, expert, mean, middle);
    if (kind == KIND_TOP)
        return 1.0f - rest / (all + 1e-12f);
    const float beyond = survival_of(mixer, expert, mean, middle + 16 * interval.step);
    return (rest - beyond) / ((all - beyond) + 1e-12f);
}

/* Mix what is said of a bit, code it, and learn. No sum overflows: 16 products are below 2**26 each. */
GVC_INLINE int mix_bit_of_kind(gvc_expert_mixer *mixer, int node, int kind, int bit, gvc_interval interval)
{
    enum { HALF = 1 << (LEARNING_BITS - 1), SIXTH = 10923 };
    const gvc_adaptive_tables *tables = mixer->tables;
    int32_t inputs[INPUTS], *weights[SETS];
    uint32_t counters[MORE_CONTEXTS];
    for (int k = 0; k < MORE_CONTEXTS; k++) {
        counters[k] = mixer->counters[k][node];
        inputs[k] = tables->stretch[counters[k] >> 20];
    }
    for (int k = 0; k < EXPERTS; k++) {
        const int32_t share = (int32_t)(probability_of(mixer, k, kind, interval) * (float)PROBABILITIES);
        inputs[MORE_CONTEXTS + k] = tables->stretch[gvc_clip(share, 0, PROBABILITIES - 1)];
    }
    inputs[INPUTS - 1] = CONSTANT_INPUT;
    const gvc_i32x8 first = gvc_load_i32x8(inputs), second = gvc_load_i32x8(inputs + 8);
    int32_t mixed[SETS], sum = 0;
    weights[0] = mixer->model->of_node[node];
    for (int k = 1; k < SETS; k++)
        weights[k] = mixer->sets[k - 1][kind];
    for (int k = 0; k < SETS; k++) {
        const gvc_i32x8 of_first = gvc_load_i32x8(weights[k]), of_second = gvc_load_i32x8(weights[k] + 8);
        mixed[k] = gvc_clip(total_of(first * (of_first >> 3) + second * (of_second >> 3)) >> 13, -2047, 2047);
        sum += mixed[k];
    }
    bit = code_bit(mixer->bits, bit, tables->squash[(sum * SIXTH >> 16) + 2048]);
    for (int k = 0; k < SETS; k++) {
        const int32_t wrong = (bit << 16) - tables->squash[mixed[k] + 2048];
        const gvc_i32x8 of_first = gvc_load_i32x8(weights[k]), of_second = gvc_load_i32x8(weights[k] + 8);
        const gvc_i32x8 learned = limited(of_first + ((first * wrong + HALF) >> LEARNING_BITS), MOST_WEIGHT);
        const gvc_i32x8 learned_too = limited(of_second + ((second * wrong + HALF) >> LEARNING_BITS), MOST_WEIGHT);
        __builtin_memcpy(weights[k], &learned, sizeof learned);
        __builtin_memcpy(weights[k] + 8, &learned_too, sizeof learned_too);
    }
    for (int k = 0; k < MORE_CONTEXTS; k++)
        mixer->counters[k][node] = counted(counters[k], bit, tables);
    return bit;
}

/* With code of its own for each kind. */
static int mix_bit_of_many(gvc_expert_mixer *mixer, int node, int kind, int bit, gvc_interval interval)
{
    switch (kind) {
    case KIND_ZERO:
        return mix_bit_of_kind(mixer, node, KIND_ZERO, bit, interval);
    case KIND_SIGN:
        return mix_bit_of_kind(mixer, node, KIND_SIGN, bit, interval);
    case KIND_TOP:
        return mix_bit_of_kind(mixer, node, KIND_TOP, bit, interval);
    default:
        return mix_bit_of_kind(mixer, node, KIND_BELOW, bit, interval);
    }
}

/* The nodes of a difference: whether it is 0; its sign; then, for each sign, how many bits its magnitude has, and the
 * bits below the top one: all of magnitudes below 16, two of larger ones. The rest is equally likely. What is often
 * used lies close together. */
enum { IS_ZERO, IS_NEGATIVE, OF_TOP, MOST_TOP = 17, OF_SMALL = 38, OF_LARGE = 60, FIRST_LARGE = 4, MODELED_BITS = 2 };

/* One of both mixers; a constant tells which, so that each has code of its own. */
typedef struct {
    gvc_mixer *of_contexts;
    gvc_expert_mixer *of_experts;
} gvc_either_mixer;

GVC_INLINE int mix_either(gvc_either_mixer mixer, int node, int kind, int bit, gvc_interval interval)
{
    return mixer.of_experts ? mix_bit_of_many(mixer.of_experts, node, kind, bit, interval)
                            : mix_bit(mixer.of_contexts, node, kind, bit);
}

/* Code a difference, which the receiver is not given. */
GVC_INLINE int32_t code_difference(gvc_either_mixer mixer, gvc_bits *bits, int32_t wanted)
{
    static const uint8_t SMALL[FIRST_LARGE] = {0, 0, 1, 4};
    gvc_interval interval = {0, 0, 0};
    if (mix_either(mixer, IS_ZERO, KIND_ZERO, wanted == 0, interval))
        return 0;
    const int sign = mix_either(mixer, IS_NEGATIVE, KIND_SIGN, wanted < 0, interval);
    const uint32_t magnitude = wanted < 0 ? -(uint32_t)wanted : (uint32_t)wanted;
    int wanted_top = 0, top = 0;
    while (wanted_top < MOST_TOP && magnitude >> (wanted_top + 1))
        wanted_top++;
    interval = (gvc_interval){sign, 1, 1};
    while (top < MOST_TOP && !mix_either(mixer, OF_TOP + 2 * top + sign, KIND_TOP, top == wanted_top, interval)) {
        top++;
        interval.from = interval.step = 1 << top;
    }
    uint32_t found = 1;
    for (int place = top - 1; place >= 0; place--) {
        int bit = magnitude >> place & 1;
        interval.step = 1 << place;
        interval.from = (int32_t)found << (place + 1);
        if (top < FIRST_LARGE)
            bit = mix_either(mixer, OF_SMALL + 2 * (SMALL[top] + (int)found - 1) + sign, KIND_BELOW, bit, interval);
        else if (top - 1 - place < MODELED_BITS)
            bit = mix_either(mixer, OF_LARGE + 2 * (3 * (top - FIRST_LARGE) + (int)found - 1) + sign, KIND_BELOW, bit, interval);
        else
            bit = code_bit(bits, bit, 1 << 15);
        found = found * 2 + (uint32_t)bit;
    }
    return sign ? -(int32_t)found : (int32_t)found;
}

#endif
