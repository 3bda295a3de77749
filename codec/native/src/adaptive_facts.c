/* What is known of a row of adaptive planes before its first sample is: parts of predictions, and the surroundings.
 *
 * Samples are taken block by block, whose samples share a vector. lanes: how many at once, a constant; where blocks are
 * narrower, the next one overwrites what is too much.
 */
#include "adaptive_contexts.h"

enum { HERE, BY_MOVED, BY_OLDER }; /* by which vector a feature's samples are moved */

/* A feature of a row. */
typedef struct {
    const int32_t *now, *then; /* its first sample; of a mate, also the one that it is compared with */
    int32_t place;             /* of its weight */
    int32_t moved_by;          /* of the sample; of a mate, of the one that it is compared with */
} gvc_source;

typedef struct {
    gvc_source plain[MOST_FEATURES], mates[MOST_FEATURES];
    int num_plain, num_mates, num_serial;
} gvc_sources;

static gvc_sources sources_of(const gvc_adaptive *planes, int component, int64_t y)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const gvc_feature *features = gvc_features(planes);
    const int n = gvc_num_features(planes, component);
    const int64_t stride = planes->stride;
    gvc_sources found = {.num_plain = 0};
    for (int i = 0; i < n; i++) {
        const gvc_feature feature = features[i];
        const int64_t place = (y + feature.y) * stride + feature.x;
        if (feature.kind == MATE) {
            int32_t *const *mate = feature.mate ? planes->own[0].planes : planes->gray;
            const int32_t *then = planes->moves ? mate[1] + place : mate[0] + y * stride - 1;
            found.mates[found.num_mates++] = (gvc_source){mate[0] + place, then, i, planes->moves ? BY_MOVED : HERE};
        } else if (feature.kind == SERIAL) {
            found.num_serial++; /* they come first */
        } else if (feature.kind == ABOVE) {
            found.plain[found.num_plain++] = (gvc_source){own->planes[0] + place, 0, i, HERE};
        } else if (feature.kind == MOVED ? planes->moves > 0 : planes->moves > 1) {
            const int number = feature.kind == MOVED ? BY_MOVED : BY_OLDER;
            found.plain[found.num_plain++] = (gvc_source){own->planes[number] + place, 0, i, number};
        }
    }
    return found;
}

typedef uint32_t gvc_u32x8 __attribute__((vector_size(4 * TILE)));

/* So many samples; those that are too much are 0. */
GVC_INLINE gvc_u32x8 samples_at(const int32_t *from, int lanes)
{
    gvc_u32x8 found = {0};
    __builtin_memcpy(&found, from, (size_t)lanes * sizeof *from);
    return found;
}

/* The part of the predictions of a row that does not wait for the samples to the left: (fits, columns) of planes->sums.
 * Sums wrap around; what a prediction is in the end fits. num_fits: a constant, so that each has code of its own. */
GVC_INLINE void sum_features(const gvc_adaptive *planes, int component, int64_t y, int num_fits, int lanes)
{
    const gvc_sources sources = sources_of(planes, component, y);
    const int32_t *before = planes->own[component].planes[1] + y * planes->stride;
    const int16_t *vector = gvc_vectors_of_row(planes, y);
    for (int64_t x = 0; x < planes->columns; x += planes->block_columns, vector += 4) {
        const int64_t moved_by[3] = {0, planes->moves ? gvc_moved_by(planes, vector, 0) : 0,
                                     planes->moves > 1 ? gvc_moved_by(planes, vector, 1) : 0};
        const int16_t *weights = planes->weights + x / TILE * MOST_FITS * MOST_FEATURES;
        gvc_u32x8 sums[MOST_FITS];
        uint32_t rest[MOST_FITS];
        for (int fit = 0; fit < num_fits; fit++) {
            sums[fit] = (gvc_u32x8){0};
            rest[fit] = 1 << WEIGHT_BITS;
            for (int i = 0; i < sources.num_serial; i++)
                rest[fit] -= (uint32_t)weights[fit * MOST_FEATURES + i];
        }
        for (int k = 0; k < sources.num_plain; k++) {
            const gvc_source *source = &sources.plain[k];
            const gvc_u32x8 samples = samples_at(source->now + x + moved_by[source->moved_by], lanes);
            for (int fit = 0; fit < num_fits; fit++) {
                const uint32_t weight = (uint32_t)weights[fit * MOST_FEATURES + source->place];
                rest[fit] -= weight;
                sums[fit] += weight * samples;
            }
        }
        for (int k = 0; k < sources.num_mates; k++) {
            const gvc_source *source = &sources.mates[k];
            const gvc_u32x8 change =
                samples_at(source->now + x, lanes) - samples_at(source->then + x + moved_by[source->moved_by], lanes);
            for (int fit = 0; fit < num_fits; fit++)
                sums[fit] += (uint32_t)weights[fit * MOST_FEATURES + source->place] * change;
        }
        const gvc_u32x8 samples = planes->moves ? samples_at(before + x + moved_by[BY_MOVED], lanes) : (gvc_u32x8){0};
        for (int fit = 0; fit < num_fits; fit++) {
            sums[fit] += rest[fit] * samples;
            __builtin_memcpy(planes->sums + fit * (planes->columns + TILE) + x, &sums[fit], (size_t)lanes * sizeof rest[0]);
        }
    }
}

