/* Convolutions 3x3 by tiles for wasm, exact in whole numbers: with fewer products than winograd.c, from vectors of 128 bits.
 *
 * As winograd.c, this is F(m, 3) of A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks" (CVPR 2016),
 * with tiles of m = 2 or 4 results in each direction. Of m = 4 the paper's matrix G has the denominators 4, 6 and 24. Here
 * its rows are whole numbers, and the results come 24, 12, 6 and 6 times as large: powers of two times 3. Sums are
 * integers modulo 2^32, in which 3 has an inverse, so that the 3 is divided out without a rest; the powers of two go with
 * the layer's shift. No result reaches 2^24 (codec.exact.layers has proved it), so the largest multiple, by 2^6, fits.
 *
 * What must fit is one factor of a product, in int16: the transformed weights, which gvc_tile_pack checks, and the
 * transformed inputs. Of m = 2 a transformed input is a sum of two inputs in each direction. Of m = 4 it is one of up to
 * 10, which are at most 5 of either sign, or 8 and 2: the bound is lower where no input is negative. So an input
 * with a sign may be given as two without: what is above 0, and what is below.
 */
#include "convolution.h"

#if defined(__wasm_simd128__)

enum {
    TWO_BY_TWO, /* results of a tile: rows, columns */
    TWO_BY_FOUR,
    FOUR_BY_FOUR,
    KINDS,
};

enum {
    REACH = 2,      /* inputs of a tile beyond its results */
    MOST = 4,       /* results of a tile in one direction */
    LONGEST = MOST + REACH,
    EIGHT = 8,      /* channels of a vector */
    QUAD = 4,       /* tiles that are multiplied together */
    TILES = 2 * QUAD, /* tiles that are transformed together */
    MOST_PICTURES = 3,
};

/* What of an input is taken. */
enum { BELOW_ZERO = -1, ALL_OF_IT, ABOVE_ZERO };

static const int8_t ROWS[KINDS] = {2, 2, 4}, COLUMNS[KINDS] = {2, 4, 4};

/* The largest magnitude of an input. `has_sign`: whether inputs may be negative. */
GVC_EXPORT int32_t gvc_tile_input_max(int32_t kind, int32_t has_sign)
{
    static const int16_t SIGNED[KINDS] = {INT16_MAX / 4, INT16_MAX / 20, INT16_MAX / 100};
    static const int16_t UNSIGNED[KINDS] = {INT16_MAX / 4, INT16_MAX / 16, INT16_MAX / 68};
    return has_sign ? SIGNED[kind] : UNSIGNED[kind];
}

/* Products of one input and one output in a tile. */
GVC_EXPORT int32_t gvc_tile_places(int32_t kind)
{
    return (ROWS[kind] + REACH) * (COLUMNS[kind] + REACH);
}

/* Number of int16 of the scratch memory that gvc_tile_convolve needs. `vectors`: of eight channels; each picture begins
 * a new one. */
GVC_EXPORT int32_t gvc_tile_scratch_size(int32_t kind, int32_t vectors)
{
    return gvc_tile_places(kind) * TILES * (EIGHT * vectors + 2 * GROUP);
}

/* G g with whole numbers, for three weights `stride` apart. */
static void transform_weights(int results, const int32_t *g, int stride, int32_t places[LONGEST])
{
    const int32_t a = g[0], b = g[stride], c = g[2 * stride];
    const int is_two = results == 2;
    places[0] = is_two ? 2 * a : a;
    places[1] = a + b + c;
    places[2] = a - b + c;
    places[3] = is_two ? 2 * c : a + 2 * b + 4 * c;
    places[4] = a - 2 * b + 4 * c;
    places[5] = c;
}

/* Transform a kernel 3x3, and order it as gvc_tile_convolve reads it.
 *
 * kernel: (9, 2 * pairs, outputs) int16. packed: groups of outputs, places, pairs, then the weights of GROUP outputs; as
 * many int16 as gvc_packed_size says for so many taps as there are places. Returns whether all weights fit int16; if not,
 * the kernel cannot be used in this way.
 */
