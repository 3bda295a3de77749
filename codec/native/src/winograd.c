/* Convolutions 3x3 with 16 products for each 2x2 results instead of 36, exact in whole numbers.
 *
 * This is F(2x2, 3x3) of A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks" (CVPR 2016), after
 * S. Winograd. A tile of 4x4 inputs d gives 2x2 results y:
 *
 *     y = A' [ (G g G') * (B' d B) ] A      with * the product of each element, summed over the input channels
 *
 * G has halves, so the library holds 4 G g G', which is whole; sums are 4 times as large, and the last shift is 2 more.
 * B' d B is a sum of four inputs: it fits int16 if the inputs are at most INPUT_MAX. If the magnitudes of all terms of a
 * result add up to less than 2^24, as codec.exact.layers has proved, no sum here reaches 2^30.
 */
#include "convolution.h"
#include "vectors.h"

enum {
    TILE = 4,                  /* rows and columns of a tile's inputs */
    STEP = 2,                  /* rows and columns of a tile's results */
    PLACES = TILE * TILE,      /* products of one input channel in a tile */
    SCALE_BITS = 2,            /* weights and sums are 4 times as large */
    INPUT_MAX = INT16_MAX / 4, /* largest magnitude of an input */
    SLACK = 8                  /* int16 that may be read behind a picture, and written behind each place */
};
enum { TILES = 2 * PIXELS }; /* tiles that are transformed together */

GVC_EXPORT int32_t gvc_winograd_input_max(void)
{
    return INPUT_MAX;
}

/* Number of int16 of the scratch memory that gvc_winograd_convolve needs. */
GVC_EXPORT int64_t gvc_winograd_scratch_size(int64_t channels)
{
    return PLACES * (TILES * (channels + 2 * GROUP) + SLACK);
}

/* 4 G g G' of one input and one output; g has a stride of `stride` from weight to weight. */
static void transform_weights(const int16_t *g, int64_t stride, int32_t places[PLACES])
{
    int32_t rows[TILE][3];
    for (int k = 0; k < 3; k++) {
        const int32_t a = g[k * stride], b = g[(3 + k) * stride], c = g[(6 + k) * stride];
        rows[0][k] = 2 * a;
        rows[1][k] = a + b + c;
        rows[2][k] = a - b + c;
        rows[3][k] = 2 * c;
    }
    for (int r = 0; r < TILE; r++) {
        const int32_t a = rows[r][0], b = rows[r][1], c = rows[r][2];
        places[TILE * r] = 2 * a;
        places[TILE * r + 1] = a + b + c;
        places[TILE * r + 2] = a - b + c;
        places[TILE * r + 3] = 2 * c;
    }
}

/* Transform a kernel 3x3, and order it as gvc_winograd_convolve reads it.
 *
 * kernel: (9, 2 * pairs, outputs) int16. packed: groups of outputs, places, pairs, then the weights of GROUP outputs; as
 * many int16 as gvc_packed_size says for 16 taps. Returns whether all weights fit int16; if not, the kernel cannot be
 * used in this way.
 */
GVC_EXPORT int32_t gvc_winograd_pack(const int16_t *kernel, int64_t pairs, int64_t outputs, int16_t *packed)
{
    const int64_t inputs = 2 * pairs;
    __builtin_memset(packed, 0, (size_t)(gvc_groups_of(outputs) * PLACES * inputs * GROUP) * sizeof *packed);
    for (int64_t output = 0; output < outputs; output++)
        for (int64_t input = 0; input < inputs; input++) {
            int32_t places[PLACES];
            transform_weights(kernel + input * outputs + output, inputs * outputs, places);
            const int64_t group = output / GROUP, k = output % GROUP, pair = input / 2, part = input % 2;
            for (int64_t place = 0; place < PLACES; place++) {
                if (places[place] < INT16_MIN || places[place] > INT16_MAX)
                    return 0;
                packed[((group * PLACES + place) * pairs + pair) * 2 * GROUP +
                       (IS_PAIRED ? 2 * k + part : part * GROUP + k)] = (int16_t)places[place];
            }
        }
    return 1;
}

/* B' d B of one tile for as many channels as a vector has. `row` and `pixel` are the strides of the inputs, `stride` the
 * distance from a place to the next one. */
