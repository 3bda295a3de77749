/* Everything that guided color computes around its network: hint pictures made small and large again, the network's
 * inputs, and the chroma planes from its results. The references are in codec/hints/planes.py and
 * codec/networks/compact.py; names and units are theirs.
 *
 * Enlarged hints lie as (rows, columns, 2) int16, in quarters of a code value: the two planes of a sample side by side.
 */
#include "gvc.h"

enum {
    NEUTRAL = 128,        /* of gray and chroma in code values */
    CHROMA_OFFSET = 256,  /* Co and Cg are sent as (value + 256) / 2 */
    CHROMA_MAX = 255,     /* magnitude of Co and Cg */
    FRACTION_BITS = 2,    /* enlarged samples are in quarters of a code value */
    QUARTERS_MAX = 1023,  /* the last quarter of code value 255 */
    BYTE_MAX = 255,
    TAP_BITS = 7,
    NEAR_TAP = 111,       /* the Catmull-Rom spline at a quarter of a sample, in 128ths: */
    FAR_TAP = 29,         /* -9, 111, 29, -3 from one side to the other */
    NEAR_END = -9,
    FAR_END = -3,
    PLANES = 2,
    CHUNK = 256,          /* samples that are computed together, so that they stay in the cache */
};

/* A sample a quarter before (or, mirrored, after) `near`. `outer` lies beyond `far`, `inner` on the other side. */
GVC_INLINE int16_t quarter_from(int32_t inner, int32_t near, int32_t far, int32_t outer)
{
    const int32_t sum = NEAR_END * inner + NEAR_TAP * near + FAR_TAP * far + FAR_END * outer;
    return (int16_t)((sum + (1 << TAP_BITS >> 1)) >> TAP_BITS);
}

/* Double the rows: (rows, values) to (2 * rows, values), of which the first `wanted` are written. */
static void double_rows(const int16_t *from, int64_t rows, int64_t values, int64_t wanted, int16_t *to)
{
    for (int64_t row = 0; row < wanted; row++) {
        const int64_t middle = row / 2, side = row % 2 ? 1 : -1; /* towards the sample that is a quarter away */
        const int16_t *inner = from + gvc_limited(middle - side, rows) * values;
        const int16_t *near = from + middle * values;
        const int16_t *far = from + gvc_limited(middle + side, rows) * values;
        const int16_t *outer = from + gvc_limited(middle + 2 * side, rows) * values;
        int16_t *restrict result = to + row * values;
        for (int64_t k = 0; k < values; k++)
            result[k] = quarter_from(inner[k], near[k], far[k], outer[k]);
    }
}

/* Both samples that come of one, of both planes; `near` has two samples on each side. */
GVC_INLINE void double_sample(const int16_t *near, int16_t *result)
{
    for (int64_t plane = 0; plane < PLANES; plane++) {
        const int32_t second = near[plane - 2 * PLANES], first = near[plane - PLANES];
        const int32_t next = near[plane + PLANES], last = near[plane + 2 * PLANES];
        result[plane] = quarter_from(next, near[plane], first, second);
        result[plane + PLANES] = quarter_from(first, near[plane], next, last);
    }
}

/* As double_sample, at a border: samples beyond it repeat the last one. */
static void double_at_border(const int16_t *row, int64_t column, int64_t columns, int16_t *result)
{
    int16_t around[5 * PLANES];
    for (int64_t place = 0; place < 5; place++)
        for (int64_t plane = 0; plane < PLANES; plane++)
            around[place * PLANES + plane] = row[gvc_limited(column + place - 2, columns) * PLANES + plane];
    double_sample(around + 2 * PLANES, result);
}

/* As double_sample for `count` samples side by side, none of them near a border. */
static void double_inside(const int16_t *near, int64_t count, int16_t *results)
{
    int16_t before[CHUNK * PLANES], after[CHUNK * PLANES];
    for (int64_t done = 0; done < count; done += CHUNK) {
        const int64_t values = gvc_min(count - done, CHUNK) * PLANES;
        const int16_t *own = near + done * PLANES;
        for (int64_t k = 0; k < values; k++) {
            const int32_t second = own[k - 2 * PLANES], first = own[k - PLANES];
            const int32_t next = own[k + PLANES], last = own[k + 2 * PLANES];
            before[k] = quarter_from(next, own[k], first, second);
            after[k] = quarter_from(first, own[k], next, last);
        }
        int16_t *result = results + 2 * done * PLANES;
        for (int64_t k = 0; k < values; k += PLANES) {
            __builtin_memcpy(result + 2 * k, before + k, PLANES * sizeof(int16_t));
            __builtin_memcpy(result + 2 * k + PLANES, after + k, PLANES * sizeof(int16_t));
        }
    }
}

