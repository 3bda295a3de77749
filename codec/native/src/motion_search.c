/* Motion search, as codec/lossless/motion_trial.py defines it: the fields are equal, bit for bit.
 *
 * Blocks are interpolated when a candidate needs them, straight from the code values of the previous picture: most
 * candidates are the block's own vector, or cannot win because their vectors cost too much already.
 */
#include "interpolation.h"

enum {
    BLOCK = 8,
    WINDOW_ROWS = BLOCK + NUM_TAPS - 1, /* that a block needs */
    WINDOW_COLUMNS = 16,              /* that are read: those that a block needs, and three more */
    MARGIN = 16,                      /* around the previous picture, of samples that repeat its border */
    MAX_VECTOR = 1 << 9,
    NUM_NEIGHBORS = 4,
    NUM_STEPS = 4,
    HALF = BLOCK / 2,
};

static const double BITS_OF_A_CHANGE = 3.0, LEAST_DIFFERENCE = 2.0;
static const int8_t NEIGHBORS[NUM_NEIGHBORS][2] = {{0, 1}, {1, 0}, {0, -1}, {-1, 0}};
static const int16_t STEP_SIZES[NUM_STEPS] = {8, 4, 2, 1};

/* The best field so far for one picture. */
typedef struct {
    const uint8_t *luma;
    const uint8_t *before; /* inside its margin */
    int64_t height, width, rows, columns, stride; /* of the previous picture: width + 2 * MARGIN */
    gvc_vector *field, *next; /* `next` is scratch memory */
    int32_t *errors;
    double change; /* the cost of a vector that differs from a neighbor's */
} search;

/* Where candidates come from: blocks of a field, `down` and `across` away, plus a step. */
typedef struct {
    const gvc_vector *field;
    int64_t down, across;
    gvc_vector step;
} candidates;

static int is_same(gvc_vector a, gvc_vector b)
{
    return a.down == b.down && a.across == b.across;
}

/* Interpolate four rows of a block, in quarters of a code value.
 *
 * window: the sample of the first tap, in the first row. All sums of code values fit into int16 after one pass.
 */
GVC_INLINE void interpolate(const uint8_t *window, int64_t stride, gvc_vector vector, int16_t found[HALF][BLOCK])
{
    const int16_t *down = gvc_taps[vector.down & FRACTION], *across = gvc_taps[vector.across & FRACTION];
    const uint8_t *first = window + ANCHOR * stride + ANCHOR;
    if (!((vector.down | vector.across) & FRACTION)) {
        for (int k = 0; k < HALF; k++) {
            const gvc_i16x8 samples = gvc_load_u8x8(first + k * stride) << SAMPLE_BITS;
            __builtin_memcpy(found[k], &samples, sizeof samples);
        }
        return;
    }
    /* Sums of one pass are in 64ths of a code value, so they have TAP_BITS - SAMPLE_BITS binary places too many. */
    const int16_t half = 1 << (TAP_BITS - SAMPLE_BITS - 1);
    if (!(vector.down & FRACTION) || !(vector.across & FRACTION)) {
        const int is_down = (vector.down & FRACTION) != 0;
        const int64_t step = is_down ? stride : 1;
        const int16_t *taps = is_down ? down : across;
        for (int k = 0; k < HALF; k++) {
            gvc_i16x8 sums = gvc_load_u8x8(first + k * stride - ANCHOR * step) * taps[0];
            for (int t = 1; t < NUM_TAPS; t++)
                sums += gvc_load_u8x8(first + k * stride + (t - ANCHOR) * step) * taps[t];
            sums = gvc_in_range((sums + half) >> (TAP_BITS - SAMPLE_BITS), MAX_SAMPLE);
            __builtin_memcpy(found[k], &sums, sizeof sums);
        }
        return;
    }
    int16_t columns[HALF][WINDOW_COLUMNS];
    for (int k = 0; k < HALF; k++) {
        gvc_i16x16 sums = gvc_load_u8x16(window + k * stride) * down[0];
        for (int t = 1; t < NUM_TAPS; t++)
            sums += gvc_load_u8x16(window + (k + t) * stride) * down[t];
        __builtin_memcpy(columns[k], &sums, sizeof sums);
    }
    for (int k = 0; k < HALF; k++) {
        gvc_i32x8 sums = gvc_widened(gvc_load_i16x8(columns[k])) * (int32_t)across[0];
        for (int t = 1; t < NUM_TAPS; t++)
            sums += gvc_widened(gvc_load_i16x8(columns[k] + t)) * (int32_t)across[t];
        const gvc_i16x8 samples = gvc_rounded(sums, 2 * TAP_BITS - SAMPLE_BITS, MAX_SAMPLE);
        __builtin_memcpy(found[k], &samples, sizeof samples);
    }
}

