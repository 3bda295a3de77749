/* Symbols of adaptive planes: a difference as one of 16 symbols, whose probabilities are a weighted mean of what four
 * contexts have counted, coded by four interleaved rANS states (J. Duda, "Asymmetric numeral systems", 2013; F. Giesen,
 * "Interleaved entropy coders", 2014).
 */
#ifndef GVC_ADAPTIVE_SYMBOLS_H
#define GVC_ADAPTIVE_SYMBOLS_H

#include "adaptive.h"
#include "adaptive_shares.h"
#include "vectors.h"

enum {
    LEAST_STATE = 1 << 16,         /* a state is at least that between symbols */
    WORD_BITS = 16,                /* that a state gives or takes at once */
    MOST_UNIFORM_BITS = 14,        /* of a number whose values are equally likely, at once */
    BLOCK_SYMBOLS = 1 << 16,       /* a block ends with the component that brings it to so many */
    ALL_WEIGHTS = 32760,           /* their sum: what they weigh never comes to 32768 */
    LEAST_WEIGHT = 300,
    RATIO_BITS = 10,
    WEIGHT_RATE = 5,
    MOST_CLASS = SYMBOLS - 1,
    NEAREST = 7, /* cells beyond are those of the outer symbols */
    ZERO = 8,    /* the symbol of the cell of the prediction */
};

/* For each energy, log2 of the units in a cell: of neighboring differences that have a symbol together. */
GVC_INLINE int32_t cell_bits(int32_t energy)
{
    static const uint8_t BITS[ENERGIES] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 5};
    return BITS[energy];
}

/* The shares of symbols up to each that contexts begin with. */
GVC_INLINE int16_t start_share(int symbol)
{
    static const int16_t SHARES[COUNTED] = {600,   1200,  1900,  2900,  4300,  6400,  9600, 14500,
                                            19500, 23500, 26500, 28500, 30000, 31200, 32000};
    return SHARES[symbol];
}

/* Begin the sizes of differences that no symbol reaches: all as likely. */
GVC_INLINE void begin_escapes(int16_t (*counts)[SYMBOLS])
{
    for (int set = 0; set < ESCAPES; set++)
        for (int symbol = 0; symbol < COUNTED; symbol++)
            counts[set][symbol] = (int16_t)(2047 * (symbol + 1));
}

/* ---- the coder of symbols: the last one that is written is the first one whose state is known, so that the sender
 * keeps the symbols of a block and writes them backwards */

/* One side of the coder, of a copy whose address nobody has, so that it stays in registers. */
typedef struct {
    const uint8_t *data;
    int64_t size, capacity;
    uint64_t num_symbols;
    uint32_t *symbols, *states;
    int32_t is_writing;
} gvc_symbol_coder;

GVC_INLINE gvc_symbol_coder symbol_coder_of(gvc_bits *bits)
{
    return (gvc_symbol_coder){
        .data = bits->data, .size = bits->size, .capacity = bits->capacity, .num_symbols = (uint64_t)bits->num_symbols,
        .symbols = bits->symbols, .states = bits->states, .is_writing = bits->is_writing,
    };
}

/* Let bits go on where the coder is. */
GVC_INLINE void put_back(const gvc_symbol_coder *coder, gvc_bits *bits)
{
    bits->size = coder->size;
    bits->num_symbols = (int64_t)coder->num_symbols;
}

GVC_INLINE uint32_t next_word(gvc_symbol_coder *coder)
{
    const int64_t at = coder->size;
    coder->size += 2;
    return at + 1 < coder->capacity ? (uint32_t)coder->data[at] | (uint32_t)coder->data[at + 1] << 8 : 0;
}

GVC_INLINE uint32_t next_share(const gvc_symbol_coder *coder)
{
    return coder->states[coder->num_symbols % STATES] & ((1 << SHARE_BITS) - 1);
}

/* Leave a symbol whose shares begin at start, and are so many. */
GVC_INLINE void pass_symbol(gvc_symbol_coder *coder, uint32_t start, uint32_t share)
{
    if (coder->is_writing) {
        coder->symbols[coder->num_symbols++] = start | share << WORD_BITS;
        return;
    }
    uint32_t *state = &coder->states[coder->num_symbols++ % STATES];
    uint32_t next = share * (*state >> SHARE_BITS) + (*state & ((1 << SHARE_BITS) - 1)) - start;
    if (next < LEAST_STATE)
        next = next << WORD_BITS | next_word(coder);
    *state = next;
}

