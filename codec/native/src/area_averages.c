/* A picture reduced to a square of fewer samples, by weighted sums of float32: what codec/keyframes/area_averages.py
 * defines. Products are added one after another, along rows first, so that every machine gets the same bits.
 */
#include "vectors.h"

typedef float gvc_f32x4 __attribute__((vector_size(16)));

enum { CHANNELS = 3 };

/* Which samples along an axis lie in each part, and how much of each: (most, side). */
typedef struct {
    int64_t most;
    const int32_t *places;
    const float *weights;
} gvc_shares_of_parts;

/* width + 1 pixels: the last one is never used, but read. */
static void sum_row(const float *row, const gvc_shares_of_parts *shares, int64_t side, float *to)
{
    for (int64_t part = 0; part < side; part++) {
        gvc_f32x4 total = {0};
        for (int64_t k = 0; k < shares->most; k++) {
            gvc_f32x4 pixel;
            __builtin_memcpy(&pixel, row + CHANNELS * shares->places[k * side + part], sizeof pixel);
            total = total + pixel * shares->weights[k * side + part];
        }
        for (int c = 0; c < CHANNELS; c++)
            to[CHANNELS * part + c] = total[c];
    }
}

/* Reduce a picture.
 *
 * picture: (height, width, 3) uint8. shares: along rows and along columns. row: (3 width + 1,) and rows:
 * (height, side, 3), both of float32, are used on the way. found: (side, side, 3) uint8.
 */
GVC_EXPORT void gvc_area_averages(const uint8_t *picture, int64_t height, int64_t width, int64_t side,
                                  const gvc_shares_of_parts *shares, float *row, float *rows, uint8_t *found)
{
    const float to_whole = 12582912.0f; /* 1.5 * 2**23: a sum with it has no fraction, and is rounded half to even */
    const int64_t size = CHANNELS * side;
    for (int64_t y = 0; y < height; y++) {
        for (int64_t k = 0; k < CHANNELS * width; k++)
            row[k] = picture[y * CHANNELS * width + k];
        sum_row(row, &shares[0], side, rows + y * size);
    }
    for (int64_t part = 0; part < side; part++) {
        for (int64_t k = 0; k < size; k++)
            row[k] = 0.0f;
        for (int64_t k = 0; k < shares[1].most; k++) {
            const float *from = rows + shares[1].places[k * side + part] * size;
            const float weight = shares[1].weights[k * side + part];
            for (int64_t l = 0; l < size; l++)
                row[l] = row[l] + from[l] * weight;
        }
        for (int64_t k = 0; k < size; k++) {
            const float limited = row[k] < 255.0f ? row[k] : 255.0f;
            found[part * size + k] = (uint8_t)((limited + to_whole) - to_whole);
        }
    }
}
