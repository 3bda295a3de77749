/* The coarse motion search on reduced pictures, as codec/lossless/block_motion.py defines it. */
#include "interpolation.h"

enum {
    SIDE = 4,                   /* of a block in a reduced picture */
    MARGIN = 2,                 /* samples around a block that are compared too */
    WINDOW = SIDE + 2 * MARGIN, /* side of what is compared */
    RANGE = 7,                  /* the largest part of a vector on the smallest picture */
    AREA = WINDOW + 2 * RANGE,  /* side of what these vectors reach */
    AREA_STRIDE = 32,           /* room for AREA, and for lanes */
    COST_OF_LENGTH = 4,
    NUM_PARENTS = 5,
};

static const int8_t PARENTS[NUM_PARENTS][2] = {{0, 0}, {0, 1}, {1, 0}, {0, -1}, {-1, 0}};

/* A reduced picture and the one before it. */
typedef struct {
    const uint8_t *now, *before;
    int64_t height, width;
} pair;

/* The best vector of a block so far. */
typedef struct {
    gvc_vector vector;
    int32_t cost;
} choice;

/* Copy a window of a picture that may reach over the border, where the border's samples go on. */
static void copy_window(const uint8_t *picture, int64_t height, int64_t width, int64_t row, int64_t column, int64_t side,
                        uint8_t *to, int64_t stride)
{
    for (int64_t i = 0; i < side; i++) {
        const uint8_t *from = picture + gvc_limited(row + i, height) * width;
        if (column >= 0 && column + side <= width)
            __builtin_memcpy(to + i * stride, from + column, (size_t)side);
        else
            for (int64_t k = 0; k < side; k++)
                to[i * stride + k] = from[gvc_limited(column + k, width)];
    }
}

static void offer(choice *best, const uint8_t *now, const uint8_t *before, int64_t stride, gvc_vector vector)
{
    gvc_i16x8 sums = {0};
    for (int k = 0; k < WINDOW; k++)
        sums += gvc_absolute(gvc_load_u8x8(now + k * WINDOW) - gvc_load_u8x8(before + k * stride));
    const int32_t cost = gvc_total(sums) + COST_OF_LENGTH * ((vector.down < 0 ? -vector.down : vector.down) +
                                                             (vector.across < 0 ? -vector.across : vector.across));
    if (cost < best->cost)
        *best = (choice){vector, cost};
}

/* Offer a vector of any length. */
static void offer_anywhere(choice *best, const uint8_t *now, const pair *pictures, int64_t row, int64_t column,
                           gvc_vector vector)
{
    uint8_t window[WINDOW * WINDOW];
    copy_window(pictures->before, pictures->height, pictures->width, row + vector.down, column + vector.across, WINDOW,
                window, WINDOW);
    offer(best, now, window, WINDOW, vector);
}

/* Try all vectors within RANGE, no motion first. */
static gvc_vector search_all(const pair *pictures, int64_t row, int64_t column)
{
    uint8_t now[WINDOW * WINDOW], area[AREA * AREA_STRIDE];
    copy_window(pictures->now, pictures->height, pictures->width, row, column, WINDOW, now, WINDOW);
    copy_window(pictures->before, pictures->height, pictures->width, row - RANGE, column - RANGE, AREA, area,
                AREA_STRIDE);
    choice best = {{0, 0}, INT32_MAX};
    offer(&best, now, area + RANGE * AREA_STRIDE + RANGE, AREA_STRIDE, best.vector);
    for (int16_t down = -RANGE; down <= RANGE; down++)
        for (int16_t across = -RANGE; across <= RANGE; across++)
            offer(&best, now, area + (RANGE + down) * AREA_STRIDE + RANGE + across, AREA_STRIDE,
                  (gvc_vector){down, across});
    return best.vector;
}

/* Try no motion, twice the vectors found on the smaller picture in this place and beside it, and the vectors beside the
 * best of them. */
static gvc_vector search_near(const pair *pictures, const gvc_vector *small, int64_t small_rows, int64_t small_columns,
                              int64_t block_row, int64_t block_column)
{
    const int64_t row = block_row * SIDE - MARGIN, column = block_column * SIDE - MARGIN;
    uint8_t now[WINDOW * WINDOW];
    copy_window(pictures->now, pictures->height, pictures->width, row, column, WINDOW, now, WINDOW);
    choice best = {{0, 0}, INT32_MAX};
    offer_anywhere(&best, now, pictures, row, column, best.vector);
    for (int n = 0; n < NUM_PARENTS; n++) {
        const gvc_vector parent = small[gvc_limited(block_row / 2 + PARENTS[n][0], small_rows) * small_columns +
                                        gvc_limited(block_column / 2 + PARENTS[n][1], small_columns)];
        offer_anywhere(&best, now, pictures, row, column,
                       (gvc_vector){(int16_t)(2 * parent.down), (int16_t)(2 * parent.across)});
    }
    const gvc_vector middle = best.vector;
    for (int down = -1; down <= 1; down++)
        for (int across = -1; across <= 1; across++)
            offer_anywhere(&best, now, pictures, row, column,
                           (gvc_vector){(int16_t)(middle.down + down), (int16_t)(middle.across + across)});
    return best.vector;
}

