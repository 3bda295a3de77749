/* R, G and B as YCoCg-R and back: what codec/video/picture.py defines, for any samples. Sums wrap around in the type of
 * Co and Cg, as those of NumPy do.
 */
#include "gvc.h"

enum { ROW_SAMPLES = 512 }; /* so many at once: what is computed of them stays in the first cache */

/* Three components of pictures, each somewhere in memory, with the same distances between their samples. */
typedef struct {
    int64_t height, width;
    int64_t sample_step, row_step; /* in samples */
    int64_t depth;                 /* 8 to 16 bits; samples take a byte for 8 and two for more */
} gvc_rgb_layout;

/* The types of samples and of Co and Cg. */
enum { BYTES = 8, WORDS = 14, LONG_DIFFERENCES = 16 };

GVC_INLINE int32_t wrapped(uint32_t value, const int kind)
{
    return kind == LONG_DIFFERENCES ? (int32_t)value : (int16_t)value;
}

GVC_INLINE int32_t sample_at(const void *from, int64_t place, const int kind)
{
    return kind == BYTES ? ((const uint8_t *)from)[place] : wrapped(((const uint16_t *)from)[place], kind);
}

GVC_INLINE void put_sample(void *into, int64_t place, int32_t value, const int kind)
{
    if (kind == BYTES)
        ((uint8_t *)into)[place] = (uint8_t)value;
    else
        ((uint16_t *)into)[place] = (uint16_t)value;
}

/* Whether R, G and B follow each other, as in rgb24: in one loop for all three they become vectors. */
GVC_INLINE int is_in_turn(const gvc_rgb_layout *layout, const void *const colors[3], const int kind)
{
    const uintptr_t size = kind == BYTES ? 1 : 2, first = (uintptr_t)colors[0];
    return layout->sample_step == 3 && (uintptr_t)colors[1] - first == size && (uintptr_t)colors[2] - first == 2 * size;
}

GVC_INLINE void load_colors(const gvc_rgb_layout *layout, const void *const colors[3], int64_t first, int64_t count,
                            const int kind, int32_t *restrict red, int32_t *restrict green, int32_t *restrict blue)
{
    if (is_in_turn(layout, colors, kind)) {
        for (int64_t k = 0; k < count; k++) {
            red[k] = sample_at(colors[0], first + 3 * k, kind);
            green[k] = sample_at(colors[0], first + 3 * k + 1, kind);
            blue[k] = sample_at(colors[0], first + 3 * k + 2, kind);
        }
        return;
    }
    for (int64_t k = 0; k < count; k++)
        red[k] = sample_at(colors[0], first + k * layout->sample_step, kind);
    for (int64_t k = 0; k < count; k++)
        green[k] = sample_at(colors[1], first + k * layout->sample_step, kind);
    for (int64_t k = 0; k < count; k++)
        blue[k] = sample_at(colors[2], first + k * layout->sample_step, kind);
}

GVC_INLINE void store_colors(const gvc_rgb_layout *layout, void *const colors[3], int64_t first, int64_t count,
                             const int kind, const int32_t *restrict red, const int32_t *restrict green,
                             const int32_t *restrict blue)
{
    if (is_in_turn(layout, (const void *const *)colors, kind)) {
        for (int64_t k = 0; k < count; k++) {
            put_sample(colors[0], first + 3 * k, red[k], kind);
            put_sample(colors[0], first + 3 * k + 1, green[k], kind);
            put_sample(colors[0], first + 3 * k + 2, blue[k], kind);
        }
        return;
    }
    for (int64_t k = 0; k < count; k++)
        put_sample(colors[0], first + k * layout->sample_step, red[k], kind);
    for (int64_t k = 0; k < count; k++)
        put_sample(colors[1], first + k * layout->sample_step, green[k], kind);
    for (int64_t k = 0; k < count; k++)
        put_sample(colors[2], first + k * layout->sample_step, blue[k], kind);
}

GVC_INLINE int32_t difference_at(const void *plane, int64_t place, const int kind)
{
    return kind == LONG_DIFFERENCES ? ((const int32_t *)plane)[place] : ((const int16_t *)plane)[place];
}

GVC_INLINE void put_difference(void *plane, int64_t place, int32_t value, const int kind)
{
    if (kind == LONG_DIFFERENCES)
        ((int32_t *)plane)[place] = value;
    else
        ((int16_t *)plane)[place] = (int16_t)value;
}

