/* Planes of YUV as R'G'B': what codec/video/color.py defines, to the last bit. Every operation is one that IEEE 754
 * rounds in one way, in the order of the reference, and no two are fused.
 */
#include "gvc.h"

enum { ROW_SAMPLES = 256, CHROMA_STEP_MAX = 4, RGB = 3, RGBA = 4 };

/* How code values become colors. */
typedef struct {
    float gray_offset, gray_range;   /* of code values: 16 and 219, or 0 and 255 */
    float chroma_scale;              /* of a code value's difference from 128 */
    float red_of_red, blue_of_blue;  /* R' = luma + red_of_red * (V - 128) * scale, and so on */
    float red_share, blue_share, green_share; /* luma = red_share R' + blue_share B' + green_share G' */
    int32_t step_down, step_across;  /* gray samples for each chroma sample: 1, 2 or 4 */
} gvc_conversion;

typedef struct {
    int64_t height, width;  /* of the gray */
    int64_t rows, columns;  /* of each chroma plane */
    int64_t channels;       /* of the results: RGB or RGBA */
} gvc_sizes;

/* In float32, adding and taking away this number rounds a value from 0 to 255 to the nearest whole one, halves to even.
 * Added alone, it leaves the whole one in the lowest bits. */
static const float ROUNDING = 12582912.0f; /* 1.5 * 2**23 */
enum { CODE_MASK = 255 };

GVC_INLINE uint8_t code_of(float value)
{
    const float clipped = value < 0.0f ? 0.0f : value > 1.0f ? 1.0f : value;
    return (uint8_t)(int32_t)((clipped * 255.0f + ROUNDING) - ROUNDING);
}

/* Where an enlarged sample lies between its neighbors: the first of them, and the second's share in 1/(2 * step). */
GVC_INLINE void neighbors(int64_t place, int64_t step, int64_t count, int64_t *first, int64_t *second, int32_t *share)
{
    const int64_t doubled = 2 * (place % step) + 1 - step; /* distance from the middle of the block, in 1/(2 * step) */
    *first = place / step - (doubled < 0);
    *share = (int32_t)(doubled < 0 ? doubled + 2 * step : doubled);
    *second = gvc_min(*first + 1, count - 1);
    *first = gvc_max(*first, 0);
}

/* A row of an enlarged chroma plane, samples `begin` to `stop`: whole numbers in 1/(4 * step_down * step_across). */
GVC_INLINE void enlarged_row(const uint8_t *upper, const uint8_t *lower, int32_t lower_share, int32_t shares_down,
                             int64_t columns, int64_t step, int64_t begin, int64_t stop, int32_t *results)
{
    for (int64_t column = begin; column < stop; column++) {
        int64_t left, right;
        int32_t share;
        neighbors(column, step, columns, &left, &right, &share);
        const int32_t first = (shares_down - lower_share) * upper[left] + lower_share * lower[left];
        const int32_t second = (shares_down - lower_share) * upper[right] + lower_share * lower[right];
        *results++ = (int32_t)(2 * step - share) * first + share * second;
    }
}

/* The same for chroma at half the gray's width, two samples at a time. `begin` is even. */
GVC_INLINE void doubled_row(const uint8_t *upper, const uint8_t *lower, int32_t lower_share, int32_t shares_down,
                            int64_t columns, int64_t begin, int64_t stop, int32_t *results)
{
    enum { HALO = 1, MOST = ROW_SAMPLES / 2 + 2 * HALO };
    int32_t mixed[MOST];
    const int64_t from = begin / 2 - HALO, count = (stop - begin + 1) / 2;
    for (int64_t k = 0; k < count + 2 * HALO; k++) {
        const int64_t place = gvc_min(gvc_max(from + k, 0), columns - 1);
        mixed[k] = (shares_down - lower_share) * upper[place] + lower_share * lower[place];
    }
    for (int64_t k = 0; k < count; k++) {
        results[2 * k] = mixed[k] + 3 * mixed[k + 1];
        results[2 * k + 1] = 3 * mixed[k + 1] + mixed[k + 2];
    }
}

