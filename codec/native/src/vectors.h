/* Vectors of lanes, as every compiler knows them: arithmetic goes lane by lane, whatever the processor has. */
#ifndef GVC_VECTORS_H
#define GVC_VECTORS_H

#include "gvc.h"

typedef uint8_t gvc_u8x8 __attribute__((vector_size(8)));
typedef uint8_t gvc_u8x16 __attribute__((vector_size(16)));
typedef int16_t gvc_i16x8 __attribute__((vector_size(16)));
typedef int16_t gvc_i16x16 __attribute__((vector_size(32)));
typedef int32_t gvc_i32x4 __attribute__((vector_size(16)));
typedef int32_t gvc_i32x8 __attribute__((vector_size(32)));

GVC_INLINE gvc_i16x8 gvc_load_i16x8(const int16_t *from)
{
    gvc_i16x8 lanes;
    __builtin_memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

GVC_INLINE gvc_i32x4 gvc_load_i32x4(const int32_t *from)
{
    gvc_i32x4 lanes;
    __builtin_memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

GVC_INLINE gvc_i32x8 gvc_load_i32x8(const int32_t *from)
{
    gvc_i32x8 lanes;
    __builtin_memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

/* int16 to int32. */
GVC_INLINE gvc_i32x8 gvc_widened(gvc_i16x8 lanes)
{
    return __builtin_convertvector(lanes, gvc_i32x8);
}

/* Eight samples as int16. */
GVC_INLINE gvc_i16x8 gvc_load_u8x8(const uint8_t *from)
{
    gvc_u8x8 lanes;
    __builtin_memcpy(&lanes, from, sizeof lanes);
    return __builtin_convertvector(lanes, gvc_i16x8);
}

/* Sixteen samples as int16. */
GVC_INLINE gvc_i16x16 gvc_load_u8x16(const uint8_t *from)
{
    gvc_u8x16 lanes;
    __builtin_memcpy(&lanes, from, sizeof lanes);
    return __builtin_convertvector(lanes, gvc_i16x16);
}

/* The magnitude of each lane. */
GVC_INLINE gvc_i16x8 gvc_absolute(gvc_i16x8 lanes)
{
    const gvc_i16x8 sign = lanes >> 15;
    return (lanes ^ sign) - sign;
}

/* The sum of all lanes. */
GVC_INLINE int32_t gvc_total(gvc_i16x8 lanes)
{
    const gvc_i32x8 wide = gvc_widened(lanes);
    int32_t total = 0;
    for (int k = 0; k < 8; k++)
        total += wide[k];
    return total;
}

#endif