GVC_EXPORT int32_t gvc_tile_pack(int32_t kind, const int16_t *kernel, int32_t pairs, int32_t outputs, int16_t *packed)
{
    const int32_t inputs = 2 * pairs, high = ROWS[kind] + REACH, wide = COLUMNS[kind] + REACH, places = high * wide;
    __builtin_memset(packed, 0, (size_t)(gvc_groups_of(outputs) * places * inputs * GROUP) * sizeof *packed);
    for (int32_t output = 0; output < outputs; output++)
        for (int32_t input = 0; input < inputs; input++) {
            int32_t taps[9], columns[3 * LONGEST], found[LONGEST];
            for (int k = 0; k < 9; k++)
                taps[k] = kernel[(k * inputs + input) * outputs + output];
            for (int k = 0; k < 3; k++)
                transform_weights(ROWS[kind], taps + k, 3, columns + k * LONGEST);
            int16_t *to = packed + ((output / GROUP * places * pairs + input / 2) * GROUP + output % GROUP) * 2 + input % 2;
            for (int32_t y = 0; y < high; y++) {
                transform_weights(COLUMNS[kind], columns + y, LONGEST, found);
                for (int32_t x = 0; x < wide; x++, to += 2 * pairs * GROUP) {
                    if (found[x] < INT16_MIN || found[x] > INT16_MAX)
                        return 0;
                    *to = (int16_t)found[x];
                }
            }
        }
    return 1;
}

#define ADD wasm_i16x8_add
#define SUB wasm_i16x8_sub
#define TIMES(a, bits) wasm_i16x8_shl(a, bits)

/* B' d of eight channels: results + REACH vectors. */
GVC_INLINE void transform_inputs(const int results, const v128_t *d, v128_t *to)
{
    if (results == 2) {
        to[0] = SUB(d[0], d[2]);
        to[1] = ADD(d[1], d[2]);
        to[2] = SUB(d[2], d[1]);
        to[3] = SUB(d[1], d[3]);
        return;
    }
    const v128_t even = SUB(d[4], TIMES(d[2], 2)), odd = SUB(d[3], TIMES(d[1], 2));
    const v128_t step = SUB(d[4], d[2]), twice = TIMES(SUB(d[3], d[1]), 1);
    to[0] = ADD(TIMES(SUB(d[0], d[2]), 2), step);
    to[1] = ADD(even, odd);
    to[2] = SUB(even, odd);
    to[3] = ADD(step, twice);
    to[4] = SUB(step, twice);
    to[5] = SUB(SUB(d[5], d[3]), TIMES(twice, 1));
}

GVC_INLINE v128_t part_of(v128_t inputs, const int part)
{
    const v128_t zero = wasm_i16x8_splat(0);
    return part == ALL_OF_IT ? inputs : wasm_i16x8_max(part == ABOVE_ZERO ? inputs : SUB(zero, inputs), zero);
}

/* B' d B of one tile and eight channels. `row` and `pixel` are the strides of the inputs, `stride` the distance from a
 * place to the next one. */
GVC_INLINE void transform_tile(const int rows, const int columns, const int part, const int16_t *from, int row, int pixel,
                               int16_t *to, int stride)
{
    v128_t own[LONGEST], across[LONGEST][LONGEST];
    GVC_UNROLL
    for (int x = 0; x < columns + REACH; x++) {
        v128_t found[LONGEST];
        GVC_UNROLL
        for (int y = 0; y < rows + REACH; y++)
            own[y] = part_of(wasm_v128_load(from + y * row + x * pixel), part);
        transform_inputs(rows, own, found);
        GVC_UNROLL
        for (int y = 0; y < rows + REACH; y++)
            across[y][x] = found[y];
    }
    GVC_UNROLL
    for (int y = 0; y < rows + REACH; y++) {
        transform_inputs(columns, across[y], own);
        GVC_UNROLL
        for (int x = 0; x < columns + REACH; x++, to += stride)
            wasm_v128_store(to, own[x]);
    }
}

/* Transform the inputs of `count` tiles side by side, the first at (row, column): (places, vectors, TILES, EIGHT) int16.
 * Of the last vector of a picture, the channels that it does not have are those of the next pixel. */