/* The sum of absolute differences between four interpolated rows and the picture. */
GVC_INLINE int32_t difference(int16_t found[HALF][BLOCK], const uint8_t *luma, int64_t stride)
{
    gvc_i16x8 sums = {0}; /* four differences below 4096 fit */
    for (int k = 0; k < HALF; k++)
        sums += gvc_absolute(gvc_load_i16x8(found[k]) - (gvc_load_u8x8(luma + k * stride) << SAMPLE_BITS));
    return gvc_total(sums);
}

/* The error of a block that is not whole, or whose vector points over the border: there the samples of the border go
 * on, interpolated as they are at the border. */
static int32_t border_error(const search *own, int64_t row, int64_t column, gvc_vector vector)
{
    const int64_t down = row + (vector.down >> VECTOR_BITS), across = column + (vector.across >> VECTOR_BITS);
    const int64_t first_row = gvc_limited(down, own->height), first_column = gvc_limited(across, own->width);
    const uint8_t *window = own->before + (first_row - ANCHOR) * own->stride + first_column - ANCHOR;
    int16_t found[BLOCK][BLOCK];
    interpolate(window, own->stride, vector, found);
    interpolate(window + HALF * own->stride, own->stride, vector, found + HALF);
    const int64_t height = gvc_min(BLOCK, own->height - row), width = gvc_min(BLOCK, own->width - column);
    int64_t places[BLOCK];
    for (int64_t k = 0; k < BLOCK; k++)
        places[k] = gvc_limited(across + k, own->width) - first_column;
    int32_t error = 0;
    for (int64_t i = 0; i < height; i++) {
        const int16_t *moved = found[gvc_limited(down + i, own->height) - first_row];
        const uint8_t *luma = own->luma + (row + i) * own->width + column;
        for (int64_t k = 0; k < width; k++) {
            const int32_t away = moved[places[k]] - (luma[k] << SAMPLE_BITS);
            error += away < 0 ? -away : away;
        }
    }
    return error;
}

/* Whether all samples of a block, moved by a vector, come from one window of the picture with its margin. */
static int is_inside(const search *own, int64_t row, int64_t column, gvc_vector vector)
{
    /* The margin stands for samples beyond the border, but not for what lies between them. */
    const int64_t margin = (vector.down | vector.across) & FRACTION ? 0 : BLOCK;
    const int64_t down = row + (vector.down >> VECTOR_BITS), across = column + (vector.across >> VECTOR_BITS);
    return row + BLOCK <= own->height && column + BLOCK <= own->width && down >= -margin && across >= -margin &&
           down + BLOCK <= own->height + margin && across + BLOCK <= own->width + margin;
}

/* The sum of absolute differences of a block, in quarters of a code value; any larger number if it and `cost` together
 * are not below `limit`. */
static int32_t error_of(const search *own, int64_t block_row, int64_t block_column, gvc_vector vector, double cost,
                        double limit)
{
    const int64_t row = block_row * BLOCK, column = block_column * BLOCK;
    if (!is_inside(own, row, column, vector))
        return border_error(own, row, column, vector);
    const int64_t down = row + (vector.down >> VECTOR_BITS) - ANCHOR;
    const int64_t across = column + (vector.across >> VECTOR_BITS) - ANCHOR;
    const uint8_t *window = own->before + down * own->stride + across;
    const uint8_t *luma = own->luma + row * own->width + column;
    int16_t found[HALF][BLOCK];
    interpolate(window, own->stride, vector, found);
    const int32_t error = difference(found, luma, own->width);
    if (!(error + cost < limit))
        return error;
    interpolate(window + HALF * own->stride, own->stride, vector, found);
    return error + difference(found, luma + HALF * own->width, own->width);
}

static gvc_vector candidate_of(const search *own, const candidates *from, int64_t row, int64_t column)
{
    const int64_t place = gvc_limited(row + from->down, own->rows) * own->columns + gvc_limited(column + from->across, own->columns);
    const gvc_vector found = from->field[place];
    return (gvc_vector){(int16_t)gvc_clip(found.down + from->step.down, -MAX_VECTOR, MAX_VECTOR),
                        (int16_t)gvc_clip(found.across + from->step.across, -MAX_VECTOR, MAX_VECTOR)};
}