/* The same in the lowest eight bits. */
GVC_INLINE uint32_t bits_of(float value)
{
    const float clipped = value < 0.0f ? 0.0f : value > 1.0f ? 1.0f : value, rounded = clipped * 255.0f + ROUNDING;
    uint32_t bits;
    __builtin_memcpy(&bits, &rounded, sizeof bits);
    return bits & CODE_MASK;
}

/* Some pixels side by side. blue, red: enlarged U and V, in units of `unit`. `channels`: RGB or RGBA, a constant wherever
 * this is inlined. */
GVC_INLINE void convert(const gvc_conversion *conversion, const uint8_t *gray, const int32_t *blue, const int32_t *red,
                        float unit, int64_t count, const int64_t channels, uint8_t *restrict results)
{
    float colors[3][ROW_SAMPLES];
    for (int64_t k = 0; k < count; k++) {
        const float expanded = ((float)gray[k] - conversion->gray_offset) / conversion->gray_range;
        const float luma = expanded < 0.0f ? 0.0f : expanded > 1.0f ? 1.0f : expanded;
        const float blue_difference = ((float)blue[k] * unit - 128.0f) * conversion->chroma_scale;
        const float red_difference = ((float)red[k] * unit - 128.0f) * conversion->chroma_scale;
        const float r = luma + conversion->red_of_red * red_difference;
        const float b = luma + conversion->blue_of_blue * blue_difference;
        const float rest = luma - conversion->red_share * r;
        colors[0][k] = r;
        colors[1][k] = (rest - conversion->blue_share * b) / conversion->green_share;
        colors[2][k] = b;
    }
    if (channels == RGBA) {
        for (int64_t k = 0; k < count; k++) {
            const uint32_t pixel = bits_of(colors[0][k]) | bits_of(colors[1][k]) << 8 | bits_of(colors[2][k]) << 16 |
                                   (uint32_t)CODE_MASK << 24; /* processors that gvc knows are little-endian */
            __builtin_memcpy(results + RGBA * k, &pixel, sizeof pixel);
        }
        return;
    }
    for (int64_t k = 0; k < count; k++)
        for (int64_t channel = 0; channel < RGB; channel++)
            results[RGB * k + channel] = code_of(colors[channel][k]);
}

/* A picture as R'G'B'.
 *
 * gray: (height, width), first and second: (rows, columns) uint8. results: (height, width, channels) uint8; the fourth
 * channel is 255.
 */
GVC_EXPORT void gvc_rgb_of_yuv(const gvc_conversion *conversion, const gvc_sizes *sizes, const uint8_t *gray,
                               const uint8_t *first, const uint8_t *second, uint8_t *results)
{
    const int64_t down = conversion->step_down, across = conversion->step_across;
    const float unit = 1.0f / (float)(4 * down * across); /* a power of two */
    int32_t blue[ROW_SAMPLES + 1], red[ROW_SAMPLES + 1];
    for (int64_t row = 0; row < sizes->height; row++) {
        int64_t upper, lower;
        int32_t share;
        neighbors(row, down, sizes->rows, &upper, &lower, &share);
        const uint8_t *planes[2] = {first, second};
        int32_t *enlarged[2] = {blue, red};
        for (int64_t begin = 0; begin < sizes->width; begin += ROW_SAMPLES) {
            const int64_t stop = gvc_min(begin + ROW_SAMPLES, sizes->width);
            for (int64_t k = 0; k < 2; k++) {
                const uint8_t *above = planes[k] + upper * sizes->columns, *below = planes[k] + lower * sizes->columns;
                if (across == 2)
                    doubled_row(above, below, share, (int32_t)(2 * down), sizes->columns, begin, stop, enlarged[k]);
                else
                    enlarged_row(above, below, share, (int32_t)(2 * down), sizes->columns, across, begin, stop,
                                 enlarged[k]);
            }
            const int64_t place = row * sizes->width + begin;
            if (sizes->channels == RGBA)
                convert(conversion, gray + place, blue, red, unit, stop - begin, RGBA, results + RGBA * place);
            else
                convert(conversion, gray + place, blue, red, unit, stop - begin, RGB, results + RGB * place);
        }
    }
}
