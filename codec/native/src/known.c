/* What both sides know of a picture before its planes are coded, as codec/lossless/known.py and history.py define it. */
#include "companding.h"
#include "vectors.h"

/* Planes that share a lattice; strides are in int16. */
typedef struct {
    const int16_t *first;
    int64_t row, column, channel;
} gvc_planes;

/* Samples in code values that share a lattice; strides are in int32. */
typedef struct {
    const int32_t *first;
    int64_t row, column, channel;
} gvc_samples32;

enum {
    SIDE = 2,              /* of a square of lattice points, a point of the grid */
    SQUARE = SIDE * SIDE,
    AROUND = 3,            /* a level is the average over AROUND x AROUND squares */
    MAX_COMPONENTS = 2,
    MAX_GRAYS = 4,
    MAX_LEVELS = MAX_COMPONENTS + 1,
    MAX_SAMPLES = (MAX_COMPONENTS + MAX_GRAYS) * SQUARE,
    MAX_PULL = 24,         /* of the running average, in quarters of a unit */
    SAMPLE_BITS = 2,
    TILE = 8,              /* points and channels that are put in order at once */
    /* The sums of AROUND x AROUND squares are made positive before they are divided, by a number that AROUND * AROUND
     * divides. Samples are -2**15 or more, so no sum is below -POSITIVE, and twice POSITIVE fits. */
    POSITIVE = AROUND * AROUND << 15,
};

typedef struct {
    gvc_planes base, average, gray, moved_gray;
    int64_t rows, columns;     /* of the lattice */
    int64_t components, grays; /* channels of base and average; of gray and moved_gray, may be 0 */
    int64_t neutral, moved;    /* the middle of the range, in quarters of a unit; the value of the last channel */
    int64_t level_shift;       /* how many low bits levels lose, so that they have the range of 8 bits */
    int16_t *results;          /* the first point of the grid, inside the margin */
    int64_t row_stride, channels;
    int16_t *samples; /* scratch: AROUND rows of MAX_SAMPLES, then `channels`, rows of the grid's width */
    int32_t *sums;    /* scratch: AROUND * MAX_LEVELS + 1 rows of the grid's width plus two */
} gvc_known;

/* Take the samples of one row of squares apart: one row for each place in a square and each channel. */
static void take_apart(const gvc_planes *planes, int64_t num_channels, const gvc_known *known, int64_t square_row,
                       int16_t *samples)
{
    const int64_t width = (known->columns + 1) / SIDE, whole = known->columns / SIDE;
    for (int64_t place = 0; place < SQUARE; place++)
        for (int64_t channel = 0; channel < num_channels; channel++, samples += width) {
            const int64_t row = gvc_min(SIDE * square_row + place / SIDE, known->rows - 1), across = place % SIDE;
            const int16_t *from = planes->first + row * planes->row + channel * planes->channel;
            const int64_t step = SIDE * planes->column;
            if (planes->column == 1)
                for (int64_t k = 0; k < whole; k++)
                    samples[k] = from[SIDE * k + across];
            else
                for (int64_t k = 0; k < whole; k++)
                    samples[k] = from[k * step + across * planes->column];
            if (whole < width) /* the last square repeats the last sample */
                samples[whole] = from[whole * step];
        }
}

/* Sums over the squares of one row, for `levels` components, with one more on each side that repeats the border. */
static void sum_squares(const int16_t *samples, int64_t num_samples, int64_t levels, int64_t width, int32_t *sums)
{
    for (int64_t level = 0; level < levels; level++, sums += width + 2) {
        int32_t *inside = sums + 1;
        for (int64_t k = 0; k < width; k++)
            inside[k] = 0;
        for (int64_t n = level; n < num_samples; n += levels)
            for (int64_t k = 0; k < width; k++)
                inside[k] += samples[n * width + k];
        sums[0] = sums[1];
        sums[width + 1] = sums[width];
    }
}