#define TRANSFORM_INPUTS(name, vector)                                                                                 \
    GVC_INLINE void name(const int16_t *d, int64_t row, int64_t pixel, int16_t *to, int64_t stride)                    \
    {                                                                                                                  \
        vector w[TILE][TILE], a, b, c, e;                                                                              \
        GVC_UNROLL                                                                                                     \
        for (int x = 0; x < TILE; x++) {                                                                               \
            __builtin_memcpy(&a, d + x * pixel, sizeof a);                                                             \
            __builtin_memcpy(&b, d + x * pixel + row, sizeof b);                                                       \
            __builtin_memcpy(&c, d + x * pixel + 2 * row, sizeof c);                                                   \
            __builtin_memcpy(&e, d + x * pixel + 3 * row, sizeof e);                                                   \
            w[0][x] = a - c;                                                                                           \
            w[1][x] = b + c;                                                                                           \
            w[2][x] = c - b;                                                                                           \
            w[3][x] = b - e;                                                                                           \
        }                                                                                                              \
        GVC_UNROLL                                                                                                     \
        for (int y = 0; y < TILE; y++, to += TILE * stride) {                                                          \
            a = w[y][0] - w[y][2];                                                                                     \
            b = w[y][1] + w[y][2];                                                                                     \
            c = w[y][2] - w[y][1];                                                                                     \
            e = w[y][1] - w[y][3];                                                                                     \
            __builtin_memcpy(to, &a, sizeof a);                                                                        \
            __builtin_memcpy(to + stride, &b, sizeof b);                                                               \
            __builtin_memcpy(to + 2 * stride, &c, sizeof c);                                                           \
            __builtin_memcpy(to + 3 * stride, &e, sizeof e);                                                           \
        }                                                                                                              \
    }
TRANSFORM_INPUTS(transform_eight, gvc_i16x8)
TRANSFORM_INPUTS(transform_sixteen, gvc_i16x16)

/* The products of one place, summed over the input channels, for `count` tiles and one group of outputs. */
GVC_INLINE void multiply(const int count, const int16_t *inputs, int64_t channels, const int16_t *weights, int32_t *to)
{
    static const int32_t zeros[LANES];
    gvc_sums sums[PIXELS][VECTORS];
    GVC_UNROLL
    for (int n = 0; n < count; n++)
        GVC_UNROLL
        for (int v = 0; v < VECTORS; v++)
            sums[n][v] = GVC_LOAD_SUMS((const void *)zeros);
    for (int64_t c = 0; c < channels; c += 2, weights += 2 * GROUP)
        GVC_UNROLL
        for (int n = 0; n < count; n++)
            gvc_add(sums[n], inputs + n * channels + c, weights, VECTORS);
    GVC_UNROLL
    for (int n = 0; n < count; n++)
        GVC_UNROLL
        for (int v = 0; v < VECTORS; v++)
            __builtin_memcpy(to + n * GROUP + LANES * v, &sums[n][v], sizeof(gvc_sums));
}

static void multiply_tiles(int64_t count, const int16_t *inputs, int64_t channels, const int16_t *weights, int32_t *to)
{
    for (int64_t begin = 0; begin < count; begin += PIXELS, inputs += PIXELS * channels, to += PIXELS * GROUP) {
#define MULTIPLY(number) multiply(number, inputs, channels, weights, to)
        GVC_FOR_COUNT(gvc_min(count - begin, PIXELS), MULTIPLY)
#undef MULTIPLY
    }
}

/* A' m A of one tile and one group of outputs, with bias, shift and clip. Pixel (y, x) of the results begins at
 * to[y * row + x * pixel]. */
static void transform_sums(const int32_t *restrict m, int64_t stride, const int32_t *restrict bias,
                           const gvc_layer *layer, int16_t *restrict to, int64_t row, int64_t pixel)
{
    const int32_t shift = layer->shift + SCALE_BITS, low = layer->minimum, high = layer->maximum;
    for (int k = 0; k < GROUP; k++) {
        int32_t w[STEP][TILE];
        GVC_UNROLL
        for (int x = 0; x < TILE; x++) {
            const int32_t *from = m + x * stride + k;
            const int32_t a = from[0], b = from[TILE * stride], c = from[2 * TILE * stride], d = from[3 * TILE * stride];
            w[0][x] = a + b + c;
            w[1][x] = b - c - d;
        }
        const int32_t scaled_bias = bias[k] * (1 << SCALE_BITS);
        GVC_UNROLL
        for (int y = 0; y < STEP; y++) {
            const int32_t left = (w[y][0] + w[y][1] + w[y][2] + scaled_bias) >> shift;
            const int32_t right = (w[y][1] - w[y][2] - w[y][3] + scaled_bias) >> shift;
            to[y * row + k] = (int16_t)gvc_clip(left, low, high);
            to[y * row + pixel + k] = (int16_t)gvc_clip(right, low, high);
        }
    }
}