/* Double the columns: (rows, columns, 2) to (rows, 2 * columns, 2), each row `stride` int16 apart. Of the results the
 * first `wanted` columns are written. */
static void double_columns(const int16_t *from, int64_t rows, int64_t columns, int64_t wanted, int64_t stride,
                           int16_t *to)
{
    const int64_t whole = wanted / 2; /* samples of which both results are wanted */
    const int64_t begin = gvc_min(2, whole), stop = gvc_max(begin, gvc_min(whole, columns - 2));
    for (int64_t row = 0; row < rows; row++) {
        const int16_t *own = from + row * columns * PLANES;
        int16_t *result = to + row * stride;
        for (int64_t column = 0; column < begin; column++)
            double_at_border(own, column, columns, result + 2 * column * PLANES);
        double_inside(own + begin * PLANES, stop - begin, result + 2 * begin * PLANES);
        for (int64_t column = stop; column < whole; column++)
            double_at_border(own, column, columns, result + 2 * column * PLANES);
        if (wanted % 2) {
            int16_t both[2 * PLANES];
            double_at_border(own, whole, columns, both);
            for (int64_t plane = 0; plane < PLANES; plane++)
                result[2 * whole * PLANES + plane] = both[plane];
        }
    }
}

/* Enlarge a hint picture.
 *
 * picture: (2 * small rows, small columns) uint8, one plane above the other. small: ceil(rows / scale) and so on.
 * scale: 1, 2, 4 or 8. results: (rows, columns, 2) int16, in quarters. scratch: gvc_enlarge_scratch_size int16.
 */
GVC_EXPORT void gvc_enlarge_hint(const uint8_t *picture, int64_t rows, int64_t columns, int64_t scale,
                                 int16_t *results, int16_t *scratch)
{
    int64_t high = (rows + scale - 1) / scale, wide = (columns + scale - 1) / scale;
    const int64_t half = (rows + 8) * (columns + 8) * PLANES;
    int16_t *small = scale == 1 ? results : scratch, *tall = scratch + half;
    for (int64_t k = 0; k < high * wide; k++)
        for (int64_t plane = 0; plane < PLANES; plane++)
            small[k * PLANES + plane] = (int16_t)(picture[k + plane * high * wide] << FRACTION_BITS);
    for (; scale > 1; scale /= 2) {
        /* The reference doubles first rows, then columns, and crops at the end: only the last doubling may crop. */
        const int is_last = scale == 2;
        const int64_t wanted_rows = is_last ? rows : 2 * high, wanted_columns = is_last ? columns : 2 * wide;
        double_rows(small, high, wide * PLANES, wanted_rows, tall);
        double_columns(tall, wanted_rows, wide, wanted_columns, wanted_columns * PLANES, is_last ? results : small);
        high = wanted_rows;
        wide = wanted_columns;
    }
}

/* Number of int16 that gvc_enlarge_hint needs beside its results. */
GVC_EXPORT int64_t gvc_enlarge_scratch_size(int64_t rows, int64_t columns)
{
    return 2 * (rows + 8) * (columns + 8) * PLANES;
}

/* Round a sum divided by 2**bits to the nearest whole number, halves to even. */
GVC_INLINE int32_t rounded_to_even(int32_t sum, int32_t bits)
{
    if (bits == 0)
        return sum;
    const int32_t down = sum >> bits, rest = sum - (down << bits), half = 1 << (bits - 1);
    return down + (rest > half || (rest == half && (down & 1)));
}

/* The sum of a square of samples, of uint8 or (if `is_wide`) of int16; samples beyond the border repeat the last. */
GVC_INLINE int32_t square_sum(const void *plane, int is_wide, int64_t rows, int64_t columns, int64_t top, int64_t left,
                              int64_t scale)
{
    int32_t sum = 0;
    for (int64_t down = 0; down < scale; down++)
        for (int64_t across = 0; across < scale; across++) {
            const int64_t place = gvc_limited(top + down, rows) * columns + gvc_limited(left + across, columns);
            sum += is_wide ? ((const int16_t *)plane)[place] : ((const uint8_t *)plane)[place];
        }
    return sum;
}

