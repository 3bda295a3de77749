/* Motion compensation: planes moved along a field of vectors, as codec/lossless/motion.py defines it.
 *
 * A plane is first copied to rows with margins that repeat its border, so that no tap needs a check. Blocks side by side
 * with the same vector are a run; each row of a run is filtered at once, first downwards, then across.
 */
#include "interpolation.h"

/* Samples beside each row of the copy. A run reads at most LEFT before its first sample and, since it is computed in
 * chunks, RIGHT after its last. */
enum { CHUNK = 8, LEFT = 8, RIGHT = 24, MARGINS = LEFT + RIGHT };

typedef struct {
    const int16_t *first; /* of the first row, behind its margin */
    int64_t height, width, stride;
} padded_plane;

/* Where rows are computed before they go to their places, `width` + MARGINS values each; and how the values are limited. */
typedef struct {
    int32_t *sums;
    int16_t *line;
    int16_t most;   /* the largest magnitude of a sample */
    int is_clipped; /* samples that are taken as they are, too */
} workspace;

static int64_t in_chunks(int64_t count)
{
    return (count + CHUNK - 1) / CHUNK * CHUNK;
}

/* int16 beside each row that the scratch memory of gvc_move needs. */
GVC_EXPORT int64_t gvc_move_margins(void)
{
    return MARGINS;
}

/* Copy a plane to rows with margins. */
static padded_plane padded(const int16_t *plane, int64_t height, int64_t width, int16_t *copy)
{
    const int64_t stride = width + MARGINS;
    for (int64_t row = 0; row < height; row++) {
        const int16_t *from = plane + row * width;
        int16_t *to = copy + row * stride;
        for (int64_t k = 0; k < LEFT; k++)
            to[k] = from[0];
        __builtin_memcpy(to + LEFT, from, (size_t)width * sizeof *from);
        for (int64_t k = 0; k < RIGHT; k++)
            to[LEFT + width + k] = from[width - 1];
    }
    return (padded_plane){copy + LEFT, height, width, stride};
}

/* Eight sums of the filter downwards; `rows` are those of the taps. */
GVC_INLINE gvc_i32x8 sums_down(const int16_t *const rows[NUM_TAPS], int64_t column, const int16_t *taps)
{
    gvc_i32x8 sums = gvc_widened(gvc_load_i16x8(rows[0] + column)) * (int32_t)taps[0];
    for (int t = 1; t < NUM_TAPS; t++)
        sums += gvc_widened(gvc_load_i16x8(rows[t] + column)) * (int32_t)taps[t];
    return sums;
}

GVC_INLINE void store(int16_t *to, gvc_i16x8 lanes)
{
    __builtin_memcpy(to, &lanes, sizeof lanes);
}

/* Interpolate `count` samples of a row from (row, column) on, plus the fractions. Writes whole chunks. */
static void interpolate(const padded_plane *plane, int64_t row, int64_t column, int64_t count, gvc_vector vector,
                        const workspace *work, int16_t *to)
{
    int32_t *sums = work->sums;
    const int16_t most = work->most;
    const int16_t *down = gvc_taps[vector.down & FRACTION], *across = gvc_taps[vector.across & FRACTION];
    const int16_t *here = plane->first + row * plane->stride + column;
    const int16_t *rows[NUM_TAPS];
    for (int t = 0; t < NUM_TAPS; t++) {
        const int64_t tap_row = row + t - ANCHOR;
        rows[t] = plane->first + gvc_max(0, gvc_min(tap_row, plane->height - 1)) * plane->stride + column;
    }
    const int64_t end = in_chunks(count);
    if (!(vector.across & FRACTION)) {
        if (vector.down & FRACTION)
            for (int64_t k = 0; k < end; k += CHUNK)
                store(to + k, gvc_rounded(sums_down(rows, k, down), TAP_BITS, most));
        else if (work->is_clipped)
            for (int64_t k = 0; k < end; k += CHUNK)
                store(to + k, gvc_in_range(gvc_load_i16x8(here + k), most));
        else
            __builtin_memcpy(to, here, (size_t)count * sizeof *to);
        return;
    }
    if (!(vector.down & FRACTION)) {
        for (int64_t k = 0; k < end; k += CHUNK) {
            gvc_i32x8 sum = gvc_widened(gvc_load_i16x8(here + k - ANCHOR)) * (int32_t)across[0];
            for (int t = 1; t < NUM_TAPS; t++)
                sum += gvc_widened(gvc_load_i16x8(here + k + t - ANCHOR)) * (int32_t)across[t];
            store(to + k, gvc_rounded(sum, TAP_BITS, most));
        }
        return;
    }
    for (int64_t k = 0; k < end + NUM_TAPS - 1; k += CHUNK) {
        const gvc_i32x8 found = sums_down(rows, k - ANCHOR, down);
        __builtin_memcpy(sums + k, &found, sizeof found);
    }
    for (int64_t k = 0; k < end; k += CHUNK) {
        gvc_i32x8 sum = gvc_load_i32x8(sums + k) * (int32_t)across[0];
        for (int t = 1; t < NUM_TAPS; t++)
            sum += gvc_load_i32x8(sums + k + t) * (int32_t)across[t];
        store(to + k, gvc_rounded(sum, 2 * TAP_BITS, most));
    }
}

