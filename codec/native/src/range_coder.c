/* The functions of the range coder that Python calls; its arithmetic is in range_coder.h. */
#include "range_coder.h"

/* Begin to write. The words' memory and its capacity are set already. */
GVC_EXPORT void gvc_begin_writing(gvc_writer *writer)
{
    writer->lower = 0;
    writer->range = UINT64_MAX;
    writer->num_words = 0;
}

GVC_EXPORT int32_t gvc_write(gvc_writer *writer, const int32_t *symbols, int64_t count, const uint32_t *starts,
                             int64_t num_symbols)
{
    if (!gvc_has_room(writer, count))
        return GVC_NO_ROOM;
    for (int64_t k = 0; k < count; k++)
        if (symbols[k] < 0 || symbols[k] >= num_symbols)
            return GVC_IMPOSSIBLE_SYMBOL;
    for (int64_t k = 0; k < count; k++)
        gvc_write_interval(writer, starts[symbols[k]], starts[symbols[k] + 1]);
    return 0;
}

/* How many words gvc_seal adds: enough to name a number in the interval, whatever follows; none if nothing is coded. */
GVC_EXPORT int64_t gvc_num_seal_words(const gvc_writer *writer)
{
    if (writer->range == UINT64_MAX)
        return 0;
    const uint64_t point = writer->lower + UINT32_MAX;
    return point >> GVC_WORD_BITS == (writer->lower + writer->range) >> GVC_WORD_BITS ? 2 : 1;
}

/* Write the last words. Nothing can be coded afterwards. */
GVC_EXPORT int32_t gvc_seal(gvc_writer *writer)
{
    const int64_t count = gvc_num_seal_words(writer);
    if (writer->capacity - writer->num_words < count)
        return GVC_NO_ROOM;
    const uint64_t point = writer->lower + UINT32_MAX;
    if (point < writer->lower)
        gvc_carry(writer);
    if (count > 0)
        writer->words[writer->num_words++] = (uint32_t)(point >> GVC_WORD_BITS);
    if (count > 1)
        writer->words[writer->num_words++] = 0;
    return 0;
}

/* Begin to read. The words and their number are set already. */
GVC_EXPORT void gvc_begin_reading(gvc_reader *reader)
{
    reader->distance = 0;
    reader->range = UINT64_MAX;
    for (reader->position = 0; reader->position < 2; reader->position++) {
        const uint32_t word = reader->position < reader->num_words ? reader->words[reader->position] : 0;
        reader->distance = reader->distance << GVC_WORD_BITS | word;
    }
    reader->position = gvc_min(reader->position, reader->num_words);
}

GVC_EXPORT int32_t gvc_read(gvc_reader *reader, int32_t *symbols, int64_t count, const uint32_t *starts,
                            int64_t num_symbols)
{
    for (int64_t k = 0; k < count; k++) {
        const uint64_t quantile = gvc_quantile(reader);
        if (quantile >> GVC_PRECISION)
            return GVC_IMPOSSIBLE_DATA;
        int64_t low = 0, high = num_symbols; /* starts[low] <= quantile < starts[high] */
        while (high - low > 1) {
            const int64_t middle = (low + high) / 2;
            if (starts[middle] <= quantile)
                low = middle;
            else
                high = middle;
        }
        gvc_read_interval(reader, starts[low], starts[low + 1]);
        symbols[k] = (int32_t)low;
    }
    return 0;
}

GVC_EXPORT int32_t gvc_write_bits(gvc_writer *writer, const int32_t *numbers, const int32_t *bits, int64_t count)
{
    if (!gvc_has_room(writer, count))
        return GVC_NO_ROOM;
    for (int64_t k = 0; k < count; k++)
        if (bits[k] < 0 || bits[k] > GVC_PRECISION || (uint32_t)numbers[k] >> bits[k])
            return GVC_IMPOSSIBLE_SYMBOL;
    for (int64_t k = 0; k < count; k++) {
        const uint32_t number = (uint32_t)numbers[k];
        const int shift = GVC_PRECISION - bits[k];
        if (bits[k])
            gvc_write_interval(writer, number << shift, (number + 1) << shift);
    }
    return 0;
}

GVC_EXPORT int32_t gvc_read_bits(gvc_reader *reader, int32_t *numbers, const int32_t *bits, int64_t count)
{
    for (int64_t k = 0; k < count; k++) {
        if (bits[k] < 0 || bits[k] > GVC_PRECISION)
            return GVC_IMPOSSIBLE_SYMBOL;
        numbers[k] = 0;
        if (!bits[k])
            continue;
        const uint64_t quantile = gvc_quantile(reader);
        if (quantile >> GVC_PRECISION)
            return GVC_IMPOSSIBLE_DATA;
        const int shift = GVC_PRECISION - bits[k];
        const uint32_t number = (uint32_t)quantile >> shift;
        gvc_read_interval(reader, number << shift, (number + 1) << shift);
        numbers[k] = (int32_t)number;
    }
    return 0;
}

/* Whether the data may end here: all words are read, and what is left of the number is what sealing added. */
GVC_EXPORT int32_t gvc_may_end(const gvc_reader *reader)
{
    const uint64_t most = ((uint64_t)2 << GVC_WORD_BITS) - 1;
    return reader->position == reader->num_words && (reader->range == UINT64_MAX || reader->distance < most);
}