/* Reduce a chroma plane to its half of a hint picture by averaging squares of 2**scale_bits samples a side.
 *
 * plane: (rows, columns) of uint8, or int16 Co or Cg if `is_wide`. results: (small rows, small columns) uint8.
 */
GVC_EXPORT void gvc_reduce_plane(const void *plane, int64_t is_wide, int64_t rows, int64_t columns, int64_t scale_bits,
                                 uint8_t *results)
{
    const int64_t scale = (int64_t)1 << scale_bits;
    const int32_t bits = (int32_t)(2 * scale_bits);
    for (int64_t top = 0; top < rows; top += scale)
        for (int64_t left = 0; left < columns; left += scale) {
            const int32_t sum = is_wide ? square_sum(plane, 1, rows, columns, top, left, scale)
                                        : square_sum(plane, 0, rows, columns, top, left, scale);
            const int32_t code = is_wide ? rounded_to_even(sum + (CHROMA_OFFSET << bits), bits + 1)
                                         : rounded_to_even(sum, bits);
            *results++ = (uint8_t)gvc_clip(code, 0, BYTE_MAX);
        }
}

/* How the planes of a picture lie on the network's grid, whose points hold 2 x 2 gray samples. */
typedef struct {
    int64_t height, width;             /* of the gray */
    int64_t rows, columns;             /* of each chroma plane */
    int64_t block_rows, block_columns; /* chroma samples in a point */
} gvc_planes;

/* A point of 4:2:0 with all of its gray. */
GVC_INLINE void fill_point(const uint8_t *upper, const uint8_t *lower, const int16_t *quarters, int16_t *point)
{
    point[0] = (int16_t)(upper[0] - NEUTRAL);
    point[1] = (int16_t)(upper[1] - NEUTRAL);
    point[2] = (int16_t)(lower[0] - NEUTRAL);
    point[3] = (int16_t)(lower[1] - NEUTRAL);
    for (int64_t plane = 0; plane < PLANES; plane++)
        point[4 + plane] = (int16_t)(gvc_clip(quarters[plane] >> FRACTION_BITS, 0, BYTE_MAX) - NEUTRAL);
}

/* Fill the points of the network's grid.
 *
 * gray: (height, width) uint8. quarters: (rows, columns, 2) int16. points: that of the upper left corner;
 * `row_stride` and `point_stride` int16 to the point below and beside.
 */
GVC_EXPORT void gvc_network_inputs(const gvc_planes *planes, const uint8_t *gray, const int16_t *quarters,
                                   int16_t *points, int64_t row_stride, int64_t point_stride)
{
    const int64_t grid_rows = (planes->height + 1) / 2, grid_columns = (planes->width + 1) / 2;
    for (int64_t row = 0; row < grid_rows; row++) {
        const uint8_t *upper = gray + 2 * row * planes->width;
        const uint8_t *lower = gray + gvc_limited(2 * row + 1, planes->height) * planes->width;
        int64_t column = 0;
        if (planes->block_rows == 1 && planes->block_columns == 1)
            for (; column < planes->width / 2; column++)
                fill_point(upper + 2 * column, lower + 2 * column,
                           quarters + (row * planes->columns + column) * PLANES,
                           points + row * row_stride + column * point_stride);
        for (; column < grid_columns; column++) {
            int16_t *point = points + row * row_stride + column * point_stride;
            const int64_t left = 2 * column, right = gvc_limited(left + 1, planes->width);
            *point++ = (int16_t)(upper[left] - NEUTRAL);
            *point++ = (int16_t)(upper[right] - NEUTRAL);
            *point++ = (int16_t)(lower[left] - NEUTRAL);
            *point++ = (int16_t)(lower[right] - NEUTRAL);
            for (int64_t down = 0; down < planes->block_rows; down++)
                for (int64_t across = 0; across < planes->block_columns; across++) {
                    const int64_t y = gvc_limited(row * planes->block_rows + down, planes->rows);
                    const int64_t x = gvc_limited(column * planes->block_columns + across, planes->columns);
                    const int16_t *sample = quarters + (y * planes->columns + x) * PLANES;
                    for (int64_t plane = 0; plane < PLANES; plane++)
                        *point++ = (int16_t)(gvc_clip(sample[plane] >> FRACTION_BITS, 0, BYTE_MAX) - NEUTRAL);
                }
        }
    }
}

