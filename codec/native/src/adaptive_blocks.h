/* Blocks of symbols of adaptive planes: how they begin, are written, and end. */
#ifndef GVC_ADAPTIVE_BLOCKS_H
#define GVC_ADAPTIVE_BLOCKS_H

#include "adaptive_symbols.h"

static void begin_block(gvc_bits *bits)
{
    gvc_symbol_coder coder = symbol_coder_of(bits);
    for (int k = 0; k < STATES; k++) {
        const uint32_t low = next_word(&coder);
        bits->states[k] = low | next_word(&coder) << WORD_BITS;
    }
    put_back(&coder, bits);
}

/* Write the symbols of a block; there is room for them. */
static void write_block(gvc_bits *bits)
{
    uint32_t states[STATES] = {LEAST_STATE, LEAST_STATE, LEAST_STATE, LEAST_STATE};
    uint8_t *const begin = bits->data + bits->size, *const end = begin + 2 * bits->num_symbols + 4 * STATES;
    uint8_t *at = end;
    for (int64_t k = bits->num_symbols - 1; k >= 0; k--) {
        const uint32_t start = bits->symbols[k] & ((1 << WORD_BITS) - 1), share = bits->symbols[k] >> WORD_BITS;
        uint32_t state = states[k % STATES];
        if (state >> (2 * WORD_BITS - SHARE_BITS) >= share) {
            *--at = (uint8_t)(state >> 8);
            *--at = (uint8_t)state;
            state >>= WORD_BITS;
        }
        states[k % STATES] = (state / share << SHARE_BITS) + state % share + start;
    }
    for (int k = STATES - 1; k >= 0; k--)
        for (int byte = 3; byte >= 0; byte--)
            *--at = (uint8_t)(states[k] >> 8 * byte);
    const int64_t size = end - at;
    for (int64_t k = 0; k < size; k++) /* onwards, since both may overlap */
        begin[k] = at[k];
    bits->size += size;
    bits->num_symbols = 0;
}

/* About how many bytes the symbols that wait will take. */
static int64_t waiting_bytes(const gvc_bits *bits)
{
    enum { PLACES = 10, ONE = 1 << PLACES, CURVE = 353 };
    int64_t cost = 0; /* in 1/1024 bit */
    for (int64_t k = 0; k < bits->num_symbols; k++) {
        const uint32_t share = bits->symbols[k] >> WORD_BITS;
        int32_t whole = 0;
        while (share >> (whole + 1))
            whole++;
        /* log2(1 + m) is about m + 0.345 m (1 - m). */
        const int32_t part = (int32_t)((share << PLACES >> whole) & (ONE - 1));
        cost += (SHARE_BITS - whole) * ONE - part - (part * (ONE - part) >> PLACES) * CURVE / ONE;
    }
    return cost / (8 * ONE);
}

/* Whether the states are those that the sender began with. */
static int ends_well(const gvc_bits *bits)
{
    int found = 1;
    for (int k = 0; k < STATES; k++)
        found &= bits->states[k] == LEAST_STATE;
    return found;
}

#endif