GVC_INLINE void transform_tiles(const int rows, const int columns, const gvc_picture *pictures, const int32_t *parts,
                                int num_pictures, int row, int column, int count, int vectors, int16_t *to)
{
    const int stride = vectors * TILES * EIGHT;
    for (int p = 0; p < num_pictures; p++) {
        const int down = (int)pictures[p].row_stride, across = (int)pictures[p].pixel_stride;
        const int16_t *from = pictures[p].first + (row - 1) * down + (column - 1) * across;
        for (int c = 0; c < pictures[p].channels; c += EIGHT, to += TILES * EIGHT)
            for (int n = 0; n < count; n++) {
                const int16_t *own = from + c + n * columns * across;
                if (parts[p] == ALL_OF_IT)
                    transform_tile(rows, columns, ALL_OF_IT, own, down, across, to + n * EIGHT, stride);
                else if (parts[p] == ABOVE_ZERO)
                    transform_tile(rows, columns, ABOVE_ZERO, own, down, across, to + n * EIGHT, stride);
                else
                    transform_tile(rows, columns, BELOW_ZERO, own, down, across, to + n * EIGHT, stride);
            }
    }
}

/* Add the products of one pair of channels to the sums of QUAD tiles. */
GVC_INLINE void add_pair(v128_t sums[QUAD][VECTORS], const int16_t *inputs, const int16_t *weights)
{
    v128_t own[VECTORS];
    GVC_UNROLL
    for (int v = 0; v < VECTORS; v++)
        own[v] = wasm_v128_load(weights + 2 * LANES * v);
    GVC_UNROLL
    for (int n = 0; n < QUAD; n++) {
        const v128_t pair = wasm_v128_load32_splat(inputs + EIGHT * n);
        GVC_UNROLL
        for (int v = 0; v < VECTORS; v++)
            sums[n][v] = wasm_i32x4_add(sums[n][v], wasm_i32x4_dot_i16x8(pair, own[v]));
    }
    /* Compilers would add up the products of several pairs first, and run out of registers. */
    GVC_UNROLL
    for (int n = 0; n < QUAD; n++)
        GVC_UNROLL
        for (int v = 0; v < VECTORS; v++)
            __asm__ volatile("" : "+r"(sums[n][v]) : : "memory");
}

/* The products of one place, summed over the input channels, for QUAD tiles and one group of outputs. */
GVC_INLINE const int16_t *multiply(const int16_t *inputs, const int32_t *pairs, int num_pictures, const int16_t *weights,
                                   int32_t *to)
{
    enum { WEIGHTS = 2 * GROUP, AT_ONCE = EIGHT / 2 };
    v128_t sums[QUAD][VECTORS];
    GVC_UNROLL
    for (int n = 0; n < QUAD; n++)
        GVC_UNROLL
        for (int v = 0; v < VECTORS; v++)
            sums[n][v] = wasm_i32x4_splat(0);
    for (int p = 0; p < num_pictures; p++) {
        int left = pairs[p];
        for (; left >= AT_ONCE; left -= AT_ONCE, inputs += TILES * EIGHT, weights += AT_ONCE * WEIGHTS)
            GVC_UNROLL
            for (int k = 0; k < AT_ONCE; k++)
                add_pair(sums, inputs + 2 * k, weights + WEIGHTS * k);
        if (left == 0)
            continue;
        for (int k = 0; k < left; k++, weights += WEIGHTS)
            add_pair(sums, inputs + 2 * k, weights);
        inputs += TILES * EIGHT;
    }
    GVC_UNROLL
    for (int n = 0; n < QUAD; n++)
        GVC_UNROLL
        for (int v = 0; v < VECTORS; v++)
            wasm_v128_store(to + n * GROUP + LANES * v, sums[n][v]);
    return weights;
}

#undef ADD
#undef SUB
#undef TIMES
#define ADD wasm_i32x4_add
#define SUB wasm_i32x4_sub
#define TIMES(a, bits) wasm_i32x4_shl(a, bits)

/* By which power of two results come too large. */
GVC_INLINE int scale_bits(const int results, const int place)
{
    return results == 2 ? 1 : place == 0 ? 3 : place == 1 ? 2 : 1;
}