/* Transform the inputs of `count` tiles, the first at (row, column): (PLACES, count, channels) int16, with SLACK int16
 * behind each place. Whole vectors are read and written; what is too much is written over by what follows, or lies in the
 * slack. */
static void transform_tiles(const gvc_picture *pictures, int64_t num_pictures, int64_t row, int64_t column,
                            int64_t count, int64_t channels, int16_t *to)
{
    const int64_t stride = count * channels + SLACK;
    for (int64_t n = 0; n < count; n++, column += STEP)
        for (int64_t p = 0; p < num_pictures; p++) {
            const gvc_picture *picture = &pictures[p];
            const int16_t *from =
                picture->first + (row - 1) * picture->row_stride + (column - 1) * picture->pixel_stride;
            int64_t c = 0;
            for (; c + 16 <= picture->channels; c += 16)
                transform_sixteen(from + c, picture->row_stride, picture->pixel_stride, to + c, stride);
            for (; c < picture->channels; c += 8)
                transform_eight(from + c, picture->row_stride, picture->pixel_stride, to + c, stride);
            to += picture->channels;
        }
}

/* Write the results of the tile at (row, column), as far as they lie in the picture, for one group of outputs. */
static void finish_tile(const int32_t *sums, const gvc_layer *layer, const gvc_results *results, int64_t row,
                        int64_t column, int64_t group)
{
    enum { SUMS_STRIDE = TILES * GROUP };
    const int64_t rows = gvc_min(STEP, results->height - row), columns = gvc_min(STEP, results->width - column);
    const int64_t outputs = gvc_min(layer->outputs - group * GROUP, GROUP);
    const int32_t *bias = layer->bias + group * GROUP;
    int16_t *to = results->first + row * results->row_stride + column * results->pixel_stride + group * GROUP;
    if (rows == STEP && columns == STEP && outputs == GROUP) {
        transform_sums(sums, SUMS_STRIDE, bias, layer, to, results->row_stride, results->pixel_stride);
        return;
    }
    int16_t tile[STEP * STEP * GROUP];
    transform_sums(sums, SUMS_STRIDE, bias, layer, tile, STEP * GROUP, GROUP);
    for (int64_t y = 0; y < rows; y++)
        for (int64_t x = 0; x < columns; x++)
            for (int64_t k = 0; k < outputs; k++)
                to[y * results->row_stride + x * results->pixel_stride + k] = tile[(STEP * y + x) * GROUP + k];
}

/* Run a layer with a kernel 3x3 whose weights come from gvc_winograd_pack.
 *
 * pictures: joined along their channels, magnitudes up to INPUT_MAX; each with a margin of at least 2, and with SLACK
 * int16 behind its last pixel that may be read.
 * scratch: gvc_winograd_scratch_size(channels) int16, aligned for int32.
 */
GVC_EXPORT void gvc_winograd_convolve(const gvc_layer *layer, const gvc_picture *pictures, int64_t num_pictures,
                                      const gvc_results *results, int16_t *scratch)
{
    const int64_t channels = gvc_channels_of(pictures, num_pictures);
    const int64_t place_size = channels * GROUP;
    const int64_t across = (results->width + STEP - 1) / STEP, num_blocks = (across + TILES - 1) / TILES;
    int32_t *sums = (int32_t *)scratch; /* (PLACES, TILES, GROUP) */
    int16_t *inputs = scratch + 2 * PLACES * TILES * GROUP;
    for (int64_t row = 0; row < results->height; row += STEP)
        for (int64_t block = 0; block < num_blocks; block++) {
            const int64_t begin = block * TILES, count = gvc_min(across - begin, TILES);
            transform_tiles(pictures, num_pictures, row, STEP * begin, count, channels, inputs);
            for (int64_t group = 0; group < gvc_groups_of(layer->outputs); group++) {
                const int16_t *weights = layer->weights + group * PLACES * place_size;
                for (int64_t place = 0; place < PLACES; place++)
                    multiply_tiles(count, inputs + place * (count * channels + SLACK), channels, weights + place * place_size,
                                   sums + place * TILES * GROUP);
                for (int64_t n = 0; n < count; n++)
                    finish_tile(sums + n * GROUP, layer, results, row, STEP * (begin + n), group);
            }
        }
}
