/* Convolutions of whole numbers: int16 inputs and weights, int32 sums, as codec/exact/layers.py defines them.
 *
 * A picture lies in memory as rows of pixels, a pixel as its channels, an even number of them (the last may be a filler
 * whose weights are 0). Around it is a margin of zeros as wide as the kernel reaches, so that no border is special.
 */
#include "convolution.h"

/* Outputs that are computed together: the bias is filled up to a multiple of it. */
GVC_EXPORT int32_t gvc_group(void)
{
    return GROUP;
}

/* Number of int16 that gvc_pack_kernel writes. `pairs` counts the pairs of input channels. */
GVC_EXPORT int64_t gvc_packed_size(int64_t taps, int64_t pairs, int64_t outputs)
{
    return gvc_groups_of(outputs) * taps * pairs * 2 * GROUP;
}

/* Order a kernel as the convolution reads it.
 *
 * kernel: (taps, 2 * pairs, outputs) int16. packed: groups of outputs, taps, pairs, then the weights of GROUP outputs.
 */
GVC_EXPORT void gvc_pack_kernel(const int16_t *kernel, int64_t taps, int64_t pairs, int64_t outputs, int16_t *packed)
{
    for (int64_t group = 0; group < gvc_groups_of(outputs); group++)
        for (int64_t tap = 0; tap < taps; tap++)
            for (int64_t pair = 0; pair < pairs; pair++, packed += 2 * GROUP)
                for (int64_t k = 0; k < GROUP; k++)
                    for (int64_t part = 0; part < 2; part++) {
                        const int64_t output = group * GROUP + k;
                        const int16_t weight =
                            output < outputs ? kernel[((tap * pairs + pair) * 2 + part) * outputs + output] : 0;
                        packed[IS_PAIRED ? 2 * k + part : part * GROUP + k] = weight;
                    }
}

/* Pixels side by side in a row, and one group of outputs. */
typedef struct {
    int64_t row, column; /* of the first pixel */
    int16_t *results;    /* of the first pixel and the group's first output */
    int64_t result_step; /* from a pixel's results to the next one's, in int16 */
    int64_t num_results; /* outputs of the group that the layer has */
    const int16_t *weights;
    const int32_t *bias;
} gvc_block;

/* Compute `count` pixels, and of the group the outputs of its first `vectors`; constants wherever this is inlined. */
GVC_INLINE void convolve(const int count, const int vectors, const gvc_layer *layer, const gvc_picture *pictures,
                         int64_t num_pictures, const gvc_block *block)
{
    const int16_t *weights = block->weights;
    gvc_sums sums[PIXELS][VECTORS];
    GVC_UNROLL
    for (int n = 0; n < count; n++)
        GVC_UNROLL
        for (int v = 0; v < vectors; v++)
            sums[n][v] = GVC_LOAD_SUMS((const void *)(block->bias + LANES * v));
    for (int64_t down = 0; down < layer->rows; down++)
        for (int64_t across = 0; across < layer->columns; across++)
            for (int64_t p = 0; p < num_pictures; p++) {
                const gvc_picture *picture = &pictures[p];
                const int64_t channels = picture->channels, step = picture->pixel_stride;
                const int16_t *inputs = picture->first + (block->row + down - layer->rows / 2) * picture->row_stride +
                                        (block->column + across - layer->columns / 2) * step;
                for (int64_t c = 0; c < channels; c += 2, weights += 2 * GROUP)
                    GVC_UNROLL
                    for (int n = 0; n < count; n++)
                        gvc_add(sums[n], inputs + n * step + c, weights, vectors);
            }
    GVC_UNROLL
    for (int n = 0; n < count; n++) {
        int16_t *to = block->results + n * block->result_step;
        if (block->num_results == GROUP) {
            GVC_UNROLL
            for (int v = 0; v < vectors; v++)
                gvc_store(sums[n][v], layer->shift, layer->minimum, layer->maximum, to + LANES * v);
        } else {
            int16_t all[GROUP];
            GVC_UNROLL
            for (int v = 0; v < vectors; v++)
                gvc_store(sums[n][v], layer->shift, layer->minimum, layer->maximum, all + LANES * v);
            for (int64_t k = 0; k < block->num_results; k++)
                to[k] = all[k];
        }
    }
}

static void convolve_block(int64_t count, const gvc_layer *layer, const gvc_picture *pictures, int64_t num_pictures,
                           const gvc_block *block)
{
#define CONVOLVE(number) convolve(number, VECTORS, layer, pictures, num_pictures, block)
#define CONVOLVE_FEW(number) convolve(number, 1, layer, pictures, num_pictures, block)
    if (block->num_results > LANES) {
        GVC_FOR_COUNT(count, CONVOLVE)
    } else {
        GVC_FOR_COUNT(count, CONVOLVE_FEW)
    }
#undef CONVOLVE
#undef CONVOLVE_FEW
}

/* Run a layer.
 *
 * pictures: joined along their channels; each with a margin of at least half the kernel.
 */
GVC_EXPORT void gvc_convolve(const gvc_layer *layer, const gvc_picture *pictures, int64_t num_pictures,
                             const gvc_results *results)
{
    const int64_t channels = gvc_channels_of(pictures, num_pictures);
    const int64_t group_size = (int64_t)layer->rows * layer->columns * channels * GROUP;
    const int64_t num_blocks = (results->width + PIXELS - 1) / PIXELS;
    for (int64_t row = 0; row < results->height; row++)
        for (int64_t group = 0; group < gvc_groups_of(layer->outputs); group++)
            for (int64_t k = 0; k < num_blocks; k++) {
                /* Blocks of nearly equal size: a small rest would leave most registers unused. */
                const int64_t begin = k * results->width / num_blocks, end = (k + 1) * results->width / num_blocks;
                const gvc_block block = {
                    .row = row,
                    .column = begin,
                    .results = results->first + row * results->row_stride + begin * results->pixel_stride + group * GROUP,
                    .result_step = results->pixel_stride,
                    .num_results = gvc_min(layer->outputs - group * GROUP, GROUP),
                    .weights = layer->weights + group * group_size,
                    .bias = layer->bias + group * GROUP,
                };
                convolve_block(end - begin, layer, pictures, num_pictures, &block);
            }
}
