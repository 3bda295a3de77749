/* The coarse motion search on reduced pictures, as codec/lossless/block_motion.py defines it. */
#include "interpolation.h"

typedef int16_t lanes __attribute__((vector_size(32))); /* two rows of a window */

enum {
    SIDE = 4,                   /* of a block in a reduced picture */
    MARGIN = 2,                 /* samples around a block that are compared too */
    WINDOW = SIDE + 2 * MARGIN, /* side of what is compared */
    LOG2_SAMPLES = 6,           /* of them */
    RANGE = 7,                  /* the largest part of a vector on the smallest picture */
    AREA = WINDOW + 2 * RANGE,  /* side of what these vectors reach */
    AREA_STRIDE = 32,           /* room for AREA, and for lanes */
    COST_OF_LENGTH = 16,
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

GVC_INLINE lanes two_rows(const uint8_t *first, const uint8_t *second)
{
    gvc_u8x16 samples;
    __builtin_memcpy(&samples, first, WINDOW);
    __builtin_memcpy((uint8_t *)&samples + WINDOW, second, WINDOW);
    return __builtin_convertvector(samples, lanes);
}

GVC_INLINE int32_t total_of(lanes values)
{
    gvc_i16x8 halves[2];
    __builtin_memcpy(halves, &values, sizeof values);
    return gvc_total(halves[0] + halves[1]);
}

static void offer(choice *best, const uint8_t *now, const uint8_t *before, int64_t stride, gvc_vector vector)
{
    const int32_t length = (vector.down < 0 ? -vector.down : vector.down) +
                           (vector.across < 0 ? -vector.across : vector.across);
    if (COST_OF_LENGTH * length >= best->cost) /* not even without any difference */
        return;
    lanes differences[WINDOW / 2], total = {0}, sums = {0};
    for (int k = 0; k < WINDOW / 2; k++) {
        differences[k] = two_rows(now + 2 * k * WINDOW, now + (2 * k + 1) * WINDOW) -
                         two_rows(before + 2 * k * stride, before + (2 * k + 1) * stride);
        total += differences[k];
    }
    const int16_t mean = (int16_t)((total_of(total) + WINDOW * WINDOW / 2) >> LOG2_SAMPLES);
    for (int k = 0; k < WINDOW / 2; k++) {
        const lanes away = differences[k] - mean, sign = away >> 15;
        sums += (away ^ sign) - sign;
    }
    const int32_t cost = total_of(sums) + COST_OF_LENGTH * length;
    if (cost < best->cost)
        *best = (choice){vector, cost};
}

/* Offer a vector of any length. */
static void offer_anywhere(choice *best, const uint8_t *now, const pair *pictures, int64_t row, int64_t column,
                           gvc_vector vector)
{
    const int64_t down = row + vector.down, across = column + vector.across;
    if (down >= 0 && across >= 0 && down + WINDOW <= pictures->height && across + WINDOW <= pictures->width) {
        offer(best, now, pictures->before + down * pictures->width + across, pictures->width, vector);
        return;
    }
    uint8_t window[WINDOW * WINDOW];
    copy_window(pictures->before, pictures->height, pictures->width, down, across, WINDOW, window, WINDOW);
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
