/* Adaptive planes, picture by picture and sample by sample: predictions, contexts, rows. */
#include "adaptive.h"
#include "adaptive_bits.h"
#include "adaptive_experts.h"
#include "adaptive_symbols.h"

GVC_EXPORT void gvc_begin_bits(gvc_bits *bits)
{
    bits->size = 0;
    bits->num_symbols = 0;
    bits->low = 0;
    bits->high = ~(uint32_t)0;
    bits->value = 0;
    if (!bits->is_writing && !bits->is_symbols)
        for (int k = 0; k < 4; k++)
            bits->value = bits->value << 8 | next_byte(bits);
}

/* ---- predictions */

/* The part of the predictions of a row that does not wait for the samples to the left: (fits, columns) of planes->sums.
 * Sums wrap around; what a prediction is in the end fits. num_fits: a constant, so that each has code of its own. */
GVC_INLINE void sum_features(const gvc_adaptive *planes, int component, int64_t y, int num_fits)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const gvc_feature *features = gvc_features(planes);
    const int n = gvc_num_features(planes, component);
    const int64_t stride = planes->stride, step = planes->block_columns;
    const int16_t *vector = gvc_vectors_of_row(planes, y);
    for (int64_t x = 0; x < planes->columns; x += step, vector += 4) {
        const int64_t here = y * stride + x;
        const int64_t moved = planes->moves ? gvc_moved_by(planes, vector, 0) : 0;
        const int64_t older = planes->moves > 1 ? gvc_moved_by(planes, vector, 1) : 0;
        uint32_t sums[MOST_FITS][TILE] = {{0}}, rest[MOST_FITS], weights[MOST_FITS];
        const int16_t *tile_weights = planes->weights + x / TILE * MOST_FITS * MOST_FEATURES;
        for (int fit = 0; fit < num_fits; fit++)
            rest[fit] = 1 << WEIGHT_BITS;
        for (int i = 0; i < n; i++) {
            const gvc_feature feature = features[i];
            const int64_t place = here + feature.y * stride + feature.x;
            for (int fit = 0; fit < num_fits; fit++)
                weights[fit] = (uint32_t)tile_weights[fit * MOST_FEATURES + i];
            if (feature.kind == MATE) {
                int32_t *const *mate = feature.mate ? planes->own[0].planes : planes->gray;
                const int32_t *now = mate[0] + place;
                const int32_t *then = planes->moves ? mate[1] + place + moved : mate[0] + here - 1;
                for (int l = 0; l < TILE; l++) {
                    const uint32_t change = (uint32_t)now[l] - (uint32_t)then[l];
                    for (int fit = 0; fit < num_fits; fit++)
                        sums[fit][l] += weights[fit] * change;
                }
                continue;
            }
            if ((feature.kind == MOVED && planes->moves < 1) || (feature.kind == OLDER && planes->moves < 2))
                continue;
            for (int fit = 0; fit < num_fits; fit++)
                rest[fit] -= weights[fit];
            if (feature.kind == SERIAL)
                continue;
            const int32_t *from = feature.kind == ABOVE ? own->planes[0] + place
                                : feature.kind == MOVED ? own->planes[1] + place + moved
                                                        : own->planes[2] + place + older;
            for (int fit = 0; fit < num_fits; fit++)
                for (int l = 0; l < TILE; l++)
                    sums[fit][l] += weights[fit] * (uint32_t)from[l];
        }
        if (planes->moves) {
            const int32_t *from = own->planes[1] + here + moved;
            for (int fit = 0; fit < num_fits; fit++)
                for (int l = 0; l < TILE; l++)
                    sums[fit][l] += rest[fit] * (uint32_t)from[l];
        }
        const int64_t count = gvc_min(step, planes->columns - x);
        for (int fit = 0; fit < num_fits; fit++)
            __builtin_memcpy(planes->sums + fit * (planes->columns + TILE) + x, sums[fit], (size_t)count * 4);
    }
}

static void sum_features_of(const gvc_adaptive *planes, int component, int64_t y)
{
    if (planes->level == LEVEL_SWIFT)
        sum_features(planes, component, y, 1);
    else if (planes->level == LEVEL_MAX)
        sum_features(planes, component, y, MOST_FITS);
    else
        sum_features(planes, component, y, 2);
}

/* Of weights in a picture without one before it: what is left for the sample to the left, from which they start. */
static uint32_t left_over(const gvc_adaptive *planes, const int16_t *weights)
{
    const gvc_feature *features = gvc_features(planes);
    uint32_t rest = 1 << WEIGHT_BITS;
    for (int i = 0; features[i].kind <= ABOVE; i++)
        rest -= (uint32_t)weights[i];
    return rest;
}

/* ---- contexts */

enum { TEXTURE_STEP = 16 }; /* sets of mean errors of a texture: eight energies, with or without a picture before */

static const int16_t ENERGY_STEPS[ENERGIES - 1] = {2,  4,  6,  8,   11,  14,  18,  22,  28,  34,  42,  52,  64,
                                                   80, 100, 128, 160, 200, 256, 330, 440, 600, 900, 1500, LEAST_OF_MOST_ENERGY};

/* The number of a mean distance from predictions, in 1/16 of a unit: 0 to 25. */
GVC_INLINE int32_t energy_of(const gvc_adaptive *planes, int32_t distance)
{
    return distance < LEAST_OF_MOST_ENERGY ? planes->energy_of[distance] : ENERGIES - 1;
}

GVC_INLINE int32_t of_31(int32_t difference)
{
    return gvc_clip(difference, -15, 15) + 15;
}

GVC_INLINE int32_t of_5(int32_t difference)
{
    return difference < -2 ? 0 : difference < 0 ? 1 : difference == 0 ? 2 : difference < 3 ? 3 : 4;
}

GVC_INLINE int32_t magnitude_of(int32_t value)
{
    return value < 0 ? -value : value;
}