/* A number of at most MOST_UNIFORM_BITS bits, all of whose values are equally likely. */
GVC_INLINE uint32_t code_few_bits(gvc_symbol_coder *coder, uint32_t wanted, int num_bits)
{
    if (!coder->is_writing)
        wanted = next_share(coder) >> (SHARE_BITS - num_bits);
    pass_symbol(coder, wanted << (SHARE_BITS - num_bits), (uint32_t)1 << (SHARE_BITS - num_bits));
    return wanted;
}

GVC_INLINE uint32_t code_uniform(gvc_symbol_coder *coder, uint32_t wanted, int num_bits)
{
    uint32_t top = 0;
    if (num_bits > MOST_UNIFORM_BITS) {
        num_bits -= MOST_UNIFORM_BITS;
        top = code_few_bits(coder, wanted >> MOST_UNIFORM_BITS, num_bits);
        num_bits = MOST_UNIFORM_BITS;
    }
    return num_bits ? top << num_bits | code_few_bits(coder, wanted & ((1u << num_bits) - 1), num_bits) : 0;
}

/* Code a symbol whose shares are known. */
GVC_INLINE int code_shared(gvc_symbol_coder *coder, gvc_shares shares, int wanted)
{
    _Alignas(32) int16_t all[SYMBOLS];
    store_shares(shares, all);
    const int symbol = coder->is_writing ? wanted : symbol_of(shares, next_share(coder));
    const uint32_t start = symbol ? (uint32_t)all[symbol - 1] : 0;
    const uint32_t end = symbol < COUNTED ? (uint32_t)all[symbol] : 1 << SHARE_BITS;
    pass_symbol(coder, start, end - start);
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
GVC_INLINE int code_symbol(gvc_symbol_coder *coder, int32_t *weights, int16_t *const *counts, int wanted, int weighs_again)
{
    gvc_shares shares = weighed(shares_of(counts[0]), weights[0]);
    for (int k = 1; k < SYMBOL_CONTEXTS; k++)
        shares = added(shares, weighed(shares_of(counts[k]), weights[k]));
    const int symbol = code_shared(coder, with_floor(shares), wanted);
    if (weighs_again)
        weigh_again(weights, counts, symbol);
    for (int k = 0; k < SYMBOL_CONTEXTS; k++)
        count_symbol(counts[k], symbol);
    return symbol;
}

/* Code how far a symbol at the end of the range is exceeded: how many bits the distance and 1 have, and those below the
 * top one. */
GVC_INLINE uint32_t code_excess(gvc_symbol_coder *coder, int16_t *counts, uint32_t wanted)
{
    enum { MORE_BITS = 2 };
    int size = 0;
    if (coder->is_writing)
        while ((wanted + 1) >> (size + 1))
            size++;
    int found = code_shared(coder, with_floor(shares_of(counts)), size < MOST_CLASS ? size : MOST_CLASS);
    count_symbol(counts, found);
    if (found == MOST_CLASS)
        found += (int)code_uniform(coder, (uint32_t)(size - MOST_CLASS), MORE_BITS);
    const uint32_t below = code_uniform(coder, wanted + 1 - (1u << size), found);
    return (1u << found | below) - 1;
}

/* Code what the symbol of a sample does not tell: how far the outer ones are exceeded, and what is finer than a cell.
 *
 * wanted: the sample's cell, from that of the prediction on; from_start: the sample, from the start of that cell on. A
 * reader ignores both, and finds the latter. */
GVC_INLINE int32_t code_rest(gvc_symbol_coder *coder, int16_t *of_escape, int symbol, int32_t wanted, int32_t from_start,
                             int32_t shift)
{
    int32_t found = symbol - ZERO;
    if (symbol == 0 || symbol == SYMBOLS - 1) {
        const int32_t wanted_excess = symbol ? wanted - NEAREST : -ZERO - wanted;
        const int32_t excess = (int32_t)code_excess(coder, of_escape, (uint32_t)wanted_excess);
        found += symbol ? excess : -excess;
    }
    if (shift) {
        const uint32_t within = code_uniform(coder, (uint32_t)from_start & ((1u << shift) - 1), shift);
        found = (int32_t)(((uint32_t)found << shift) + within);
    }
    return found;
}

#endif