GVC_INLINE void ycocg_of_rgb(const gvc_rgb_layout *layout, const void *const colors[3], void *restrict luma,
                             void *restrict orange, void *restrict green, const int kind)
{
    int32_t r[ROW_SAMPLES], g[ROW_SAMPLES], b[ROW_SAMPLES];
    for (int64_t row = 0; row < layout->height; row++)
        for (int64_t begin = 0; begin < layout->width; begin += ROW_SAMPLES) {
            const int64_t count = gvc_min(ROW_SAMPLES, layout->width - begin), place = row * layout->width + begin;
            load_colors(layout, colors, row * layout->row_step + begin * layout->sample_step, count, kind, r, g, b);
            for (int64_t k = 0; k < count; k++) {
                const int32_t co = wrapped((uint32_t)r[k] - (uint32_t)b[k], kind);
                const int32_t middle = wrapped((uint32_t)b[k] + (uint32_t)(co >> 1), kind);
                const int32_t cg = wrapped((uint32_t)g[k] - (uint32_t)middle, kind);
                put_sample(luma, place + k, wrapped((uint32_t)middle + (uint32_t)(cg >> 1), kind), kind);
                put_difference(orange, place + k, co, kind);
                put_difference(green, place + k, cg, kind);
            }
        }
}

GVC_INLINE void rgb_of_ycocg(const gvc_rgb_layout *layout, const void *restrict luma, const void *restrict orange,
                             const void *restrict green, void *const colors[3], const int kind)
{
    const int32_t peak = (1 << layout->depth) - 1;
    int32_t r[ROW_SAMPLES], g[ROW_SAMPLES], b[ROW_SAMPLES];
    for (int64_t row = 0; row < layout->height; row++)
        for (int64_t begin = 0; begin < layout->width; begin += ROW_SAMPLES) {
            const int64_t count = gvc_min(ROW_SAMPLES, layout->width - begin), place = row * layout->width + begin;
            for (int64_t k = 0; k < count; k++) {
                const int32_t co = difference_at(orange, place + k, kind), cg = difference_at(green, place + k, kind);
                const int32_t gray = sample_at(luma, place + k, kind);
                const int32_t middle = wrapped((uint32_t)gray - (uint32_t)(cg >> 1), kind);
                const int32_t blue = wrapped((uint32_t)middle - (uint32_t)(co >> 1), kind);
                r[k] = gvc_clip(wrapped((uint32_t)blue + (uint32_t)co, kind), 0, peak);
                g[k] = gvc_clip(wrapped((uint32_t)cg + (uint32_t)middle, kind), 0, peak);
                b[k] = gvc_clip(blue, 0, peak);
            }
            store_colors(layout, colors, row * layout->row_step + begin * layout->sample_step, count, kind, r, g, b);
        }
}

/* R, G and B to Y of the same type, and Co and Cg: int16 up to 14 bits, else int32; (height, width) each. */
GVC_EXPORT void gvc_ycocg_of_rgb(const gvc_rgb_layout *layout, const void *red, const void *green, const void *blue,
                                 void *luma, void *chroma_orange, void *chroma_green)
{
    const void *const colors[3] = {red, green, blue};
    if (layout->depth <= BYTES)
        ycocg_of_rgb(layout, colors, luma, chroma_orange, chroma_green, BYTES);
    else if (layout->depth <= WORDS)
        ycocg_of_rgb(layout, colors, luma, chroma_orange, chroma_green, WORDS);
    else
        ycocg_of_rgb(layout, colors, luma, chroma_orange, chroma_green, LONG_DIFFERENCES);
}

/* The inverse; what is out of range is clipped. */
GVC_EXPORT void gvc_rgb_of_ycocg(const gvc_rgb_layout *layout, const void *luma, const void *chroma_orange,
                                 const void *chroma_green, void *red, void *green, void *blue)
{
    void *const colors[3] = {red, green, blue};
    if (layout->depth <= BYTES)
        rgb_of_ycocg(layout, luma, chroma_orange, chroma_green, colors, BYTES);
    else if (layout->depth <= WORDS)
        rgb_of_ycocg(layout, luma, chroma_orange, chroma_green, colors, WORDS);
    else
        rgb_of_ycocg(layout, luma, chroma_orange, chroma_green, colors, LONG_DIFFERENCES);
}
