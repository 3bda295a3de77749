/* A range coder in the format of constriction's queue: 32-bit words, a 64-bit state, probabilities in units of 2**-24.
 *
 * A model is an array of starts: symbol s has the interval from starts[s] to starts[s + 1] of the numbers below 2**24.
 * The starts rise strictly from 0 to 2**24, so each symbol has an interval. codec/entropy/reference_coder.py is the
 * reference and explains the arithmetic.
 */
#ifndef GVC_RANGE_CODER_H
#define GVC_RANGE_CODER_H

#include "gvc.h"

enum { GVC_PRECISION = 24, GVC_WORD_BITS = 32 };

/* What the functions return: 0, or what is wrong. */
enum {
    GVC_IMPOSSIBLE_DATA = -1,   /* no writer can have written the words */
    GVC_IMPOSSIBLE_SYMBOL = -2, /* a symbol, scale or number of a set that does not exist */
    GVC_NO_ROOM = -3,           /* the caller has not given enough memory */
};

typedef struct {
    uint64_t lower, range; /* the interval that is left */
    uint32_t *words;       /* written so far; a carry may still change them */
    int64_t num_words, capacity;
} gvc_writer;

typedef struct {
    uint64_t distance, range; /* from the lower end of the interval to the number that the words spell */
    const uint32_t *words;
    int64_t num_words, position;
} gvc_reader;

/* Whether this many symbols surely fit; each takes at most one word. The last two words seal the data. */
GVC_INLINE int gvc_has_room(const gvc_writer *writer, int64_t num_symbols)
{
    return writer->capacity - writer->num_words >= num_symbols + 2;
}

/* Add 1 to the number that the words spell. It is below 1, so the carry ends within them. */
GVC_INLINE void gvc_carry(gvc_writer *writer)
{
    for (int64_t k = writer->num_words - 1; k >= 0 && ++writer->words[k] == 0; k--)
        ;
}

/* Code the interval from `start` to `end`; there must be room for one word. */
GVC_INLINE void gvc_write_interval(gvc_writer *writer, uint32_t start, uint32_t end)
{
    const uint64_t scale = writer->range >> GVC_PRECISION;
    writer->lower += scale * start;
    if (writer->lower < scale * start)
        gvc_carry(writer);
    writer->range = scale * (end - start);
    if (writer->range >> GVC_WORD_BITS == 0) {
        writer->words[writer->num_words++] = (uint32_t)(writer->lower >> GVC_WORD_BITS);
        writer->lower <<= GVC_WORD_BITS;
        writer->range <<= GVC_WORD_BITS;
    }
}

/* Where in the interval that is left the words point to, in units of 2**-24; 2**24 or more if they are impossible. */
GVC_INLINE uint64_t gvc_quantile(const gvc_reader *reader)
{
    return reader->distance / (reader->range >> GVC_PRECISION);
}

/* Go to the interval from `start` to `end`, in which the quantile lies. */
GVC_INLINE void gvc_read_interval(gvc_reader *reader, uint32_t start, uint32_t end)
{
    const uint64_t scale = reader->range >> GVC_PRECISION;
    reader->distance -= scale * start;
    reader->range = scale * (end - start);
    if (reader->range >> GVC_WORD_BITS == 0) {
        const int is_left = reader->position < reader->num_words;
        const uint32_t word = is_left ? reader->words[reader->position] : 0;
        reader->position += is_left;
        reader->distance = reader->distance << GVC_WORD_BITS | word;
        reader->range <<= GVC_WORD_BITS;
    }
}

/* Code numbers without a model: numbers[k] of bits[k] bits, 0 to GVC_PRECISION. Of 0 bits nothing is written. */
GVC_EXPORT int32_t gvc_write_bits(gvc_writer *writer, const int32_t *numbers, const int32_t *bits, int64_t count);

/* Decode numbers without a model. */
GVC_EXPORT int32_t gvc_read_bits(gvc_reader *reader, int32_t *numbers, const int32_t *bits, int64_t count);

/* Code symbols, all with one model of `num_symbols` symbols. */
GVC_EXPORT int32_t gvc_write(gvc_writer *writer, const int32_t *symbols, int64_t count, const uint32_t *starts,
                             int64_t num_symbols);

/* Decode symbols, all with one model of `num_symbols` symbols. */
GVC_EXPORT int32_t gvc_read(gvc_reader *reader, int32_t *symbols, int64_t count, const uint32_t *starts,
                            int64_t num_symbols);

#endif