GVC_INLINE int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Fill the facts of a row of chroma that come from its mates. */
GVC_INLINE void look_at_mates(const gvc_adaptive *planes, int component, int64_t at, int64_t moved_by, int64_t x)
{
    const int64_t stride = planes->stride;
    const int32_t unit = planes->unit;
    const gvc_row_facts *facts = &planes->facts;
    const int32_t *gray = planes->gray[0] + at, *gray_then = planes->moves ? planes->gray[1] + at + moved_by : gray - 1;
    const int32_t *mate = component ? planes->own[0].planes[0] + at : gray;
    const int32_t *mate_then = planes->moves && component ? planes->own[0].planes[1] + at + moved_by
                               : component                ? mate - 1
                                                          : gray_then;
    for (int l = 0; l < TILE; l++)
        facts->mate[x + l] = of_31(gvc_in_units(mate[l] - mate_then[l], unit));
    if (component) {
        const uint16_t *errors = planes->own[0].errors[0] + at;
        for (int l = 0; l < TILE; l++)
            facts->beside[x + l] = errors[l];
        return;
    }
    const int32_t *below = planes->moves ? gray : gray - stride, *below_then = planes->moves ? gray_then : gray;
    for (int l = 0; l < TILE; l++) {
        int32_t change = 8 * magnitude_of(gray[l] - gray_then[l]);
        if (planes->moves)
            change += 4 * magnitude_of(gray[l + 1] - gray_then[l + 1]) + 4 * magnitude_of(below[l + stride] - below_then[l + stride]);
        else
            change += 8 * magnitude_of(below_then[l] - below[l]);
        facts->beside[x + l] = smaller(change >> unit, UINT16_MAX);
    }
}

/* Find what is known of a row before its first sample is. */
static void look_along(const gvc_adaptive *planes, int component, int64_t y)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const gvc_row_facts *facts = &planes->facts;
    const int64_t stride = planes->stride;
    /* Where blocks are narrower than a vector of lanes, the next block overwrites what is too much. */
    const int16_t *vector = gvc_vectors_of_row(planes, y);
    for (int64_t x = 0; x < planes->columns; x += planes->block_columns, vector += 4) {
        const int64_t at = y * stride + x, moved_by = planes->moves ? gvc_moved_by(planes, vector, 0) : 0;
        const int32_t *s = own->planes[0] + at;
        const uint16_t *e = own->errors[0] + at;
        int32_t lanes[5][TILE];
        if (planes->moves) {
            const int32_t *r = own->planes[1] + at + moved_by;
            const uint16_t *g = own->errors[1] + at + moved_by;
            for (int l = 0; l < TILE; l++) {
                const int32_t before = (4 * g[l] + 2 * (g[l - 1] + g[l + 1] + g[l - stride] + g[l + stride]) +
                                        g[l + stride - 1] + g[l + stride + 1] + g[l - stride - 1] + g[l - stride + 1]) >> 4;
                lanes[0][l] = before;
                lanes[1][l] = 3 * e[l - stride] + e[l - stride - 1] + 2 * e[l - stride + 1] + e[l - 2 * stride] + 5 * before;
            }
            for (int l = 0; l < TILE; l++) {
                lanes[2][l] = (s[l - stride] == r[l - stride]) << 1 | (s[l - stride - 1] == r[l - stride - 1]) << 2 |
                              (s[l - stride + 1] == r[l - stride + 1]) << 3;
                lanes[3][l] = r[l];
                lanes[4][l] = r[l - 1];
            }
        } else {
            for (int l = 0; l < TILE; l++) {
                lanes[0][l] = 0;
                lanes[1][l] = 3 * e[l - stride] + 2 * (e[l - stride - 1] + e[l - stride + 1]) + e[l - 2 * stride];
                lanes[2][l] = (s[l - stride] == s[l - stride - 1]) << 1 | (s[l - stride + 1] == s[l - stride]) << 3;
                lanes[3][l] = s[l - stride];
                lanes[4][l] = 0;
            }
        }
        int32_t *const to[5] = {facts->before, facts->distance, facts->equal, facts->moved, facts->moved_left};
        for (int k = 0; k < 5; k++)
            __builtin_memcpy(to[k] + x, lanes[k], sizeof lanes[k]);
        if (planes->components > 1)
            look_at_mates(planes, component, at, moved_by, x);
    }
}

/* What is around a sample. In a picture without one before it, the names with `moved` stand for others. */
typedef struct {
    int32_t left, left2, above, above_left, above_right, above2; /* samples of this picture */
    int32_t moved, moved_right, moved_below;                      /* of the picture before */
    int32_t distance;      /* how far predictions are off around it, in 1/16 of a unit */
    int32_t energy;        /* its number */
    int32_t energy_beside; /* distances of other planes, or of the picture before */
    int32_t equal;         /* which neighbors are as in the picture before */
    int32_t mate;          /* the change of the component that is coded before this one */
} gvc_surroundings;

GVC_INLINE gvc_surroundings look_around(const gvc_adaptive *planes, int component, int64_t at, int64_t x, int64_t moved_by)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const gvc_row_facts *facts = &planes->facts;
    const int64_t stride = planes->stride;
    const int32_t *s = own->planes[0] + at;
    const uint16_t *e = own->errors[0] + at;
    gvc_surroundings found;
    found.left = s[-1];
    found.left2 = s[-2];
    found.above = s[-stride];
    found.above_left = s[-stride - 1];
    found.above_right = s[-stride + 1];
    found.above2 = s[-2 * stride];
    found.moved = facts->moved[x];
    found.energy_beside = facts->before[x];
    const int32_t distance = facts->distance[x] + 3 * e[-1] + e[-2];
    int32_t energy;
    if (planes->moves) {
        const int32_t *r = own->planes[1] + at + moved_by;
        found.moved_right = r[1];
        found.moved_below = r[stride];
        energy = distance >> 4;
        found.equal = facts->equal[x] | (s[-1] == facts->moved_left[x]);
    } else {
        found.moved_right = found.left2;
        found.moved_below = found.above_left;
        energy = distance * 11 >> 7;
        found.equal = facts->equal[x] | (s[-1] == s[-stride]) | (s[-1] == s[-2]) << 2;
    }
    found.mate = 0;
    if (planes->components > 1) {
        found.mate = facts->mate[x];
        found.energy_beside = facts->beside[x];
        energy = (3 * energy + found.energy_beside) >> 2;
    }
    found.distance = energy;
    found.energy = energy_of(planes, energy);
    return found;
}

