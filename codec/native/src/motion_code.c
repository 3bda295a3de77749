/* Coding of motion fields. The reference, which explains it, is codec/lossless/motion_code.py. */
#include "range_coder.h"

enum {
    REACH = 64, /* the largest difference in the table; it also stands for all larger ones */
    FAR = 1 << 13,
    NUM_FAR = 2 * FAR + 1,
    FAR_WIDTH = (1 << GVC_PRECISION) / NUM_FAR, /* of each far difference; the last has the rest, too */
    GAIN = 32,      /* the weight of one coded symbol */
    TOTAL_BITS = 16, /* frequencies sum to 2**16 */
    MOST_BITS = 20, /* counts that sum to more are halved */
    NUM_SAME = 2,
    NUM_CONTEXTS = 3,
    NUM_DIFFERENCES = 2 * REACH + 1,
};

/* The tables of flags, one for each context, and of differences: counts, and a model made from them. */
typedef struct {
    int64_t same_counts[NUM_CONTEXTS][NUM_SAME];
    int64_t difference_counts[NUM_DIFFERENCES];
    uint32_t same_starts[NUM_CONTEXTS][NUM_SAME + 1];
    uint32_t difference_starts[NUM_DIFFERENCES + 1];
} gvc_motion_tables;

/* What a field is coded with; one of writer and reader is NULL. */
typedef struct {
    gvc_motion_tables *tables;
    gvc_writer *writer;
    gvc_reader *reader;
    int64_t rows, columns; /* of the field */
    uint8_t *flags;        /* (2, columns): those of a row and of the row above */
} gvc_motion;

/* Size of the tables in bytes. */
GVC_EXPORT int64_t gvc_motion_tables_size(void)
{
    return sizeof(gvc_motion_tables);
}

/* Turn counts above 0 into a model: codec/entropy/tables.py, normalize_counts. */
static void learn_table(int64_t *counts, int64_t size, uint32_t *starts)
{
    int64_t total = 0, missing = (1 << TOTAL_BITS) - size;
    int64_t remainders[NUM_DIFFERENCES], frequencies[NUM_DIFFERENCES];
    for (int64_t k = 0; k < size; k++)
        total += counts[k];
    if (total > 1 << MOST_BITS) {
        total = 0;
        for (int64_t k = 0; k < size; k++)
            total += counts[k] = (counts[k] + 1) >> 1;
    }
    for (int64_t k = 0; k < size; k++) {
        const int64_t product = counts[k] * ((1 << TOTAL_BITS) - size);
        frequencies[k] = product / total + 1;
        remainders[k] = product % total;
        missing -= frequencies[k] - 1;
    }
    for (; missing > 0; missing--) { /* the largest remainder gets 1; of equal ones, the first */
        int64_t largest = 0;
        for (int64_t k = 1; k < size; k++)
            if (remainders[k] > remainders[largest])
                largest = k;
        frequencies[largest]++;
        remainders[largest] = -1;
    }
    uint64_t before = 0;
    for (int64_t k = 0; k < size; k++) {
        starts[k] = (uint32_t)((before * (uint64_t)((1 << GVC_PRECISION) - size) >> TOTAL_BITS) + (uint64_t)k);
        before += (uint64_t)frequencies[k];
    }
    starts[size] = 1 << GVC_PRECISION;
}

/* Adapt the tables to the fields coded so far. */
static void learn(gvc_motion_tables *tables)
{
    for (int64_t context = 0; context < NUM_CONTEXTS; context++)
        learn_table(tables->same_counts[context], NUM_SAME, tables->same_starts[context]);
    learn_table(tables->difference_counts, NUM_DIFFERENCES, tables->difference_starts);
}

/* Give the tables their initial counts. */
GVC_EXPORT void gvc_begin_motion(gvc_motion_tables *tables)
{
    for (int64_t context = 0; context < NUM_CONTEXTS; context++) {
        tables->same_counts[context][0] = GAIN;
        tables->same_counts[context][1] = 4 * GAIN;
    }
    for (int64_t k = 0; k < NUM_DIFFERENCES; k++) {
        const int64_t distance = k < REACH ? REACH - k : k - REACH;
        tables->difference_counts[k] = 4 * REACH / (1 + distance);
    }
    learn(tables);
}

/* How many flags are not set above and above right of a block, 0 to 2. */
GVC_INLINE int64_t context_of(const uint8_t *said, int64_t columns, int64_t column)
{
    return !said[column] + (column + 1 < columns && !said[column + 1]);
}

/* A component of a difference: c is 0 or 1. The row above the first one has no motion. */
GVC_INLINE int32_t difference_of(const int16_t *row, const int16_t *above, int64_t column, int64_t c)
{
    return row[2 * column + c] - (above ? above[2 * column + c] : 0);
}

static void write_flags(const gvc_motion *motion, const uint8_t *same, const uint8_t *said)
{
    for (int64_t context = 0; context < NUM_CONTEXTS; context++) {
        const uint32_t *starts = motion->tables->same_starts[context];
        for (int64_t x = 0; x < motion->columns; x++)
            if (context_of(said, motion->columns, x) == context) {
                gvc_write_interval(motion->writer, starts[same[x]], starts[same[x] + 1]);
                motion->tables->same_counts[context][same[x]] += GAIN;
            }
    }
}