/* The average over AROUND rows of AROUND squares, rounded. log2_samples: of the samples that a square adds. */
static void average_squares(const int32_t *const rows[AROUND], int64_t width, int log2_samples, int32_t *work,
                            int16_t *level)
{
    for (int64_t k = 0; k < width + 2; k++)
        work[k] = rows[0][k] + rows[1][k] + rows[2][k];
    const int32_t half = AROUND * AROUND << log2_samples >> 1;
    for (int64_t k = 0; k < width; k++) {
        const int32_t sum = work[k] + work[k + 1] + work[k + 2] + half;
        const uint32_t positive = (uint32_t)((sum >> log2_samples) + POSITIVE);
        level[k] = (int16_t)((int32_t)(positive / (AROUND * AROUND)) - POSITIVE / (AROUND * AROUND));
    }
}

static void compand(const int16_t *restrict values, const int16_t *restrict less, int64_t count, int16_t *restrict found)
{
    for (int64_t k = 0; k < count; k++)
        found[k] = (int16_t)gvc_companded((int16_t)(values[k] - less[k]));
}

#if defined(__clang__) || __GNUC__ >= 12
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

/* Transpose TILE rows of TILE values; `from_stride` between rows, `to_stride` between the columns' places. */
static void transpose(const int16_t *from, int64_t from_stride, int16_t *to, int64_t to_stride)
{
    gvc_i16x8 a[TILE], b[TILE];
    for (int k = 0; k < TILE; k++)
        __builtin_memcpy(&a[k], from + k * from_stride, sizeof a[k]);
    for (int k = 0; k < TILE / 2; k++) { /* three times: rows k and k + 4 mix */
        b[2 * k] = LOW(a[k], a[k + TILE / 2]);
        b[2 * k + 1] = HIGH(a[k], a[k + TILE / 2]);
    }
    for (int k = 0; k < TILE / 2; k++) {
        a[2 * k] = LOW(b[k], b[k + TILE / 2]);
        a[2 * k + 1] = HIGH(b[k], b[k + TILE / 2]);
    }
    for (int k = 0; k < TILE / 2; k++) {
        b[2 * k] = LOW(a[k], a[k + TILE / 2]);
        b[2 * k + 1] = HIGH(a[k], a[k + TILE / 2]);
    }
    for (int k = 0; k < TILE; k++)
        __builtin_memcpy(to + k * to_stride, &b[k], sizeof b[k]);
}
#else
static void transpose(const int16_t *from, int64_t from_stride, int16_t *to, int64_t to_stride)
{
    for (int k = 0; k < TILE; k++)
        for (int n = 0; n < TILE; n++)
            to[k * to_stride + n] = from[n * from_stride + k];
}
#endif

/* Write rows of channels as points with their channels beside each other. There are at least TILE channels; the last
 * tile overlaps the one before. */
static void interleave(const int16_t *rows, int64_t width, int64_t channels, int16_t *points)
{
    const int64_t in_tiles = width / TILE * TILE;
    for (int64_t k = 0; k < in_tiles; k += TILE)
        for (int64_t channel = 0; channel < channels; channel += TILE) {
            const int64_t first = gvc_min(channel, channels - TILE);
            transpose(rows + first * width + k, width, points + k * channels + first, channels);
        }
    for (int64_t k = in_tiles; k < width; k++)
        for (int64_t channel = 0; channel < channels; channel++)
            points[k * channels + channel] = rows[channel * width + k];
}