/* Let each block take a candidate if that lowers its cost. All blocks decide by the field as it was before. */
static void offer(search *own, candidates from)
{
    for (int64_t row = 0; row < own->rows; row++)
        for (int64_t column = 0; column < own->columns; column++) {
            const int64_t place = row * own->columns + column;
            const gvc_vector current = own->field[place], candidate = candidate_of(own, &from, row, column);
            own->next[place] = current;
            if (is_same(candidate, current))
                continue;
            int changes = 0, changes_now = 0;
            for (int n = 0; n < NUM_NEIGHBORS; n++) {
                const gvc_vector beside = own->field[gvc_limited(row + NEIGHBORS[n][0], own->rows) * own->columns +
                                                     gvc_limited(column + NEIGHBORS[n][1], own->columns)];
                changes += !is_same(candidate, beside);
                changes_now += !is_same(current, beside);
            }
            const double cost = changes * own->change, limit = own->errors[place] + changes_now * own->change;
            if (!(cost < limit)) /* not even without any error */
                continue;
            const int32_t error = error_of(own, row, column, candidate, cost, limit);
            if (error + cost < limit) {
                own->next[place] = candidate;
                own->errors[place] = error;
            }
        }
    gvc_vector *before = own->field;
    own->field = own->next;
    own->next = before;
}

static void offer_neighbors(search *own)
{
    for (int n = 0; n < NUM_NEIGHBORS; n++)
        offer(own, (candidates){own->field, NEIGHBORS[n][0], NEIGHBORS[n][1], {0, 0}});
}

/* The smallest of `values` that more than `rank` of them do not exceed. They are from 0 to `largest`. */
static int32_t ranked(const int32_t *values, int64_t count, int64_t rank, int32_t largest)
{
    int32_t low = 0, high = largest;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        int64_t below = 0;
        for (int64_t k = 0; k < count; k++)
            below += values[k] <= middle;
        if (below > rank)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static double median(const int32_t *values, int64_t count)
{
    const int32_t largest = 2 * BLOCK * BLOCK * (MAX_SAMPLE + 1);
    const int32_t upper = ranked(values, count, count / 2, largest);
    return count % 2 ? upper : (ranked(values, count, count / 2 - 1, largest) + (double)upper) / 2;
}

/* Copy the previous picture, with its border repeated around it. Returns the copy's first sample inside the margin. */
static const uint8_t *with_margin(const uint8_t *picture, int64_t height, int64_t width, uint8_t *copy)
{
    const int64_t stride = width + 2 * MARGIN;
    for (int64_t row = -MARGIN; row < height + MARGIN; row++, copy += stride) {
        const uint8_t *from = picture + gvc_limited(row, height) * width;
        __builtin_memset(copy, from[0], MARGIN);
        __builtin_memcpy(copy + MARGIN, from, (size_t)width);
        __builtin_memset(copy + MARGIN + width, from[width - 1], MARGIN);
    }
    return copy - (height + MARGIN) * stride + MARGIN;
}

/* Samples around the previous picture in the scratch memory `copy` of gvc_search. */
GVC_EXPORT int64_t gvc_search_margin(void)
{
    return MARGIN;
}

/* Search the motion field of a picture.
 *
 * luma, before: (height, width) uint8. starts: num_starts fields to begin with, besides no motion. field: the result.
 * Scratch memory: copy, (height + 2 * MARGIN, width + 2 * MARGIN) uint8; errors, one for each block; vectors, as many.
 */
GVC_EXPORT void gvc_search(const uint8_t *luma, const uint8_t *before, int64_t height, int64_t width,
                           const gvc_vector *starts, int64_t num_starts, uint8_t *copy, int32_t *errors,
                           gvc_vector *vectors, gvc_vector *field)
{
    const int64_t rows = (height + BLOCK - 1) / BLOCK, columns = (width + BLOCK - 1) / BLOCK, count = rows * columns;
    search own = {.luma = luma,
                  .before = with_margin(before, height, width, copy),
                  .height = height,
                  .width = width,
                  .rows = rows,
                  .columns = columns,
                  .stride = width + 2 * MARGIN,
                  .field = field,
                  .next = vectors,
                  .errors = errors};
    const gvc_vector still = {0, 0};
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column++) {
            field[row * columns + column] = still;
            errors[row * columns + column] = error_of(&own, row, column, still, 0, (double)INT32_MAX);
        }
    const double difference_of_samples = median(errors, count) / (BLOCK * BLOCK);
    own.change =
        BITS_OF_A_CHANGE * (difference_of_samples > LEAST_DIFFERENCE ? difference_of_samples : LEAST_DIFFERENCE);
    for (int64_t k = 0; k < num_starts; k++)
        offer(&own, (candidates){starts + k * count, 0, 0, {0, 0}});
    for (int size = 0; size < NUM_STEPS; size++) {
        offer_neighbors(&own);
        for (int n = 0; n < NUM_NEIGHBORS; n++) {
            const gvc_vector step = {(int16_t)(STEP_SIZES[size] * NEIGHBORS[n][0]),
                                     (int16_t)(STEP_SIZES[size] * NEIGHBORS[n][1])};
            offer(&own, (candidates){own.field, 0, 0, step});
        }
    }
    offer_neighbors(&own);
    if (own.field != field)
        __builtin_memcpy(field, own.field, (size_t)count * sizeof *field);
}
