/* Layers, pictures and blocks: what the ways to compute a convolution share (convolution.c, winograd.c). */
#ifndef GVC_CONVOLUTION_H
#define GVC_CONVOLUTION_H

#include "lanes.h"

/* A picture that a layer takes; several are joined along their channels. */
typedef struct {
    const int16_t *first; /* the pixel in the upper left corner, inside the margin */
    int64_t row_stride;   /* from a pixel to the one below, in int16 */
    int64_t pixel_stride; /* from a pixel to the next one, in int16 */
    int64_t channels;     /* that the layer takes of a pixel: the first ones, an even number */
} gvc_picture;

typedef struct {
    const int16_t *weights; /* from gvc_pack_kernel, or from gvc_winograd_pack */
    const int32_t *bias;    /* with the half that rounding adds, filled up with zeros to a multiple of GROUP */
    int32_t rows, columns;  /* of the kernel */
    int32_t outputs;
    int32_t shift, minimum, maximum;
} gvc_layer;

/* Where results go: the upper left pixel, and the strides in int16. Only a layer's outputs are written. */
typedef struct {
    int16_t *first;
    int64_t row_stride, pixel_stride;
    int64_t height, width;
} gvc_results;

static inline int64_t gvc_groups_of(int64_t outputs)
{
    return (outputs + GROUP - 1) / GROUP;
}

static inline int64_t gvc_channels_of(const gvc_picture *pictures, int64_t num_pictures)
{
    int64_t channels = 0;
    for (int64_t p = 0; p < num_pictures; p++)
        channels += pictures[p].channels;
    return channels;
}

/* Call `macro(n)` for the constant n that equals `count`, from 1 to PIXELS. */
#define GVC_CASE(number, macro)                                                                                        \
    case number:                                                                                                       \
        if (number <= PIXELS)                                                                                          \
            macro(number <= PIXELS ? number : 1);                                                                      \
        break;
#define GVC_FOR_COUNT(count, macro)                                                                                    \
    switch (count) {                                                                                                   \
        GVC_CASE(1, macro)                                                                                             \
        GVC_CASE(2, macro)                                                                                             \
        GVC_CASE(3, macro)                                                                                             \
        GVC_CASE(4, macro)                                                                                             \
        GVC_CASE(5, macro)                                                                                             \
        GVC_CASE(6, macro)                                                                                             \
        GVC_CASE(7, macro)                                                                                             \
        GVC_CASE(8, macro)                                                                                             \
        GVC_CASE(9, macro)                                                                                             \
        GVC_CASE(10, macro)                                                                                            \
        GVC_CASE(11, macro)                                                                                            \
        GVC_CASE(12, macro)                                                                                            \
        GVC_CASE(13, macro)                                                                                            \
        GVC_CASE(14, macro)                                                                                            \
    }

#endif