/* Write the differences of the blocks whose flag is not set: first within the reach, then what lies beyond. */
static int32_t write_differences(const gvc_motion *motion, const int16_t *row, const int16_t *above,
                                 const uint8_t *same)
{
    const uint32_t *starts = motion->tables->difference_starts;
    for (int64_t k = 0; k < 2 * motion->columns; k++)
        if (!same[k / 2]) {
            const int32_t symbol = gvc_clip(difference_of(row, above, k / 2, k % 2), -REACH, REACH) + REACH;
            gvc_write_interval(motion->writer, starts[symbol], starts[symbol + 1]);
            motion->tables->difference_counts[symbol] += GAIN;
        }
    for (int64_t k = 0; k < 2 * motion->columns; k++) {
        const int32_t difference = difference_of(row, above, k / 2, k % 2);
        if (same[k / 2] || (difference > -REACH && difference < REACH))
            continue;
        const int32_t symbol = difference + FAR;
        if (symbol < 0 || symbol >= NUM_FAR)
            return GVC_IMPOSSIBLE_SYMBOL;
        const uint32_t start = (uint32_t)symbol * FAR_WIDTH;
        gvc_write_interval(motion->writer, start, symbol == NUM_FAR - 1 ? 1 << GVC_PRECISION : start + FAR_WIDTH);
    }
    return 0;
}

/* Code the next field, (rows, columns, 2), and learn from it. Each block takes at most five words. */
GVC_EXPORT int32_t gvc_write_field(const gvc_motion *motion, const int16_t *field)
{
    const int64_t columns = motion->columns;
    if (!gvc_has_room(motion->writer, 5 * motion->rows * columns))
        return GVC_NO_ROOM;
    uint8_t *said = motion->flags, *same = motion->flags + columns;
    __builtin_memset(said, 1, (size_t)columns);
    for (int64_t y = 0; y < motion->rows; y++) {
        const int16_t *row = field + 2 * columns * y, *above = y ? row - 2 * columns : 0;
        for (int64_t x = 0; x < columns; x++) {
            const int16_t *left = x ? row + 2 * (x - 1) : above;
            same[x] = row[2 * x] == (left ? left[0] : 0) && row[2 * x + 1] == (left ? left[1] : 0);
        }
        write_flags(motion, same, said);
        const int32_t wrong = write_differences(motion, row, above, same);
        if (wrong)
            return wrong;
        uint8_t *next = said;
        said = same;
        same = next;
    }
    learn(motion->tables);
    return 0;
}

static int32_t read_flags(const gvc_motion *motion, uint8_t *same, const uint8_t *said)
{
    for (int64_t context = 0; context < NUM_CONTEXTS; context++)
        for (int64_t x = 0; x < motion->columns; x++)
            if (context_of(said, motion->columns, x) == context) {
                int32_t symbol = 0;
                if (gvc_read(motion->reader, &symbol, 1, motion->tables->same_starts[context], NUM_SAME))
                    return GVC_IMPOSSIBLE_DATA;
                same[x] = (uint8_t)symbol;
                motion->tables->same_counts[context][symbol] += GAIN;
            }
    return 0;
}

/* Read the differences of the blocks whose flag is not set into their places of a row. */
static int32_t read_differences(const gvc_motion *motion, int32_t *row, const uint8_t *same)
{
    for (int64_t k = 0; k < 2 * motion->columns; k++)
        if (!same[k / 2]) {
            int32_t symbol = 0;
            if (gvc_read(motion->reader, &symbol, 1, motion->tables->difference_starts, NUM_DIFFERENCES))
                return GVC_IMPOSSIBLE_DATA;
            motion->tables->difference_counts[symbol] += GAIN;
            row[k] = symbol - REACH;
        }
    for (int64_t k = 0; k < 2 * motion->columns; k++)
        if (!same[k / 2] && (row[k] == -REACH || row[k] == REACH)) {
            const uint64_t quantile = gvc_quantile(motion->reader);
            if (quantile >> GVC_PRECISION)
                return GVC_IMPOSSIBLE_DATA;
            const uint32_t symbol = (uint32_t)gvc_min((ptrdiff_t)(quantile / FAR_WIDTH), NUM_FAR - 1);
            const uint32_t start = symbol * FAR_WIDTH;
            gvc_read_interval(motion->reader, start, symbol == NUM_FAR - 1 ? 1 << GVC_PRECISION : start + FAR_WIDTH);
            row[k] = (int32_t)symbol - FAR;
        }
    return 0;
}

/* Turn the differences of a row into vectors. Damaged data may exceed any range: sums wrap around like NumPy's. */
static void add_above(int64_t columns, int32_t *row, const int32_t *above, const uint8_t *same)
{
    for (int64_t k = 0; k < 2 * columns; k++) {
        if (!same[k / 2])
            row[k] = (int32_t)((uint32_t)row[k] + (uint32_t)(above ? above[k] : 0));
        else
            row[k] = k >= 2 ? row[k - 2] : above ? above[k] : 0;
    }
}

/* Decode the next field, (rows, columns, 2), and learn from it. The vectors are not yet limited to int16. */
GVC_EXPORT int32_t gvc_read_field(const gvc_motion *motion, int32_t *field)
{
    const int64_t columns = motion->columns;
    uint8_t *said = motion->flags, *same = motion->flags + columns;
    __builtin_memset(said, 1, (size_t)columns);
    for (int64_t y = 0; y < motion->rows; y++) {
        int32_t *row = field + 2 * columns * y;
        const int32_t *above = y ? row - 2 * columns : 0;
        if (read_flags(motion, same, said) || read_differences(motion, row, same))
            return GVC_IMPOSSIBLE_DATA;
        add_above(columns, row, above, same);
        for (int64_t x = 0; x < columns; x++) { /* a vector may equal its left neighbor's without the flag */
            const int32_t *left = x ? row + 2 * (x - 1) : above;
            said[x] = row[2 * x] == (left ? left[0] : 0) && row[2 * x + 1] == (left ? left[1] : 0);
        }
    }
    learn(motion->tables);
    return 0;
}
