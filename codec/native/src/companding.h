/* The companding curve of differences (codec/lossless/known.py, `companded`). */
#ifndef GVC_COMPANDING_H
#define GVC_COMPANDING_H

#include "gvc.h"

/* The largest companded value, INPUT_MAX in codec/lossless/predictor_weights.py. */
#define GVC_COMPANDED_MAX 2047

/* A sample in quarters of a unit of 2**unit_bits code values, rounded down. Limits: so that the difference of two fits
 * int16. */
GVC_INLINE int32_t gvc_in_quarters(int32_t code_values_in_quarters, int32_t unit_bits)
{
    return gvc_clip(code_values_in_quarters >> unit_bits, -(1 << 14), (1 << 14) - 1);
}

/* Compand a difference in quarters of a unit, of a magnitude below 2**26.
 *
 * From 0 on, the curve has the slopes 16, 8, 4 and 1. They only fall, so it is the least of the four straight lines.
 */
GVC_INLINE int32_t gvc_companded(int32_t difference)
{
    const int32_t size = difference < 0 ? -difference : difference;
    int32_t value = 16 * size;
    value = value < 128 + 8 * size ? value : 128 + 8 * size;
    value = value < 384 + 4 * size ? value : 384 + 4 * size;
    value = value < 1152 + size ? value : 1152 + size;
    value = value < GVC_COMPANDED_MAX ? value : GVC_COMPANDED_MAX;
    return difference < 0 ? -value : value;
}

#endif
