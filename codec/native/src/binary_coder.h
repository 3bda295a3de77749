/* The coder of bits of adaptive planes: binary arithmetic coding. */
#ifndef GVC_BINARY_CODER_H
#define GVC_BINARY_CODER_H

#include "adaptive.h"

GVC_INLINE uint32_t next_byte(gvc_bits *bits)
{
    const int64_t at = bits->size++;
    return at < bits->capacity ? bits->data[at] : 0;
}

/* Code a bit; probability: that it is 1, in 1/65536, above 0 and below 1. */
GVC_INLINE int code_bit(gvc_bits *bits, int bit, uint32_t probability)
{
    const uint32_t middle = bits->low + (uint32_t)((uint64_t)(bits->high - bits->low) * probability >> 16);
    if (!bits->is_writing)
        bit = bits->value <= middle;
    if (bit)
        bits->high = middle;
    else
        bits->low = middle + 1;
    while (!((bits->low ^ bits->high) >> 24)) {
        if (bits->is_writing)
            bits->data[bits->size++] = (uint8_t)(bits->high >> 24);
        else
            bits->value = bits->value << 8 | next_byte(bits);
        bits->low <<= 8;
        bits->high = bits->high << 8 | 255;
    }
    return bit;
}

#endif