/* A' m of four outputs: `results` vectors, too large by powers of two, and by 3 if there are four. */
GVC_INLINE void transform_sums(const int results, const v128_t *m, v128_t *to)
{
    if (results == 2) {
        to[0] = ADD(ADD(m[0], m[1]), m[2]);
        to[1] = SUB(SUB(m[1], m[2]), m[3]);
        return;
    }
    const v128_t near = ADD(m[1], m[2]), near_step = SUB(m[1], m[2]), far = ADD(m[3], m[4]), far_step = SUB(m[3], m[4]);
    to[0] = ADD(ADD(TIMES(SUB(m[0], near), 2), TIMES(m[0], 1)), far);
    to[1] = SUB(far_step, TIMES(near_step, 1));
    to[2] = SUB(far, near);
    to[3] = SUB(TIMES(ADD(far_step, ADD(m[5], TIMES(m[5], 1))), 1), near_step);
}

/* A' m A of one tile and one group of outputs, with bias, shift and clip. Pixel (y, x) of the results begins at
 * to[y * row + x * pixel]. */
GVC_INLINE void finish_whole(const int rows, const int columns, const int32_t *m, const int32_t *bias,
                             const gvc_layer *layer, int16_t *to, int row, int pixel)
{
    enum { INVERSE_OF_3 = -1431655765, INVERSE_OF_9 = 954437177 };
    v128_t across[VECTORS][MOST][LONGEST], own[LONGEST];
    GVC_UNROLL
    for (int v = 0; v < VECTORS; v++)
        GVC_UNROLL
        for (int x = 0; x < columns + REACH; x++) {
            v128_t found[MOST];
            GVC_UNROLL
            for (int y = 0; y < rows + REACH; y++)
                own[y] = wasm_v128_load(m + (y * (columns + REACH) + x) * TILES * GROUP + LANES * v);
            transform_sums(rows, own, found);
            GVC_UNROLL
            for (int y = 0; y < rows; y++)
                across[v][y][x] = found[y];
        }
    const v128_t inverse = wasm_i32x4_splat(rows == 4 ? INVERSE_OF_9 : INVERSE_OF_3);
    const v128_t low = wasm_i16x8_splat((int16_t)layer->minimum), high = wasm_i16x8_splat((int16_t)layer->maximum);
    GVC_UNROLL
    for (int y = 0; y < rows; y++) {
        v128_t found[VECTORS][MOST];
        GVC_UNROLL
        for (int v = 0; v < VECTORS; v++)
            transform_sums(columns, across[v][y], found[v]);
        GVC_UNROLL
        for (int x = 0; x < columns; x++) {
            const int bits = scale_bits(rows, y) + scale_bits(columns, x);
            GVC_UNROLL
            for (int v = 0; v < VECTORS; v++) {
                const v128_t sums = columns == 4 ? wasm_i32x4_mul(found[v][x], inverse) : found[v][x];
                const v128_t added = TIMES(wasm_v128_load(bias + LANES * v), bits);
                found[v][x] = wasm_i32x4_shr(ADD(sums, added), (uint32_t)(layer->shift + bits));
            }
            const v128_t both = wasm_i16x8_narrow_i32x4(found[0][x], found[1][x]);
            wasm_v128_store(to + y * row + x * pixel, wasm_i16x8_min(wasm_i16x8_max(both, low), high));
        }
    }
}

/* Write the results of the tile at (row, column), as far as they lie in the picture, for one group of outputs. */
GVC_INLINE void finish_tile(const int rows, const int columns, const int32_t *sums, const gvc_layer *layer,
                            const gvc_results *results, int row, int column, int group)
{
    const int down = (int)results->row_stride, across = (int)results->pixel_stride;
    const int high = (int)results->height - row, wide = (int)results->width - column;
    const int outputs = layer->outputs - group * GROUP;
    const int32_t *bias = layer->bias + group * GROUP;
    int16_t *to = results->first + row * down + column * across + group * GROUP;
    if (high >= rows && wide >= columns && outputs >= GROUP) {
        finish_whole(rows, columns, sums, bias, layer, to, down, across);
        return;
    }
    int16_t tile[MOST * MOST * GROUP];
    finish_whole(rows, columns, sums, bias, layer, tile, MOST * GROUP, GROUP);
    for (int y = 0; y < rows && y < high; y++)
        for (int x = 0; x < columns && x < wide; x++)
            for (int k = 0; k < GROUP && k < outputs; k++)
                to[y * down + x * across + k] = tile[(MOST * y + x) * GROUP + k];
}