GVC_INLINE int32_t median_of(const gvc_surroundings *around)
{
    const int32_t high = around->left > around->above ? around->left : around->above;
    const int32_t low = around->left > around->above ? around->above : around->left;
    return gvc_clip(around->left + around->above - around->above_left, low, high);
}

/* The energy of this picture alone. */
GVC_INLINE int32_t energy_here(const gvc_adaptive *planes, int component, int64_t at)
{
    const int64_t stride = planes->stride;
    const uint16_t *e = planes->own[component].errors[0] + at;
    return energy_of(planes, (2 * (e[-1] + e[-stride]) + e[-stride - 1] + e[-stride + 1]) / 6);
}

/* How neighbors differ from those of the picture before. */
GVC_INLINE int32_t change_of(const gvc_adaptive *planes, int component, int64_t at, int64_t moved_by)
{
    if (!planes->moves)
        return 0;
    const int64_t stride = planes->stride;
    const int32_t *s = planes->own[component].planes[0] + at, *r = planes->own[component].planes[1] + at + moved_by;
    const int64_t places[4] = {-1, -stride, -stride + 1, -stride - 1};
    int32_t found = 0;
    for (int k = 3; k >= 0; k--)
        found = 5 * found + of_5(gvc_in_units(s[places[k]] - r[places[k]], planes->unit));
    return found;
}

/* The value of each of the first eight contexts. guess: the prediction, in 1/16. */
GVC_INLINE void find_values(const gvc_adaptive *planes, int component, int64_t at, int64_t moved_by,
                            const gvc_surroundings *around, int32_t guess, int32_t *found)
{
    const int32_t rounded = guess + (1 << (FRACTION_BITS - 1)), center = rounded >> FRACTION_BITS;
    const int32_t fraction = rounded & ((1 << FRACTION_BITS) - 1), unit = planes->unit;
#define FROM_CENTER(sample) of_31(gvc_in_units((sample) - center, unit))
    const int32_t energy = around->energy, coarse = smaller(energy / 3, 8);
    const int32_t moved = FROM_CENTER(around->moved);
    const int32_t values[CONTEXTS] = {
        energy * 8 + (fraction >> 1),
        FROM_CENTER(around->left) * 31 + FROM_CENTER(around->above),
        around->equal * 31 + moved,
        FROM_CENTER(median_of(around)) * 9 + coarse,
        FROM_CENTER(around->above_right) * 31 + FROM_CENTER(around->moved_below),
        energy_of(planes, around->energy_beside) / 2 * 26 + energy_here(planes, component, at),
        FROM_CENTER(2 * around->left - around->left2) * 31 + FROM_CENTER(2 * around->above - around->above2),
        planes->components > 1 ? around->mate * 31 + moved : change_of(planes, component, at, moved_by),
    };
#undef FROM_CENTER
    __builtin_memcpy(found, values, sizeof values);
}

/* Point the mixer of LEVEL_FIRST to the counters of each context's value. */
GVC_INLINE void choose_counters(gvc_mixer *mixer, const int32_t *values)
{
    for (int k = 0; k < CONTEXTS; k++) {
        mixer->counters[k] = mixer->model->counters[k][values[k]];
        __builtin_prefetch(mixer->counters[k], 1);
    }
}

/* Point the mixer of LEVEL_MAX to counters and mixing weights, and tell it the predictions.
 *
 * values: of the first eight contexts. older: the sample two pictures before. guess: the prediction, in 1/16.
 * classes, guesses: of each prediction, the blended one first. bias: the set of the prediction's mean error. */