/* One row of the grid. The ring holds the samples and the sums of this row, the one above and the one below. */
static void write_row(const gvc_known *known, int64_t row, int64_t num_rows, int64_t width)
{
    const int64_t num_samples = known->components * SQUARE, num_grays = known->grays * SQUARE;
    const int64_t ring_row = MAX_SAMPLES * width, sums_row = MAX_LEVELS * (width + 2);
    const int64_t above = gvc_max(row - 1, 0) % AROUND, below = gvc_min(row + 1, num_rows - 1) % AROUND;
    const int16_t *samples = known->samples + row % AROUND * ring_row, *gray = samples + num_samples * width;
    int16_t *const rows = known->samples + AROUND * ring_row, *to = rows;
    int32_t *work = known->sums + AROUND * sums_row;
    int16_t *levels[MAX_LEVELS];
    int16_t *detail = rows + known->components * width, *change = detail + num_samples * width;
    int16_t *flag = change + num_samples * width;
    levels[0] = rows;
    levels[1] = rows + width;
    levels[known->components] = flag + width; /* of the gray */
    for (int64_t k = 0; k < known->components + (known->grays > 0); k++) {
        const int is_gray = k == known->components;
        const int32_t *sums[AROUND] = {known->sums + above * sums_row + k * (width + 2),
                                       known->sums + row % AROUND * sums_row + k * (width + 2),
                                       known->sums + below * sums_row + k * (width + 2)};
        int log2_samples = 2;
        for (int64_t n = known->grays; is_gray && n > 1; n >>= 1)
            log2_samples++;
        average_squares(sums, width, log2_samples, work, levels[k]);
    }
    for (int64_t n = 0; n < num_samples; n++)
        compand(samples + n * width, levels[n % known->components], width, detail + n * width);
    take_apart(&known->average, known->components, known, row, change);
    for (int64_t n = 0; n < num_samples * width; n++)
        change[n] = (int16_t)gvc_companded((int16_t)(change[n] - samples[n]));
    for (int64_t n = 0; n < known->components * width; n++)
        to[n] = (int16_t)((to[n] - known->neutral) >> known->level_shift);
    for (int64_t k = 0; k < width; k++)
        flag[k] = (int16_t)known->moved;
    to = flag + width;
    if (known->grays) {
        int16_t *gray_detail = to + width, *gray_change = gray_detail + num_grays * width;
        for (int64_t n = 0; n < num_grays; n++)
            compand(gray + n * width, to, width, gray_detail + n * width);
        take_apart(&known->moved_gray, known->grays, known, row, gray_change);
        for (int64_t n = 0; n < num_grays * width; n++)
            gray_change[n] = (int16_t)gvc_companded((int16_t)(gray[n] - gray_change[n]));
        for (int64_t k = 0; k < width && known->level_shift; k++)
            to[k] = (int16_t)(to[k] >> known->level_shift);
        to = gray_change + num_grays * width;
    }
    for (int16_t *end = rows + known->channels * width; to < end; to++)
        *to = 0; /* the filler */
    interleave(rows, width, known->channels, known->results + row * known->row_stride);
}

/* int16 (is_sums 0) or int32 (is_sums 1) of scratch memory that gvc_known_channels needs for a grid of this width. */
GVC_EXPORT int64_t gvc_known_scratch(int64_t width, int64_t channels, int64_t is_sums)
{
    return is_sums ? (AROUND * MAX_LEVELS + 1) * (width + 2) : (AROUND * MAX_SAMPLES + channels) * width;
}

/* Write the channels of a trunk's input: for each point of the grid the levels, details and changes of the base, the
 * flag, and the level, details and changes of the gray. */
GVC_EXPORT void gvc_known_channels(const gvc_known *known)
{
    const int64_t num_rows = (known->rows + 1) / SIDE, width = (known->columns + 1) / SIDE;
    const int64_t num_samples = known->components * SQUARE;
    for (int64_t row = -1; row < num_rows; row++) {
        const int64_t next = row + 1;
        if (next < num_rows) {
            int16_t *samples = known->samples + next % AROUND * MAX_SAMPLES * width;
            int32_t *sums = known->sums + next % AROUND * MAX_LEVELS * (width + 2);
            take_apart(&known->base, known->components, known, next, samples);
            sum_squares(samples, num_samples, known->components, width, sums);
            if (known->grays) {
                take_apart(&known->gray, known->grays, known, next, samples + num_samples * width);
                sum_squares(samples + num_samples * width, known->grays * SQUARE, 1, width,
                            sums + known->components * (width + 2));
            }
        }
        if (row >= 0)
            write_row(known, row, num_rows, width);
    }
}

/* Interpolate a lattice linearly from every other point of every other row; the last ones repeat the border.
 *
 * corners: (ceil(rows / 2), ceil(columns / 2)) pixels of `channels` int32 in code values, with strides. results:
 * (rows, columns, channels) in quarters of a unit of 2**unit_bits code values.
 */
GVC_EXPORT void gvc_between(const gvc_samples32 *corners, int64_t rows, int64_t columns, int64_t channels,
                            int64_t unit_bits, int16_t *results)
{
    const int64_t last_row = (rows - 1) / 2, last_column = (columns - 1) / 2;
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column++)
            for (int64_t channel = 0; channel < channels; channel++) {
                const int32_t *from = corners->first + channel * corners->channel;
                const int64_t above = row / 2, below = gvc_min((row + 1) / 2, last_row);
                const int64_t left = column / 2, right = gvc_min((column + 1) / 2, last_column);
                const int32_t sum = from[above * corners->row + left * corners->column] +
                                    from[above * corners->row + right * corners->column] +
                                    from[below * corners->row + left * corners->column] +
                                    from[below * corners->row + right * corners->column];
                *results++ = (int16_t)gvc_in_quarters(sum, (int32_t)unit_bits);
            }
}