/* Find the facts of a block of chroma that come from its mates. */
GVC_INLINE void look_at_mates(const gvc_adaptive *planes, int component, int64_t at, int64_t moved_by, int64_t x, int lanes)
{
    const int64_t stride = planes->stride;
    const int32_t unit = planes->unit;
    const gvc_row_facts *facts = &planes->facts;
    const int32_t *gray = planes->gray[0] + at, *gray_then = planes->moves ? planes->gray[1] + at + moved_by : gray - 1;
    const int32_t *mate = component ? planes->own[0].planes[0] + at : gray;
    const int32_t *mate_then = planes->moves && component ? planes->own[0].planes[1] + at + moved_by
                               : component                ? mate - 1
                                                          : gray_then;
    int32_t change[TILE], beside[TILE];
    for (int l = 0; l < lanes; l++)
        change[l] = gvc_in_units(mate[l] - mate_then[l], unit);
    if (planes->level == LEVEL_SWIFT)
        for (int l = 0; l < lanes; l++)
            change[l] = of_5(change[l]);
    else
        for (int l = 0; l < lanes; l++)
            change[l] = of_31(change[l]);
    if (component) {
        const uint16_t *errors = planes->own[0].errors[0] + at;
        for (int l = 0; l < lanes; l++)
            beside[l] = errors[l];
    } else if (planes->moves) {
        for (int l = 0; l < lanes; l++)
            beside[l] = 8 * magnitude_of(gray[l] - gray_then[l]) + 4 * magnitude_of(gray[l + 1] - gray_then[l + 1]) +
                        4 * magnitude_of(gray[l + stride] - gray_then[l + stride]);
    } else {
        for (int l = 0; l < lanes; l++)
            beside[l] = 8 * magnitude_of(gray[l] - gray_then[l]) + 8 * magnitude_of(gray[l] - gray[l - stride]);
    }
    if (!component)
        for (int l = 0; l < lanes; l++)
            beside[l] = smaller(beside[l] >> unit, UINT16_MAX);
    __builtin_memcpy(facts->mate + x, change, (size_t)lanes * sizeof *change);
    __builtin_memcpy(facts->beside + x, beside, (size_t)lanes * sizeof *beside);
}

/* Find what surrounds the samples of a row, but for what is to their left. */
GVC_INLINE void look_around_row(const gvc_adaptive *planes, int component, int64_t y, int lanes)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const gvc_row_facts *facts = &planes->facts;
    const int64_t stride = planes->stride;
    const int16_t *vector = gvc_vectors_of_row(planes, y);
    for (int64_t x = 0; x < planes->columns; x += planes->block_columns, vector += 4) {
        const int64_t at = y * stride + x, moved_by = planes->moves ? gvc_moved_by(planes, vector, 0) : 0;
        const int32_t *s = own->planes[0] + at;
        const uint16_t *e = own->errors[0] + at;
        int32_t found[5][TILE];
        if (planes->moves) {
            const int32_t *r = own->planes[1] + at + moved_by;
            const uint16_t *g = own->errors[1] + at + moved_by;
            for (int l = 0; l < lanes; l++) {
                const int32_t before = (4 * g[l] + 2 * (g[l - 1] + g[l + 1] + g[l - stride] + g[l + stride]) +
                                        g[l + stride - 1] + g[l + stride + 1] + g[l - stride - 1] + g[l - stride + 1]) >> 4;
                found[0][l] = before;
                found[1][l] = 3 * e[l - stride] + e[l - stride - 1] + 2 * e[l - stride + 1] + e[l - 2 * stride] + 5 * before;
            }
            for (int l = 0; l < lanes; l++) {
                found[2][l] = (s[l - stride] == r[l - stride]) << 1 | (s[l - stride - 1] == r[l - stride - 1]) << 2 |
                              (s[l - stride + 1] == r[l - stride + 1]) << 3;
                found[3][l] = r[l];
                found[4][l] = r[l - 1];
            }
        } else {
            for (int l = 0; l < lanes; l++) {
                found[0][l] = 0;
                found[1][l] = 3 * e[l - stride] + 2 * (e[l - stride - 1] + e[l - stride + 1]) + e[l - 2 * stride];
                found[2][l] = (s[l - stride] == s[l - stride - 1]) << 1 | (s[l - stride + 1] == s[l - stride]) << 3;
                found[3][l] = s[l - stride];
                found[4][l] = 0;
            }
        }
        int32_t *const to[5] = {facts->before, facts->distance, facts->equal, facts->moved, facts->moved_left};
        for (int k = 0; k < 5; k++)
            __builtin_memcpy(to[k] + x, found[k], (size_t)lanes * sizeof found[k][0]);
        if (planes->components > 1)
            look_at_mates(planes, component, at, moved_by, x, lanes);
    }
}

GVC_INLINE void look_along(const gvc_adaptive *planes, int component, int64_t y, int lanes)
{
    const int num_fits = gvc_num_fits(planes);
    if (num_fits == 1)
        sum_features(planes, component, y, 1, lanes);
    else if (num_fits == 2)
        sum_features(planes, component, y, 2, lanes);
    else
        sum_features(planes, component, y, MOST_FITS, lanes);
    look_around_row(planes, component, y, lanes);
}

/* Find what is known of a row before its first sample is: planes->sums and planes->facts. In wasm, which is loaded with a
 * page, there is no code of its own for narrow blocks. */
void gvc_look_along(const gvc_adaptive *planes, int component, int64_t y)
{
#if !defined(__wasm__)
    if (planes->block_columns <= TILE / 2) {
        look_along(planes, component, y, TILE / 2);
        return;
    }
#endif
    look_along(planes, component, y, TILE);
}