GVC_INLINE void look_for_experts(gvc_expert_mixer *mixer, const int32_t *values, const gvc_surroundings *around, int32_t older,
                                 int32_t guess, const int32_t *classes, const int32_t *guesses, int32_t bias)
{
    gvc_expert_model *model = mixer->model;
    const int32_t center = (guess + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS, unit = mixer->unit;
#define FROM_CENTER(sample, most) (gvc_clip(gvc_in_units((sample) - center, unit), -(most), most) + (most))
    const int32_t more[MORE_CONTEXTS - CONTEXTS] = {
        FROM_CENTER(older, 15) * 31 + FROM_CENTER(around->moved, 15),
        classes[1] / 2 * 32 + classes[2] / 2,
    };
    const int32_t neighbors = FROM_CENTER(around->moved, 7) * 15 + FROM_CENTER(around->left, 7);
#undef FROM_CENTER
    for (int k = 0; k < MORE_CONTEXTS; k++) {
        mixer->counters[k] = model->counters[k][k < CONTEXTS ? values[k] : more[k - CONTEXTS]];
        __builtin_prefetch(mixer->counters[k], 1);
    }
    mixer->sets[0] = model->of_energy[around->energy];
    mixer->sets[1] = model->of_equal[around->equal];
    mixer->sets[2] = model->of_errors[smaller(classes[1] / 3, 15) * 16 + smaller(classes[2] / 3, 15)];
    mixer->sets[3] = model->of_texture[bias / TEXTURE_STEP];
    mixer->sets[4] = model->of_neighbors[neighbors];
    for (int k = 0; k < EXPERTS; k++) {
        mixer->means[k] = guesses[k] - center * (1 << FRACTION_BITS);
        mixer->scales[k] = SCALE / (model->mean_error[k][classes[k]] + (1 << MEAN_BITS >> 1));
    }
}

/* The set of a prediction's mean error: which neighbors are above it, and how large errors are. */
GVC_INLINE int32_t bias_of(const gvc_adaptive *planes, const gvc_surroundings *around, int32_t guess)
{
    const int32_t center = (guess + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS;
    int32_t texture = (around->left > center) | (around->above > center) << 1 | (around->above_left > center) << 2 |
                      (around->above_right > center) << 3;
    if (planes->moves)
        texture |= (around->moved > center) << 4 | (around->moved_right > center) << 5 | (around->moved_below > center) << 6;
    else
        texture |= (around->left2 > center) << 4 | (around->above2 > center) << 5;
    return texture * TEXTURE_STEP + smaller(around->energy / 3, 7) * 2 + (planes->moves > 0);
}

/* How far the mean of all predictions is above the first one. They weigh by the fourth power of how far they were off;
 * distrust: the second. No sum overflows: weights are below 2**39. */
GVC_INLINE int32_t mean_of_all(const int32_t *guesses, const uint32_t *distrust)
{
    int64_t all = 0, sum = 0;
    for (int fit = 0; fit < MOST_FITS; fit++) {
        const int64_t trust = (1 << 23) / distrust[fit];
        all += trust * trust;
        sum += trust * trust * (guesses[fit] - guesses[0]);
    }
    return (int32_t)((sum + (sum < 0 ? -all : all) / 2) / all);
}

/* ---- rows */

/* Code a sample's difference as a symbol. A cell: neighboring differences that have a symbol together; they are
 * 2**shift many, the more the further predictions are off. The outer symbols are those of all that is further away. */
GVC_INLINE int32_t code_by_symbols(const gvc_adaptive *planes, gvc_bits *bits, gvc_symbol_model *model,
                                   const gvc_surroundings *around, int64_t x, int32_t guess, int32_t wanted)
{
    enum { NEAREST = 7, ZERO = 8, ALL_EQUAL = 15 };
    static const uint8_t CELL_BITS[ENERGIES] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 5};
    const int32_t rounded = guess + (1 << (FRACTION_BITS - 1)), center = rounded >> FRACTION_BITS;
    /* Where all neighbors are as in the picture before, the sample most likely is, too, to the bit. */
    const int is_copy = planes->moves && around->equal == ALL_EQUAL;
    const int32_t energy = around->energy, wider = is_copy ? 0 : CELL_BITS[energy];
    const int32_t shift = is_copy ? 0 : planes->unit + wider;
    const int32_t fraction = shift ? 0 : (rounded & ((1 << FRACTION_BITS) - 1)) >> 1;
    const int32_t half = 1 << shift >> 1, set = smaller(wider, ESCAPES - 1);
#define OF_15(sample) (gvc_clip(((sample) - center + half) >> shift, -NEAREST, NEAREST) + NEAREST)
    const int32_t moved = OF_15(around->moved);
    const int32_t values[SYMBOL_CONTEXTS] = {
        energy * 8 + fraction,
        (OF_15(around->left) * 15 + OF_15(around->above)) * 4 + set,
        (around->equal * 15 + moved) * 4 + set,
        planes->components > 1 ? (around->mate * 15 + moved) * 2 + (wider > 0) : OF_15(median_of(around)) * ENERGIES + energy,
    };
#undef OF_15
    int16_t *counts[SYMBOL_CONTEXTS];
    for (int k = 0; k < SYMBOL_CONTEXTS; k++)
        counts[k] = model->counts[k][values[k]];
    const int32_t from_start = wanted - center + half;
    const int32_t cell = from_start >> shift;
    /* Weights that every other sample learns are as good, and the next sample need not wait for them. */
    int32_t *weights = model->weights[around->equal == ALL_EQUAL ? 2 : around->equal > 0][energy];
    const int symbol = code_symbol(bits, weights, counts, gvc_clip(cell + ZERO, 0, SYMBOLS - 1), x & 1);
    int32_t found = symbol - ZERO;
    if (symbol == 0 || symbol == SYMBOLS - 1) {
        const int32_t wanted_excess = symbol ? cell - NEAREST : -ZERO - cell;
        const int32_t excess = (int32_t)code_excess(bits, model->of_escape[set], (uint32_t)wanted_excess);
        found += symbol ? excess : -excess;
    }
    const uint32_t within = code_uniform(bits, (uint32_t)from_start & ((1u << shift) - 1), shift);
    /* Damaged data may lead anywhere, and around. */
    return (int32_t)(((uint32_t)found << shift) + within - (uint32_t)half + (uint32_t)center);
}

/* Code the samples of a row. level: a constant, so that each has code of its own. */
GVC_INLINE void code_row(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits, int level)
{
    enum { MOST_BIAS_COUNT = 128, MOST_ERROR = 2047, BLEND_BITS = 8, TO_FRACTION = WEIGHT_BITS - FRACTION_BITS };
    enum { BIAS_BITS = 6, BIAS_RATE = 6, MOST_BIAS = 4095 };
    const int num_fits = level == LEVEL_SWIFT ? 1 : level == LEVEL_MAX ? MOST_FITS : 2;
    const gvc_adaptive_component *own = &planes->own[component];
    int32_t *bias_sum = level == LEVEL_MAX ? own->experts->bias_sum : level == LEVEL_FIRST ? own->model->bias_sum : 0;
    int32_t *bias_count = level == LEVEL_MAX ? own->experts->bias_count : level == LEVEL_FIRST ? own->model->bias_count : 0;
    int32_t *row = own->planes[0] + y * planes->stride;
    uint16_t *errors = own->errors[0] + y * planes->stride;
    const int32_t unit = planes->unit;
    const int32_t low = planes->low * (1 << FRACTION_BITS), high = planes->high * (1 << FRACTION_BITS);
    gvc_mixer mixer = {.model = own->model, .tables = planes->tables, .bits = bits};
    gvc_expert_mixer experts = {.model = own->experts, .tables = planes->tables, .bits = bits, .unit = unit};
    int32_t left_error[MOST_FITS] = {0}, corner_error[MOST_FITS] = {0};
    uint32_t rest[MOST_FITS] = {0};
    const int16_t *vector = gvc_vectors_of_row(planes, y);
    int64_t moved_by = 0, older_by = 0, next_block = 0;
    for (int64_t x = 0; x < planes->columns; x++) {
        const int16_t *weights = planes->weights + x / TILE * MOST_FITS * MOST_FEATURES;
        if (planes->moves && x == next_block) {
            moved_by = gvc_moved_by(planes, vector, 0);
            older_by = planes->moves > 1 ? gvc_moved_by(planes, vector, 1) : 0;
            next_block += planes->block_columns;
            vector += 4;
        }
        const gvc_surroundings around = look_around(planes, component, y * planes->stride + x, x, moved_by);
        int32_t guesses[MOST_FITS], classes[EXPERTS] = {0};
        uint32_t distrust[MOST_FITS];
        for (int fit = 0; fit < num_fits; fit++) {
            const int16_t *own_weights = weights + fit * MOST_FEATURES;
            if (!planes->moves && x % TILE == 0)
                rest[fit] = left_over(planes, own_weights);
            const uint32_t sum = (uint32_t)planes->sums[fit * (planes->columns + TILE) + x] +
                                 ((uint32_t)own_weights[0] + rest[fit]) * (uint32_t)around.left +
                                 (uint32_t)own_weights[1] * (uint32_t)around.left2 + (1 << (TO_FRACTION - 1));
            guesses[fit] = gvc_clip((int32_t)sum >> TO_FRACTION, low, high);
            if (num_fits == 1)
                break;
            const int32_t errors_near =
                2 * left_error[fit] + 2 * own->of_fits[fit][x] + own->of_fits[fit][x + 1] + corner_error[fit];
            if (level == LEVEL_MAX)
                classes[1 + fit] = error_class(errors_near / 6 + 1);
            distrust[fit] = (uint32_t)smaller(errors_near + 4, MOST_ERROR);
            distrust[fit] *= distrust[fit];
        }
        int32_t blended = guesses[0];
        if (level == LEVEL_MAX) {
            blended += mean_of_all(guesses, distrust);
        } else if (num_fits > 1) {
            const int32_t share = (int32_t)((distrust[1] << BLEND_BITS) / (distrust[0] + distrust[1]));
            blended = guesses[1] + (((guesses[0] - guesses[1]) * share + (1 << (BLEND_BITS - 1))) >> BLEND_BITS);
        }
        const int32_t bias = bias_of(planes, &around, blended);
        int32_t sample, guess, exact;
        if (level == LEVEL_MAX || level == LEVEL_FIRST) {
            const int64_t at = y * planes->stride + x;
            const int32_t count = bias_count[bias], sum = bias_sum[bias];
            guess = gvc_clip(blended + sum / (count + 4), low, high);
            const int32_t center = (guess + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS;
            int32_t values[CONTEXTS], all_guesses[EXPERTS] = {guess};
            find_values(planes, component, at, moved_by, &around, guess, values);
            gvc_either_mixer either = {0, 0};
            if (level == LEVEL_MAX) {
                classes[0] = error_class(around.distance + 1);
                for (int fit = 0; fit < MOST_FITS; fit++)
                    all_guesses[1 + fit] = guesses[fit];
                const int32_t older = planes->moves > 1 ? own->planes[2][at + older_by] : around.above2;
                look_for_experts(&experts, values, &around, older, guess, classes, all_guesses, bias);
                either.of_experts = &experts;
            } else {
                mixer.energy = around.energy;
                choose_counters(&mixer, values);
                either.of_contexts = &mixer;
            }
            sample = gvc_clip(center + code_difference(either, bits, row[x] - center), planes->low, planes->high);
            exact = sample * (1 << FRACTION_BITS);
            const int is_full = count + 1 == MOST_BIAS_COUNT;
            bias_sum[bias] = (sum + exact - blended) / (1 + is_full);
            bias_count[bias] = (count + 1) / (1 + is_full);
            for (int k = 0; k < EXPERTS && level == LEVEL_MAX; k++) {
                int32_t *mean = &own->experts->mean_error[k][classes[k]];
                const int32_t error = smaller(magnitude_of(exact - all_guesses[k]) >> unit, UINT16_MAX);
                *mean += (error * (1 << MEAN_BITS) - *mean) >> MEAN_RATE;
            }
        } else {
            int32_t *mean = &own->symbols->bias[bias];
            guess = gvc_clip(blended + ((*mean + (1 << (BIAS_BITS - 1))) >> BIAS_BITS), low, high);
            sample = code_by_symbols(planes, bits, own->symbols, &around, x, guess, row[x]);
            sample = gvc_clip(sample, planes->low, planes->high);
            exact = sample * (1 << FRACTION_BITS);
            const int32_t most = MOST_BIAS << unit;
            *mean += (gvc_clip(exact - blended, -most, most) * (1 << BIAS_BITS) - *mean) >> BIAS_RATE;
        }
        row[x] = sample;
        errors[x] = (uint16_t)smaller(magnitude_of(exact - guess) >> unit, UINT16_MAX);
        for (int fit = 0; fit < num_fits && num_fits > 1; fit++) {
            corner_error[fit] = own->of_fits[fit][x];
            left_error[fit] = smaller(magnitude_of(exact - guesses[fit]) >> unit, MOST_ERROR);
            own->of_fits[fit][x] = (uint16_t)left_error[fit];
        }
        planes->energies[y % (level == LEVEL_MAX ? LOW_TILE : TILE) * planes->columns + x] = (uint8_t)around.energy;
    }
}

/* Code the samples of a row as symbols. Copies, whose addresses nobody has, stay in registers. */
GVC_INLINE void code_row_as(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits, int level)
{
    const gvc_adaptive own_planes = *planes;
    gvc_bits own_bits = *bits;
    code_row(&own_planes, component, y, &own_bits, level);
    *bits = own_bits;
}

static void code_row_standard(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)
{
    code_row_as(planes, component, y, bits, LEVEL_STANDARD);
}

static void code_row_swift(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)
{
    code_row_as(planes, component, y, bits, LEVEL_SWIFT);
}

static void code_row_first(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)
{
    code_row(planes, component, y, bits, LEVEL_FIRST);
}

static void code_row_max(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)
{
    code_row(planes, component, y, bits, LEVEL_MAX);
}

/* ---- pictures */

static void pad_row(const gvc_adaptive *planes, int32_t *row)
{
    for (int k = 1; k <= PAD; k++) {
        row[-k] = row[0];
        row[planes->columns - 1 + k] = row[planes->columns - 1];
    }
}

/* Continue a plane beyond its borders, by the nearest sample inside. */
static void pad_plane(const gvc_adaptive *planes, int32_t *plane)
{
    for (int64_t y = 0; y < planes->rows; y++)
        pad_row(planes, plane + y * planes->stride);
    const size_t size = (size_t)planes->stride * sizeof *plane;
    for (int k = 1; k <= PAD; k++) {
        int32_t *last = plane + (planes->rows - 1) * planes->stride - PAD;
        __builtin_memcpy(plane - k * planes->stride - PAD, plane - PAD, size);
        __builtin_memcpy(last + k * planes->stride, last, size);
    }
}

static void exchange(int32_t **a, int32_t **b)
{
    int32_t *kept = *a;
    *a = *b;
    *b = kept;
}

/* A vector that leads a block at most REACH beyond the border. */
static void limit_vector(const gvc_adaptive *planes, int64_t top, int64_t left, int32_t down, int32_t right, int16_t *to)
{
    const int64_t least_down = -top - planes->block_rows - REACH, most_down = planes->rows - top + REACH - 1;
    const int64_t least_right = -left - planes->block_columns - REACH, most_right = planes->columns - left + REACH - 1;
    to[0] = (int16_t)gvc_clip(down, (int32_t)gvc_max(least_down, INT16_MIN), (int32_t)gvc_min(most_down, INT16_MAX));
    to[1] = (int16_t)gvc_clip(right, (int32_t)gvc_max(least_right, INT16_MIN), (int32_t)gvc_min(most_right, INT16_MAX));
}

static void take_vectors(gvc_adaptive *planes, const int16_t *vectors)
{
    const int64_t height = planes->block_rows, width = planes->block_columns;
    for (int64_t row = 0; row < planes->blocks_down; row++)
        for (int64_t column = 0; column < planes->blocks_across; column++) {
            const int64_t block = row * planes->blocks_across + column, top = row * height, left = column * width;
            int16_t *to = planes->vectors[0] + 4 * block;
            limit_vector(planes, top, left, vectors[2 * block], vectors[2 * block + 1], to);
            if (planes->moves < 2)
                continue;
            /* On from where the block's middle comes from. */
            const int64_t source_row = gvc_max(top + to[0] + height / 2, 0) / height;
            const int64_t source_column = gvc_max(left + to[1] + width / 2, 0) / width;
            const int16_t *on = planes->vectors[1] + 4 * (gvc_limited(source_row, planes->blocks_down) * planes->blocks_across +
                                                          gvc_limited(source_column, planes->blocks_across));
            limit_vector(planes, top, left, to[0] + on[0], to[1] + on[1], to + 2);
        }
}

/* Begin the next picture.
 *
 * vectors: (blocks down, blocks across, 2) int16, down and right in samples; NULL where there is no picture before.
 * gray: (rows, columns) int32, beside chroma; else NULL.
 */
GVC_EXPORT void gvc_begin_adaptive_picture(gvc_adaptive *planes, const int16_t *vectors, const int32_t *gray)
{
    planes->has_sums = planes->moves > 0;
    planes->moves = !vectors ? 0 : planes->moves ? 2 : 1;
    int16_t *kept = planes->vectors[1];
    planes->vectors[1] = planes->vectors[0];
    planes->vectors[0] = kept;
    for (int64_t c = 0; c < planes->components; c++) {
        gvc_adaptive_component *own = &planes->own[c];
        exchange(&own->planes[1], &own->planes[2]);
        exchange(&own->planes[0], &own->planes[1]);
        uint16_t *errors = own->errors[1];
        own->errors[1] = own->errors[0];
        own->errors[0] = errors;
        float *products = own->products[1];
        own->products[1] = own->products[0];
        own->products[0] = products;
        int64_t *whole = own->whole[1];
        own->whole[1] = own->whole[0];
        own->whole[0] = whole;
        __builtin_memset(whole, 0, (size_t)gvc_num_pairs(gvc_num_features(planes, (int)c)) * sizeof *whole);
    }
    if (vectors)
        take_vectors(planes, vectors);
    if (gray) {
        exchange(&planes->gray[0], &planes->gray[1]);
        for (int64_t y = 0; y < planes->rows; y++)
            __builtin_memcpy(planes->gray[0] + y * planes->stride, gray + y * planes->columns,
                             (size_t)planes->columns * sizeof *gray);
        pad_plane(planes, planes->gray[0]);
    }
}

static int32_t has_room(const gvc_bits *bits, int64_t num_samples)
{
    enum { MOST_BYTES = 64, MOST_SYMBOLS = 6 }; /* of a sample; it cannot take 36 bytes */
    return bits->is_symbols ? bits->symbol_capacity - bits->num_symbols >= MOST_SYMBOLS * num_samples
                            : bits->capacity - bits->size >= MOST_BYTES * num_samples;
}

/* Code a row of tiles of a component.
 *
 * samples: (rows, columns) int32 of the whole component; the receiver's are written here.
 * Rows come from the first to the last; the last one ends the component.
 */
GVC_EXPORT int32_t gvc_code_adaptive_tiles(gvc_adaptive *planes, gvc_bits *bits, int32_t component, int64_t tile_row,
                                           int32_t *samples)
{
    static void (*const CODE_ROW[])(const gvc_adaptive *, int, int64_t, gvc_bits *) = {
        [LEVEL_FIRST] = code_row_first, [LEVEL_STANDARD] = code_row_standard, [LEVEL_SWIFT] = code_row_swift, [LEVEL_MAX] = code_row_max};
    gvc_adaptive_component *own = &planes->own[component];
    const int64_t stride = planes->stride, columns = planes->columns;
    const int64_t height = gvc_tile_height(planes);
    const int64_t top = tile_row * height, bottom = gvc_min(top + height, planes->rows);
    int32_t *plane = own->planes[0];
    if (bits->is_writing && !has_room(bits, height * columns))
        return GVC_ADAPTIVE_NO_ROOM;
    if (tile_row == 0) {
        const int32_t middle = (planes->low + planes->high + 1) / 2;
        for (int64_t k = 1; k <= 3; k++)
            for (int64_t x = -PAD; x < columns + PAD; x++)
                plane[x - k * stride] = planes->moves ? own->planes[1][x] : middle;
        for (int fit = 0; fit < MOST_FITS; fit++)
            __builtin_memset(own->of_fits[fit], 0, (size_t)(columns + TILE) * sizeof *own->of_fits[fit]);
        if (bits->is_symbols && !bits->is_writing && bits->num_symbols == 0)
            begin_block(bits);
    }
    gvc_fit_tiles(planes, component, tile_row);
    /* Rows of tiles that later fits use: two above, or four. */
    const int64_t above = planes->level == LEVEL_MAX ? ROWS_ABOVE : 2;
    gvc_settle_products(planes, component, tile_row - above, tile_row - above + 1);
    for (int64_t y = top; y < bottom; y++) {
        int32_t *row = plane + y * stride;
        if (bits->is_writing)
            __builtin_memcpy(row, samples + y * columns, (size_t)columns * sizeof *row);
        row[-1] = row[-2] = row[-stride];
        sum_features_of(planes, component, y);
        look_along(planes, component, y);
        CODE_ROW[planes->level](planes, component, y, bits);
        for (int64_t k = 0; k < PAD; k++)
            row[columns + k] = row[columns - 1];
        if (!bits->is_writing)
            __builtin_memcpy(samples + y * columns, row, (size_t)columns * sizeof *row);
    }
    gvc_gather_products(planes, component, tile_row);
    if (bottom == planes->rows) {
        pad_plane(planes, plane);
        gvc_settle_products(planes, component, tile_row - above + 1, tile_row + 1);
    }
    if (bits->is_writing)
        return 0;
    if (bits->is_symbols && bottom == planes->rows && bits->num_symbols >= BLOCK_SYMBOLS) {
        if (!ends_well(bits))
            return GVC_ADAPTIVE_WRONG_END;
        bits->num_symbols = 0;
    }
    /* A reader of bits has looked four bytes ahead. */
    return bits->size > bits->capacity + (bits->is_symbols ? 0 : 4) ? GVC_ADAPTIVE_PAST_END : 0;
}

/* Whether symbols that are written fill a block. */
GVC_EXPORT int32_t gvc_is_block_full(const gvc_bits *bits)
{
    return bits->num_symbols >= BLOCK_SYMBOLS;
}

/* About how many bytes the symbols that wait will take. */
GVC_EXPORT int64_t gvc_waiting_bytes(const gvc_bits *bits)
{
    return waiting_bytes(bits);
}

/* Write the symbols that wait. There is room for two bytes for each and 16. */
GVC_EXPORT void gvc_end_block(gvc_bits *bits)
{
    write_block(bits);
}

/* Whether all symbols that are read are those of whole blocks. */
GVC_EXPORT int32_t gvc_ends_well(const gvc_bits *bits)
{
    return bits->num_symbols == 0 || ends_well(bits);
}

/* End bits that are written. */
GVC_EXPORT void gvc_end_bits(gvc_bits *bits)
{
    for (int k = 0; k < 4; k++) {
        bits->data[bits->size++] = (uint8_t)(bits->high >> 24);
        bits->high <<= 8;
    }
}

/* ---- memory */

typedef struct {
    uint8_t *next;
    int64_t size;
} gvc_memory;

/* The next array of so many bytes, aligned; it only counts where there is no memory yet. */
static void *take(gvc_memory *memory, int64_t size)
{
    enum { ALIGNMENT = 64 };
    void *found = memory->next ? memory->next + memory->size : 0;
    memory->size += (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return found;
}

static void lay_out(gvc_adaptive *planes, gvc_memory *memory)
{
    const int64_t columns = planes->columns, stride = columns + 2 * PAD;
    const int64_t area = stride * (planes->rows + 2 * PAD) + TILE, origin = PAD * stride + PAD;
    planes->stride = stride;
    planes->tile_rows = (planes->rows + gvc_tile_height(planes) - 1) / gvc_tile_height(planes);
    planes->tile_columns = (columns + TILE - 1) / TILE;
    planes->lane_columns = (planes->tile_columns + LANES - 1) / LANES * LANES + 2 * MARGIN;
    planes->blocks_down = (planes->rows + planes->block_rows - 1) / planes->block_rows;
    planes->blocks_across = (columns + planes->block_columns - 1) / planes->block_columns;
    for (int64_t c = 0; c < planes->components; c++) {
        gvc_adaptive_component *own = &planes->own[c];
        const int64_t pairs = gvc_num_pairs(gvc_num_features(planes, (int)c)), row = pairs * planes->lane_columns;
        for (int k = 0; k < 3; k++)
            own->planes[k] = (int32_t *)take(memory, area * 4) + origin;
        for (int k = 0; k < 2; k++) {
            own->errors[k] = (uint16_t *)take(memory, area * 2) + origin;
            /* The rows of tiles beyond are 0. */
            own->products[k] = (float *)take(memory, (row * (planes->tile_rows + ROWS_ABOVE + ROWS_BELOW) + LANES) * 4) +
                               ROWS_ABOVE * row + MARGIN;
            own->whole[k] = take(memory, pairs * 8);
        }
        for (int fit = 0; fit < MOST_FITS; fit++)
            own->of_fits[fit] = take(memory, (columns + TILE) * 2);
        const int32_t level = planes->level;
        own->model = level == LEVEL_FIRST ? take(memory, sizeof *own->model) : 0;
        own->experts = level == LEVEL_MAX ? take(memory, sizeof *own->experts) : 0;
        own->symbols = level == LEVEL_STANDARD || level == LEVEL_SWIFT ? take(memory, sizeof *own->symbols) : 0;
    }
    for (int k = 0; k < 2; k++) {
        planes->gray[k] = planes->components > 1 ? (int32_t *)take(memory, area * 4) + origin : 0;
        planes->vectors[k] = take(memory, planes->blocks_down * planes->blocks_across * 4 * 2);
    }
    planes->weights = take(memory, planes->tile_columns * MOST_FITS * MOST_FEATURES * 2);
    planes->sums = take(memory, MOST_FITS * (columns + TILE) * 4);
    planes->energies = take(memory, TILE * columns);
    planes->energy_of = take(memory, LEAST_OF_MOST_ENERGY);
    int32_t **const facts[] = {&planes->facts.distance,   &planes->facts.before, &planes->facts.equal, &planes->facts.moved,
                               &planes->facts.moved_left, &planes->facts.beside, &planes->facts.mate};
    for (size_t k = 0; k < sizeof facts / sizeof *facts; k++)
        *facts[k] = take(memory, (columns + TILE) * 4);
}

/* Bytes of gvc_adaptive. */
GVC_EXPORT int64_t gvc_adaptive_struct_size(void)
{
    return sizeof(gvc_adaptive);
}

/* Bytes of memory that gvc_begin_adaptive needs. */
GVC_EXPORT int64_t gvc_adaptive_size(const gvc_adaptive *planes)
{
    gvc_adaptive counted = *planes;
    gvc_memory memory = {0, 0};
    lay_out(&counted, &memory);
    return memory.size;
}

static void begin_counters(uint32_t (*counters)[NODES], int count)
{
    for (int value = 0; value < count; value++)
        for (int node = 0; node < NODES; node++)
            counters[value][node] = (uint32_t)1 << 31;
}

static void begin_model(gvc_adaptive_model *model)
{
    enum { START_WEIGHT = 19661 }; /* 0.3 */
    begin_counters(model->counters[0], CONTEXTS * CONTEXT_VALUES);
    for (int k = 0; k < CONTEXTS; k++) {
        for (int node = 0; node < NODES; node++)
            model->of_node[node][k] = START_WEIGHT;
        for (int set = 0; set < ENERGIES * KINDS; set++)
            model->of_energy[set][k] = START_WEIGHT;
    }
}

static void begin_mixing_weights(int32_t (*sets)[INPUTS], int count)
{
    enum { OF_CONTEXT = 13107, OF_EXPERT = 9830 }; /* 0.2, 0.15 */
    for (int set = 0; set < count; set++)
        for (int k = 0; k < MORE_CONTEXTS + EXPERTS; k++)
            sets[set][k] = k < MORE_CONTEXTS ? OF_CONTEXT : OF_EXPERT;
}

static void begin_experts(gvc_expert_model *model)
{
    begin_counters(model->counters[0], MORE_CONTEXTS * CONTEXT_VALUES);
    begin_mixing_weights(model->of_node, NODES);
    begin_mixing_weights(model->of_energy[0], ENERGIES * KINDS);
    begin_mixing_weights(model->of_equal[0], EQUALS * KINDS);
    begin_mixing_weights(model->of_errors[0], ERROR_PAIRS * KINDS);
    begin_mixing_weights(model->of_texture[0], TEXTURES * KINDS);
    begin_mixing_weights(model->of_neighbors[0], NEIGHBOR_PAIRS * KINDS);
    for (int k = 0; k < EXPERTS; k++)
        for (int class = 0; class < ERROR_CLASSES; class++) /* the least one of its class */
            model->mean_error[k][class] = (4 + class % 4) << (class / 4) << (MEAN_BITS - 2);
}

static void begin_symbols(gvc_symbol_model *model)
{
    static const int16_t START[SYMBOLS] = {600,   1200,  1900,  2900,  4300,  6400,  9600,  14500,
                                           19500, 23500, 26500, 28500, 30000, 31200, 32000, 0};
    for (int k = 0; k < SYMBOL_CONTEXTS; k++)
        for (int value = 0; value < SYMBOL_VALUES; value++)
            __builtin_memcpy(model->counts[k][value], START, sizeof START);
    for (int set = 0; set < ESCAPES; set++)
        for (int symbol = 0; symbol < COUNTED; symbol++)
            model->of_escape[set][symbol] = (int16_t)(2047 * (symbol + 1));
    for (int kind = 0; kind < WEIGHT_KINDS; kind++)
        for (int energy = 0; energy < ENERGIES; energy++)
            for (int k = 0; k < SYMBOL_CONTEXTS; k++)
                model->weights[kind][energy][k] = ALL_WEIGHTS / SYMBOL_CONTEXTS;
}

/* Make the rest of planes from its first part. memory: gvc_adaptive_size bytes of 0, aligned to 64 bytes. */
GVC_EXPORT void gvc_begin_adaptive(gvc_adaptive *planes, uint8_t *memory)
{
    gvc_memory rest = {memory, 0};
    planes->moves = 0;
    planes->has_sums = 0;
    lay_out(planes, &rest);
    for (int32_t distance = 0, energy = 0; distance < LEAST_OF_MOST_ENERGY; distance++) {
        energy += distance >= ENERGY_STEPS[energy];
        planes->energy_of[distance] = (uint8_t)energy;
    }
    for (int64_t c = 0; c < planes->components; c++)
        if (planes->level == LEVEL_FIRST)
            begin_model(planes->own[c].model);
        else if (planes->level == LEVEL_MAX)
            begin_experts(planes->own[c].experts);
        else
            begin_symbols(planes->own[c].symbols);
}
