/* Interpolation between samples, as codec/lossless/motion.py defines it. */
#ifndef GVC_INTERPOLATION_H
#define GVC_INTERPOLATION_H

#include "vectors.h"

enum {
    NUM_TAPS = 6,
    ANCHOR = 2,                       /* the tap that lies on the sample itself */
    TAP_BITS = 6,                     /* the taps sum up to 1 << TAP_BITS */
    VECTOR_BITS = 2,                  /* vectors are in quarters of a sample */
    FRACTION = (1 << VECTOR_BITS) - 1, /* the part of a vector between samples */
    SAMPLE_BITS = 2,                  /* samples are in quarters of a code value, or of a unit of several */
    MAX_SAMPLE = 1023,                /* the largest magnitude of a sample of 8 bits */
};

/* The taps for a fraction of 0, 1, 2 and 3 quarters of a sample. */
static const int16_t gvc_taps[1 << VECTOR_BITS][NUM_TAPS] = {
    {0, 0, 64, 0, 0, 0}, {2, -9, 57, 17, -4, 1}, {2, -10, 40, 40, -10, 2}, {1, -4, 17, 57, -9, 2}};

/* A motion vector, in quarters of a sample. */
typedef struct {
    int16_t down, across;
} gvc_vector;

/* The smaller and the larger lanes of two vectors. Compilers that cannot say it in one word make the same of it. */
#if defined(__clang__)
#define GVC_LEAST(a, b) __builtin_elementwise_min(a, b)
#define GVC_GREATEST(a, b) __builtin_elementwise_max(a, b)
#else
#define GVC_LEAST(a, b) (((a) & ((a) < (b))) | ((b) & ~((a) < (b))))
#define GVC_GREATEST(a, b) (((a) & ((a) > (b))) | ((b) & ~((a) > (b))))
#endif

/* Limit lanes to the magnitude `most`. */
GVC_INLINE gvc_i16x8 gvc_in_range(gvc_i16x8 lanes, int16_t most)
{
    const gvc_i16x8 zero = {0}, low = zero - most, high = zero + most;
    const gvc_i16x8 raised = GVC_GREATEST(lanes, low);
    return GVC_LEAST(raised, high);
}

/* Round sums of taps, and limit them to the magnitude `most`. */
GVC_INLINE gvc_i16x8 gvc_rounded(gvc_i32x8 sums, int shift, int32_t most)
{
    const gvc_i32x8 zero = {0}, low = zero - most, high = zero + most;
    sums = (sums + (1 << (shift - 1))) >> shift;
    sums = GVC_GREATEST(sums, low);
    return __builtin_convertvector(GVC_LEAST(sums, high), gvc_i16x8);
}

#endif