/* Search the coarse motion.
 *
 * small, large: pairs of pictures at a quarter and at half of their size, (height, width) uint8. small_field: scratch, a
 * vector for each block of the small picture. field: the result, a vector for each block of the large picture.
 */
GVC_EXPORT void gvc_coarse_motion(const uint8_t *small, const uint8_t *small_before, int64_t small_height,
                                  int64_t small_width, const uint8_t *large, const uint8_t *large_before,
                                  int64_t height, int64_t width, gvc_vector *small_field, gvc_vector *field)
{
    const pair smaller = {small, small_before, small_height, small_width}, larger = {large, large_before, height, width};
    const int64_t small_rows = (small_height + SIDE - 1) / SIDE, small_columns = (small_width + SIDE - 1) / SIDE;
    const int64_t rows = (height + SIDE - 1) / SIDE, columns = (width + SIDE - 1) / SIDE;
    for (int64_t row = 0; row < small_rows; row++)
        for (int64_t column = 0; column < small_columns; column++)
            small_field[row * small_columns + column] =
                search_all(&smaller, row * SIDE - MARGIN, column * SIDE - MARGIN);
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column++)
            field[row * columns + column] = search_near(&larger, small_field, small_rows, small_columns, row, column);
}

/* The bits of a float32 as a number of the same order. */
static int32_t in_order(int32_t bits)
{
    return bits < 0 ? bits ^ INT32_MAX : bits;
}

enum { BLOCK = 8, BLOCK_SAMPLES = BLOCK * BLOCK, MAX_VECTOR = 1 << 9 };

/* The median of a block's float32 values, given by their bits: the mean of the two in the middle. */
static float median(const int32_t values[BLOCK_SAMPLES])
{
    int32_t low = INT32_MAX, high = INT32_MIN;
    for (int k = 0; k < BLOCK_SAMPLES; k++) {
        low = values[k] < low ? values[k] : low;
        high = values[k] > high ? values[k] : high;
    }
    while (low < high) { /* the smallest value that half of them do not exceed */
        const int32_t middle = (int32_t)(low + ((int64_t)high - low) / 2);
        int32_t below = 0;
        for (int k = 0; k < BLOCK_SAMPLES; k++)
            below += values[k] <= middle;
        if (below >= BLOCK_SAMPLES / 2)
            high = middle;
        else
            low = middle + 1;
    }
    int32_t next = INT32_MAX, below = 0;
    for (int k = 0; k < BLOCK_SAMPLES; k++) {
        below += values[k] <= low;
        next = values[k] > low && values[k] < next ? values[k] : next;
    }
    const int32_t bits[2] = {in_order(low), below > BLOCK_SAMPLES / 2 ? in_order(low) : in_order(next)};
    float both[2];
    __builtin_memcpy(both, bits, sizeof both);
    return (both[0] + both[1]) / 2;
}

/* The bits of a block of optical flow, in order of size: first the parts across, then those down. */
static void take_block(const float *flow, int64_t height, int64_t width, int64_t row, int64_t column,
                       int32_t values[2][BLOCK_SAMPLES])
{
    const int is_whole = column + BLOCK <= width;
    for (int i = 0; i < BLOCK; i++) {
        const float *from = flow + 2 * gvc_limited(row + i, height) * width;
        int32_t bits[2 * BLOCK];
        if (is_whole)
            __builtin_memcpy(bits, from + 2 * column, sizeof bits);
        else
            for (int k = 0; k < BLOCK; k++)
                __builtin_memcpy(bits + 2 * k, from + 2 * gvc_limited(column + k, width), 2 * sizeof *bits);
        for (int k = 0; k < BLOCK; k++)
            for (int part = 0; part < 2; part++)
                values[part][i * BLOCK + k] = in_order(bits[2 * k + part]);
    }
}

/* The vectors of blocks from optical flow: the medians, in quarters of a sample, rounded to the nearest, halves to even.
 *
 * flow: (height, width, 2) float32, across and down, in samples. Blocks at the border repeat the last ones.
 */
GVC_EXPORT void gvc_flow_vectors(const float *flow, int64_t height, int64_t width, gvc_vector *field)
{
    const float to_whole = 3 << 22; /* float32 has no fractions at this size: adding it rounds */
    const int64_t rows = (height + BLOCK - 1) / BLOCK, columns = (width + BLOCK - 1) / BLOCK;
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column++) {
            int32_t values[2][BLOCK_SAMPLES];
            take_block(flow, height, width, row * BLOCK, column * BLOCK, values);
            int16_t parts[2];
            for (int part = 0; part < 2; part++) {
                float vector = median(values[part]) * (1 << VECTOR_BITS);
                vector = vector < -MAX_VECTOR ? -MAX_VECTOR : vector > MAX_VECTOR ? MAX_VECTOR : vector;
                const volatile float rounded = vector + to_whole; /* volatile: not to be simplified away */
                parts[part] = (int16_t)(rounded - to_whole);
            }
            field[row * columns + column] = (gvc_vector){parts[1], parts[0]};
        }
}
