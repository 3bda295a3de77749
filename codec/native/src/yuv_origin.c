/* Planes of 4:2:0 that give the R'G'B' of a picture again: what codec/video/yuv_origin.py asks for. R'G'B' was made of them with
 * a sum of table values for each of R, G and B, cut to 0 to 255, where up to four samples share their chroma.
 *
 * Any planes that give the same R'G'B' will do. Where there are several, chroma near that of the block before is taken.
 */
#include "gvc.h"

enum { CODES = 256, REACH = 2048, BLOCK_SAMPLES = 4 };

/* Read by codec/native/yuv_origin.py: what each code value adds, up to REACH / 2 from 0, of chroma up to REACH / 4. From each
 * code value to the next, `luma`, `red_of_v` and `blue_of_u` rise. */
typedef struct {
    int16_t luma[CODES], red_of_v[CODES], green_of_u[CODES], green_of_v[CODES], blue_of_u[CODES];
} gvc_yuv_tables;

/* For each sum from -REACH: the greatest code value that adds no more, or -1; and the one that adds just that, or -1. */
typedef struct {
    int16_t at_most[2 * REACH], exactly[2 * REACH];
} inverse;

typedef struct {
    const gvc_yuv_tables *tables;
    inverse luma, blue;
} search;

/* The samples of R'G'B' that share their chroma. */
typedef struct {
    int32_t count;
    int32_t red[BLOCK_SAMPLES], green[BLOCK_SAMPLES], blue[BLOCK_SAMPLES];
} block;

typedef struct {
    int32_t u, v;
} chroma;

static void invert(const int16_t *values, inverse *result)
{
    int32_t code = -1;
    for (int32_t sum = -REACH; sum < REACH; sum++) {
        while (code + 1 < CODES && values[code + 1] <= sum)
            code++;
        result->at_most[sum + REACH] = (int16_t)code;
        result->exactly[sum + REACH] = (int16_t)(code >= 0 && values[code] == sum ? code : -1);
    }
}

GVC_INLINE int is_inside(int32_t value)
{
    return value > 0 && value < 255;
}

/* The code values of the luma that give a component, where chroma adds `added`. */
GVC_INLINE void narrow(const inverse *luma, int32_t component, int32_t added, int32_t *least, int32_t *most)
{
    const int32_t sum = component - added + REACH;
    if (component > 0)
        *least = *least > luma->at_most[sum - 1] + 1 ? *least : luma->at_most[sum - 1] + 1;
    if (component < 255)
        *most = *most < luma->at_most[sum] ? *most : luma->at_most[sum];
}

/* Whether this chroma gives a block, and if so, with which luma: where several will do, the nearest to the middle. */
static int fits(const search *found, const block *samples, chroma at, uint8_t *luma)
{
    const gvc_yuv_tables *tables = found->tables;
    const int32_t red = tables->red_of_v[at.v], blue = tables->blue_of_u[at.u];
    const int32_t green = tables->green_of_u[at.u] + tables->green_of_v[at.v];
    for (int32_t i = 0; i < samples->count; i++) {
        int32_t least = 0, most = CODES - 1;
        narrow(&found->luma, samples->red[i], red, &least, &most);
        narrow(&found->luma, samples->green[i], green, &least, &most);
        narrow(&found->luma, samples->blue[i], blue, &least, &most);
        if (least > most)
            return 0;
        luma[i] = (uint8_t)gvc_clip(CODES / 2, least, most);
    }
    return 1;
}

/* From 0 to 510: a code value, then the ones at both sides of it, further and further out; -1 for none. */
GVC_INLINE int32_t outward(int32_t middle, int32_t step)
{
    const int32_t code = step % 2 ? middle + (step + 1) / 2 : middle - step / 2;
    return code >= 0 && code < CODES ? code : -1;
}

/* A sample whose red and blue are both inside: each V has one luma, and that one U. */
static int fit_by_red_and_blue(const search *found, const block *samples, int32_t i, chroma *near, uint8_t *luma)
{
    for (int32_t step = 0; step < 2 * CODES; step++) {
        const int32_t v = outward(near->v, step);
        if (v < 0)
            continue;
        const int32_t y = found->luma.exactly[samples->red[i] - found->tables->red_of_v[v] + REACH];
        if (y < 0)
            continue;
        const int32_t u = found->blue.exactly[samples->blue[i] - found->tables->luma[y] + REACH];
        const chroma at = {u, v};
        if (u >= 0 && fits(found, samples, at, luma)) {
            *near = at;
            return 1;
        }
    }
    return 0;
}

/* Any block: all chroma, in squares around the last. */
static int fit_by_trial(const search *found, const block *samples, chroma *near, uint8_t *luma)
{
    for (int32_t reach = 0; reach < CODES; reach++)
        for (int32_t u = near->u - reach; u <= near->u + reach; u++) {
            const int32_t is_side = u == near->u - reach || u == near->u + reach;
            for (int32_t v = near->v - reach; v <= near->v + reach; v += is_side || !reach ? 1 : 2 * reach) {
                const chroma at = {u, v};
                if (u >= 0 && u < CODES && v >= 0 && v < CODES && fits(found, samples, at, luma)) {
                    *near = at;
                    return 1;
                }
            }
        }
    return 0;
}

static int fit(const search *found, const block *samples, chroma *near, uint8_t *luma)
{
    if (fits(found, samples, *near, luma))
        return 1;
    for (int32_t i = 0; i < samples->count; i++)
        if (is_inside(samples->red[i]) && is_inside(samples->blue[i]))
            return fit_by_red_and_blue(found, samples, i, near, luma);
    return fit_by_trial(found, samples, near, luma);
}

/* Find the planes of a picture.
 *
 * rgb: (height, width, 3). luma: (height, width). u, v: (height / 2, width / 2), rounded up.
 *
 * Returns 1, or 0 if no planes give these samples.
 */
GVC_EXPORT int32_t gvc_planes_of_rgb(const gvc_yuv_tables *tables, const uint8_t *rgb, int64_t height, int64_t width,
                                     uint8_t *luma, uint8_t *u, uint8_t *v)
{
    search found = {.tables = tables};
    invert(tables->luma, &found.luma);
    invert(tables->blue_of_u, &found.blue);
    const int64_t columns = (width + 1) / 2;
    for (int64_t top = 0; top < height; top += 2) {
        const int64_t first = top / 2 * columns;
        chroma near = {128, 128};
        if (top > 0) {
            near.u = u[first - columns];
            near.v = v[first - columns];
        }
        for (int64_t left = 0; left < width; left += 2) {
            block samples = {0};
            int64_t places[BLOCK_SAMPLES];
            uint8_t codes[BLOCK_SAMPLES];
            for (int64_t row = top; row < gvc_min(top + 2, height); row++)
                for (int64_t column = left; column < gvc_min(left + 2, width); column++) {
                    const uint8_t *sample = rgb + 3 * (row * width + column);
                    samples.red[samples.count] = sample[0];
                    samples.green[samples.count] = sample[1];
                    samples.blue[samples.count] = sample[2];
                    places[samples.count++] = row * width + column;
                }
            if (!fit(&found, &samples, &near, codes))
                return 0;
            for (int32_t i = 0; i < samples.count; i++)
                luma[places[i]] = codes[i];
            u[first + left / 2] = (uint8_t)near.u;
            v[first + left / 2] = (uint8_t)near.v;
        }
    }
    return 1;
}