/* Remember a picture: convert it to quarters of a unit, rounded down, and update the running average.
 *
 * samples: `count` code values; a unit is 2**unit_bits of them. moved: the average so far, moved to this picture; NULL
 * for the first. before: the picture in quarters. average: may be `moved`.
 */
#define REMEMBER(name, type)                                                                                           \
    GVC_EXPORT void name(const type *samples, int64_t count, int64_t unit_bits, const int16_t *moved, int16_t *before, \
                         int16_t *average)                                                                             \
    {                                                                                                                  \
        for (int64_t k = 0; k < count; k++) {                                                                          \
            const int32_t sample = gvc_in_quarters((int32_t)samples[k] * (1 << SAMPLE_BITS), (int32_t)unit_bits);      \
            const int32_t pull = moved ? 3 * (moved[k] - sample) >> 2 : 0;                                             \
            before[k] = (int16_t)sample;                                                                               \
            average[k] = (int16_t)(sample + gvc_clip(pull, -MAX_PULL, MAX_PULL));                                      \
        }                                                                                                              \
    }
REMEMBER(gvc_remember_uint8, uint8_t)
REMEMBER(gvc_remember_uint16, uint16_t)
REMEMBER(gvc_remember_int16, int16_t)
REMEMBER(gvc_remember_int32, int32_t)

/* Put a gray plane on the lattice of the chroma.
 *
 * gray: (height, width), uint8, uint16 or int32 in code values, or int16 in quarters of a unit. A point of the lattice stands
 * for `down` rows and `across` columns; every `step`-th of them, in both directions, is a channel. results: (channels,
 * rows, columns) int16 in quarters of a unit, less `neutral`. Beyond the border its samples go on.
 */
#define ON_LATTICE(name, type, bits)                                                                                   \
    GVC_EXPORT void name(const type *gray, int64_t height, int64_t width, int64_t down, int64_t across, int64_t step,  \
                         int64_t unit_bits, int64_t neutral, int16_t *results)                                         \
    {                                                                                                                  \
        const int64_t rows = (height + down - 1) / down, columns = (width + across - 1) / across;                      \
        const int32_t less = (int32_t)neutral, shift = (int32_t)unit_bits;                                             \
        for (int64_t i = 0; i < down; i += step)                                                                       \
            for (int64_t k = 0; k < across; k += step)                                                                 \
                for (int64_t row = 0; row < rows; row++, results += columns) {                                         \
                    const type *from = gray + gvc_min(row * down + i, height - 1) * width;                             \
                    const int64_t whole = gvc_min(columns, (width - k + across - 1) / across);                         \
                    if (across == 1)                                                                                   \
                        for (int64_t n = 0; n < whole; n++)                                                            \
                            results[n] = (int16_t)(gvc_in_quarters(from[n] * (1 << (bits)), shift) - less);            \
                    else if (across == 2)                                                                              \
                        for (int64_t n = 0; n < whole; n++)                                                            \
                            results[n] = (int16_t)(gvc_in_quarters(from[2 * n + k] * (1 << (bits)), shift) - less);    \
                    else                                                                                               \
                        for (int64_t n = 0; n < whole; n++)                                                            \
                            results[n] =                                                                               \
                                (int16_t)(gvc_in_quarters(from[n * across + k] * (1 << (bits)), shift) - less);        \
                    for (int64_t n = gvc_max(whole, 0); n < columns; n++)                                              \
                        results[n] = (int16_t)(gvc_in_quarters(from[width - 1] * (1 << (bits)), shift) - less);        \
                }                                                                                                      \
    }
ON_LATTICE(gvc_on_lattice_uint8, uint8_t, SAMPLE_BITS)
ON_LATTICE(gvc_on_lattice_uint16, uint16_t, SAMPLE_BITS)
ON_LATTICE(gvc_on_lattice_int32, int32_t, SAMPLE_BITS)
ON_LATTICE(gvc_on_lattice_int16, int16_t, 0)