/* A color sample in quarters: the hint, and what the network adds at the sample's place in its grid. */
GVC_INLINE int32_t color_of(const gvc_planes *planes, const int16_t *quarters, const int16_t *residuals, int64_t row,
                            int64_t column, int64_t plane)
{
    const int32_t hint = quarters[(row * planes->columns + column) * PLANES + plane];
    if (residuals == 0)
        return hint;
    const int64_t grid_columns = (planes->width + 1) / 2;
    const int64_t point = row / planes->block_rows * grid_columns + column / planes->block_columns;
    const int64_t place = row % planes->block_rows * planes->block_columns + column % planes->block_columns;
    const int64_t values = planes->block_rows * planes->block_columns * PLANES;
    return gvc_clip(hint, 0, QUARTERS_MAX) + residuals[point * values + place * PLANES + plane];
}

/* Quarters as a code value; halves are rounded up. */
GVC_INLINE uint8_t code_of_quarters(int32_t quarters)
{
    return (uint8_t)gvc_clip((quarters + (1 << FRACTION_BITS >> 1)) >> FRACTION_BITS, 0, BYTE_MAX);
}

/* As gvc_yuv_of_quarters, for `count` samples whose residuals lie as they do: 4:2:0, the usual case. */
static void yuv_of_points(const int16_t *quarters, const int16_t *residuals, int64_t count, uint8_t *first,
                          uint8_t *second)
{
    uint8_t codes[CHUNK * PLANES];
    for (int64_t done = 0; done < count; done += CHUNK) {
        const int64_t samples = gvc_min(count - done, CHUNK);
        const int16_t *hint = quarters + done * PLANES, *added = residuals + done * PLANES;
        for (int64_t k = 0; k < samples * PLANES; k++)
            codes[k] = code_of_quarters(gvc_clip(hint[k], 0, QUARTERS_MAX) + added[k]);
        for (int64_t k = 0; k < samples; k++)
            first[done + k] = codes[k * PLANES];
        for (int64_t k = 0; k < samples; k++)
            second[done + k] = codes[k * PLANES + 1];
    }
}

/* The chroma planes of YUV: hints, and what the network adds.
 *
 * quarters: (rows, columns, 2) int16. residuals: (grid rows, grid columns, 2 * block) int16, or null for none.
 * first, second: (rows, columns) uint8.
 */
GVC_EXPORT void gvc_yuv_of_quarters(const gvc_planes *planes, const int16_t *quarters, const int16_t *residuals,
                                    uint8_t *first, uint8_t *second)
{
    if (residuals != 0 && planes->block_rows == 1 && planes->block_columns == 1) {
        yuv_of_points(quarters, residuals, planes->rows * planes->columns, first, second);
        return;
    }
    for (int64_t row = 0; row < planes->rows; row++)
        for (int64_t column = 0; column < planes->columns; column++, first++, second++) {
            *first = code_of_quarters(color_of(planes, quarters, residuals, row, column, 0));
            *second = code_of_quarters(color_of(planes, quarters, residuals, row, column, 1));
        }
}

/* The largest d, to either sign, with which middle - (d >> 1) and middle - (d >> 1) + d are bytes. */
GVC_INLINE int32_t difference_in_range(int32_t middle)
{
    return (int32_t)gvc_min(2 * middle + 1, 2 * BYTE_MAX - 2 * middle);
}

/* Clip to [-room, room] as NumPy does, where the upper limit wins. */
GVC_INLINE int32_t within(int32_t value, int32_t room)
{
    const int32_t above = value < -room ? -room : value;
    return above > room ? room : above;
}

/* As gvc_yuv_of_quarters, but Co and Cg in int16, as near as they can be to colors of this gray. */
GVC_EXPORT void gvc_ycocg_of_quarters(const gvc_planes *planes, const uint8_t *gray, const int16_t *quarters,
                                      const int16_t *residuals, int16_t *restrict orange, int16_t *restrict green)
{
    for (int64_t row = 0; row < planes->rows; row++)
        for (int64_t column = 0; column < planes->columns; column++) {
            const int64_t place = row * planes->columns + column;
            const int32_t o = ((color_of(planes, quarters, residuals, row, column, 0) + 1) >> 1) - CHROMA_OFFSET;
            const int32_t g = ((color_of(planes, quarters, residuals, row, column, 1) + 1) >> 1) - CHROMA_OFFSET;
            const int32_t cg = within(within(g, CHROMA_MAX), difference_in_range(gray[place]));
            orange[place] = (int16_t)within(within(o, CHROMA_MAX), difference_in_range(gray[place] - (cg >> 1)));
            green[place] = (int16_t)cg;
        }
}