/* Each kind as functions of its own, no larger than that: a browser compiles them one by one, when they are used. */
#define APART __attribute__((noinline)) static void
#define KIND(name, rows, columns)                                                                                      \
    APART transform_##name(const gvc_picture *pictures, const int32_t *parts, int num_pictures, int row, int column,   \
                           int count, int vectors, int16_t *to)                                                        \
    {                                                                                                                  \
        transform_tiles(rows, columns, pictures, parts, num_pictures, row, column, count, vectors, to);                \
    }                                                                                                                  \
    APART finish_##name(const int32_t *sums, const gvc_layer *layer, const gvc_results *results, int row, int column,  \
                        int count, int group)                                                                          \
    {                                                                                                                  \
        for (int n = 0; n < count; n++)                                                                                \
            finish_tile(rows, columns, sums + n * GROUP, layer, results, row, column + n * columns, group);            \
    }
KIND(two_by_two, 2, 2)
KIND(two_by_four, 2, 4)
KIND(four_by_four, 4, 4)

/* The products of all places for `count` tiles and one group of outputs; returns the weights of the next group. */
__attribute__((noinline)) static const int16_t *multiply_places(const int16_t *inputs, int places, int count, int vectors,
                                                                const int32_t *pairs, int num_pictures,
                                                                const int16_t *weights, int32_t *sums)
{
    for (int place = 0; place < places; place++, inputs += vectors * TILES * EIGHT, sums += TILES * GROUP) {
        const int16_t *next = weights;
        for (int n = 0; n < count; n += QUAD)
            next = multiply(inputs + n * EIGHT, pairs, num_pictures, weights, sums + n * GROUP);
        weights = next;
    }
    return weights;
}

/* Run a layer with a kernel 3x3 whose weights come from gvc_tile_pack.
 *
 * pictures: up to three, joined along their channels, magnitudes up to gvc_tile_input_max; each with a margin of at least
 * 4, and with EIGHT int16 behind its last pixel that may be read. parts: what is taken of the inputs of each picture: 0
 * for all, 1 for what is above zero, -1 for how far it is below.
 * scratch: gvc_tile_scratch_size int16, aligned for int32.
 */
GVC_EXPORT void gvc_tile_convolve(int32_t kind, const gvc_layer *layer, const gvc_picture *pictures, const int32_t *parts,
                                  int32_t num_pictures, const gvc_results *results, int16_t *scratch)
{
    const int rows = ROWS[kind], columns = COLUMNS[kind], places = gvc_tile_places(kind);
    const int groups = (int)gvc_groups_of(layer->outputs);
    int32_t pairs[MOST_PICTURES];
    int vectors = 0;
    for (int p = 0; p < num_pictures; p++) {
        pairs[p] = (int32_t)pictures[p].channels / 2;
        vectors += (int)(pictures[p].channels + EIGHT - 1) / EIGHT;
    }
    int32_t *sums = (int32_t *)scratch; /* (places, TILES, GROUP) */
    int16_t *inputs = scratch + 2 * places * TILES * GROUP;
    for (int row = 0; row < results->height; row += rows)
        for (int column = 0; column < results->width; column += columns * TILES) {
            const int left = ((int)results->width - column + columns - 1) / columns, count = left < TILES ? left : TILES;
            if (kind == TWO_BY_TWO)
                transform_two_by_two(pictures, parts, num_pictures, row, column, count, vectors, inputs);
            else if (kind == TWO_BY_FOUR)
                transform_two_by_four(pictures, parts, num_pictures, row, column, count, vectors, inputs);
            else
                transform_four_by_four(pictures, parts, num_pictures, row, column, count, vectors, inputs);
            const int16_t *weights = layer->weights;
            for (int group = 0; group < groups; group++) {
                weights = multiply_places(inputs, places, count, vectors, pairs, num_pictures, weights, sums);
                if (kind == TWO_BY_TWO)
                    finish_two_by_two(sums, layer, results, row, column, count, group);
                else if (kind == TWO_BY_FOUR)
                    finish_two_by_four(sums, layer, results, row, column, count, group);
                else
                    finish_four_by_four(sums, layer, results, row, column, count, group);
            }
        }
}

#endif