/* One row of a run of blocks: the samples from `begin` to `end`. The vector is added, then the place is limited to the
 * plane: what lies beyond the border repeats the last sample before it. Later samples of the line may be overwritten. */
static void move_run(const padded_plane *plane, int64_t row, int64_t begin, int64_t end, gvc_vector vector,
                     const workspace *work)
{
    const int64_t last_column = plane->width - 1, offset = vector.across >> VECTOR_BITS;
    const int64_t from = gvc_max(0, gvc_min(row + (vector.down >> VECTOR_BITS), plane->height - 1));
    const int64_t first = gvc_max(0, gvc_min(begin + offset, last_column));
    const int64_t last = gvc_max(0, gvc_min(end - 1 + offset, last_column));
    const int64_t to = gvc_max(begin, gvc_min(first - offset, end - 1));
    interpolate(plane, from, first, last - first + 1, vector, work, work->line + to);
    for (int64_t k = begin; k < to; k++)
        work->line[k] = work->line[to];
    for (int64_t k = to + last - first + 1; k < end; k++)
        work->line[k] = work->line[to + last - first];
}

static void move_plane(const padded_plane *plane, const gvc_vector *field, int64_t block_rows, int64_t block_columns,
                       const workspace *work, int16_t *results)
{
    const int64_t columns = (plane->width + block_columns - 1) / block_columns;
    for (int64_t row = 0; row < plane->height; row++) {
        const gvc_vector *vectors = field + row / block_rows * columns;
        for (int64_t begin = 0, end; begin < columns; begin = end) {
            const gvc_vector vector = vectors[begin];
            for (end = begin + 1; end < columns; end++)
                if (vectors[end].down != vector.down || vectors[end].across != vector.across)
                    break;
            move_run(plane, row, begin * block_columns, gvc_min(end * block_columns, plane->width), vector, work);
        }
        __builtin_memcpy(results + row * plane->width, work->line, (size_t)plane->width * sizeof *results);
    }
}

/* Move planes along a field.
 *
 * planes, results: (count, height, width) int16. field: a vector for each block of block_rows by block_columns samples.
 * most: the largest magnitude of a sample, below 2**14: the sums of both passes stay below 2**28.
 * copy: (height + 1, width + MARGINS) int16 and sums: (width + MARGINS) int32 are scratch memory.
 */
GVC_EXPORT void gvc_move(const int16_t *planes, int64_t count, int64_t height, int64_t width, const gvc_vector *field,
                         int64_t block_rows, int64_t block_columns, int64_t most, int16_t *copy, int32_t *sums,
                         int16_t *results)
{
    const int64_t rows = (height + block_rows - 1) / block_rows;
    const int64_t columns = (width + block_columns - 1) / block_columns;
    int fractions = 0; /* only a field with fractions limits samples, and then all of them */
    for (int64_t k = 0; k < rows * columns; k++)
        fractions |= (field[k].down | field[k].across) & FRACTION;
    const workspace work = {sums, copy + height * (width + MARGINS), (int16_t)most, fractions != 0};
    for (int64_t k = 0; k < count; k++) {
        const padded_plane plane = padded(planes + k * height * width, height, width, copy);
        move_plane(&plane, field, block_rows, block_columns, &work, results + k * height * width);
    }
}
