/* Adaptive planes: contexts, mixed probabilities and the coder of bits, sample by sample. */
#include "adaptive.h"
#include "vectors.h"

/* ---- the coder of bits */

GVC_INLINE uint32_t next_byte(gvc_bits *bits)
{
    const int64_t at = bits->size++;
    return at < bits->capacity ? bits->data[at] : 0;
}

/* Code a bit; probability: that it is 1, in 1/65536, above 0 and below 1. */
GVC_INLINE int code_bit(gvc_bits *bits, int bit, uint32_t probability)
{
    const uint32_t middle = bits->low + (uint32_t)((uint64_t)(bits->high - bits->low) * probability >> 16);
    if (!bits->is_writing)
        bit = bits->value <= middle;
    if (bit)
        bits->high = middle;
    else
        bits->low = middle + 1;
    while (!((bits->low ^ bits->high) >> 24)) {
        if (bits->is_writing)
            bits->data[bits->size++] = (uint8_t)(bits->high >> 24);
        else
            bits->value = bits->value << 8 | next_byte(bits);
        bits->low <<= 8;
        bits->high = bits->high << 8 | 255;
    }
    return bit;
}

GVC_EXPORT void gvc_begin_bits(gvc_bits *bits)
{
    bits->size = 0;
    bits->low = 0;
    bits->high = ~(uint32_t)0;
    bits->value = 0;
    if (!bits->is_writing)
        for (int k = 0; k < 4; k++)
            bits->value = bits->value << 8 | next_byte(bits);
}

/* ---- mixing */

typedef struct {
    gvc_adaptive_model *model;
    const gvc_adaptive_tables *tables;
    gvc_bits *bits;
    uint32_t *counters[CONTEXTS]; /* those of each context's value */
    int32_t energy;
} gvc_mixer;

enum {
    LEARNING_BITS = 15,
    MOST_WEIGHT = 1 << 18, /* 4 */
    COUNT_BITS = 10,
    CERTAIN = (1 << 22) - 1,
};

/* Each lane within +-most. */
GVC_INLINE gvc_i32x8 limited(gvc_i32x8 lanes, int32_t most)
{
    const gvc_i32x8 above = lanes > most, below = lanes < -most;
    return (above & most) | (below & -most) | (~(above | below) & lanes);
}

GVC_INLINE int32_t total_of(gvc_i32x8 lanes)
{
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

/* Mix what the contexts say of a bit, code it, and learn. No sum overflows: eight products are below 2**27 each. */
static int mix_bit(gvc_mixer *mixer, int node, int kind, int bit)
{
    const gvc_adaptive_tables *tables = mixer->tables;
    int32_t *of_node = mixer->model->of_node[node];
    int32_t *of_energy = mixer->model->of_energy[mixer->energy * KINDS + kind];
    gvc_i32x8 inputs, counters, rates;
    for (int k = 0; k < CONTEXTS; k++) {
        const uint32_t counter = mixer->counters[k][node];
        counters[k] = (int32_t)counter;
        inputs[k] = tables->stretch[counter >> 20];
        rates[k] = tables->rate[counter & (COUNTS - 1)];
    }
    const gvc_i32x8 weights = gvc_load_i32x8(of_node), weights_too = gvc_load_i32x8(of_energy);
    const int32_t first = gvc_clip(total_of(inputs * (weights >> 2)) >> 14, -2047, 2047);
    const int32_t second = gvc_clip(total_of(inputs * (weights_too >> 2)) >> 14, -2047, 2047);
    bit = code_bit(mixer->bits, bit, tables->squash[((first + second) >> 1) + 2048]);
    const int32_t wrong = (bit << 16) - tables->squash[first + 2048];
    const int32_t wrong_too = (bit << 16) - tables->squash[second + 2048];
    enum { HALF = 1 << (LEARNING_BITS - 1) };
    const gvc_i32x8 learned = limited(weights + ((inputs * wrong + HALF) >> LEARNING_BITS), MOST_WEIGHT);
    const gvc_i32x8 learned_too = limited(weights_too + ((inputs * wrong_too + HALF) >> LEARNING_BITS), MOST_WEIGHT);
    __builtin_memcpy(of_node, &learned, sizeof learned);
    __builtin_memcpy(of_energy, &learned_too, sizeof learned_too);
    const gvc_i32x8 counts = counters & (COUNTS - 1), probabilities = counters >> COUNT_BITS & CERTAIN;
    const gvc_i32x8 moved = probabilities + ((((bit ? CERTAIN : 0) - probabilities) >> 3) * rates >> 9);
    const gvc_i32x8 next = moved << COUNT_BITS | (counts - (counts < COUNTS - 1));
    for (int k = 0; k < CONTEXTS; k++)
        mixer->counters[k][node] = (uint32_t)next[k];
    return bit;
}

/* The nodes of a difference: whether it is 0; its sign; then, for each sign, how many bits its magnitude has, and the
 * bits below the top one: all of magnitudes below 16, two of larger ones. The rest is equally likely. What is often
 * used lies close together. */
enum { IS_ZERO, IS_NEGATIVE, OF_TOP, MOST_TOP = 17, OF_SMALL = 38, OF_LARGE = 60, FIRST_LARGE = 4, MODELED_BITS = 2 };
enum { KIND_ZERO, KIND_SIGN, KIND_TOP, KIND_BELOW };

/* Code a difference, which the receiver is not given. */
static int32_t code_difference(gvc_mixer *mixer, int32_t wanted)
{
    static const uint8_t SMALL[FIRST_LARGE] = {0, 0, 1, 4};
    if (mix_bit(mixer, IS_ZERO, KIND_ZERO, wanted == 0))
        return 0;
    const int sign = mix_bit(mixer, IS_NEGATIVE, KIND_SIGN, wanted < 0);
    const uint32_t magnitude = wanted < 0 ? -(uint32_t)wanted : (uint32_t)wanted;
    int wanted_top = 0, top = 0;
    while (wanted_top < MOST_TOP && magnitude >> (wanted_top + 1))
        wanted_top++;
    while (top < MOST_TOP && !mix_bit(mixer, OF_TOP + 2 * top + sign, KIND_TOP, top == wanted_top))
        top++;
    uint32_t found = 1;
    for (int place = top - 1; place >= 0; place--) {
        int bit = magnitude >> place & 1;
        if (top < FIRST_LARGE)
            bit = mix_bit(mixer, OF_SMALL + 2 * (SMALL[top] + (int)found - 1) + sign, KIND_BELOW, bit);
        else if (top - 1 - place < MODELED_BITS)
            bit = mix_bit(mixer, OF_LARGE + 2 * (3 * (top - FIRST_LARGE) + (int)found - 1) + sign, KIND_BELOW, bit);
        else
            bit = code_bit(mixer->bits, bit, 1 << 15);
        found = found * 2 + (uint32_t)bit;
    }
    return sign ? -(int32_t)found : (int32_t)found;
}

/* ---- predictions */

/* The part of the predictions of a row that does not wait for the samples to the left: (FITS, columns) of planes->sums.
 * Sums wrap around; what a prediction is in the end fits. */
static void sum_features(const gvc_adaptive *planes, int component, int64_t y)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const gvc_feature *features = gvc_features(planes);
    const int n = gvc_num_features(planes, component);
    const int64_t stride = planes->stride, step = planes->block_columns;
    for (int64_t x = 0; x < planes->columns; x += step) {
        const int64_t here = y * stride + x;
        const int64_t moved = planes->moves ? gvc_moved_by(planes, y, x, 0) : 0;
        const int64_t older = planes->moves > 1 ? gvc_moved_by(planes, y, x, 1) : 0;
        uint32_t sums[FITS][TILE] = {{0}};
        const int16_t *weights = planes->weights + x / TILE * FITS * MOST_FEATURES;
        uint32_t rest[FITS] = {1 << WEIGHT_BITS, 1 << WEIGHT_BITS};
        for (int i = 0; i < n; i++) {
            const gvc_feature feature = features[i];
            const int64_t place = here + feature.y * stride + feature.x;
            const uint32_t weight = (uint32_t)weights[i], weight_too = (uint32_t)weights[MOST_FEATURES + i];
            if (feature.kind == MATE) {
                int32_t *const *mate = feature.mate ? planes->own[0].planes : planes->gray;
                const int32_t *now = mate[0] + place;
                const int32_t *then = planes->moves ? mate[1] + place + moved : mate[0] + here - 1;
                for (int l = 0; l < TILE; l++) {
                    const uint32_t change = (uint32_t)now[l] - (uint32_t)then[l];
                    sums[0][l] += weight * change;
                    sums[1][l] += weight_too * change;
                }
                continue;
            }
            if ((feature.kind == MOVED && planes->moves < 1) || (feature.kind == OLDER && planes->moves < 2))
                continue;
            rest[0] -= weight;
            rest[1] -= weight_too;
            if (feature.kind == SERIAL)
                continue;
            const int32_t *from = feature.kind == ABOVE ? own->planes[0] + place
                                : feature.kind == MOVED ? own->planes[1] + place + moved
                                                        : own->planes[2] + place + older;
            for (int l = 0; l < TILE; l++) {
                sums[0][l] += weight * (uint32_t)from[l];
                sums[1][l] += weight_too * (uint32_t)from[l];
            }
        }
        if (planes->moves) {
            const int32_t *from = own->planes[1] + here + moved;
            for (int l = 0; l < TILE; l++) {
                sums[0][l] += rest[0] * (uint32_t)from[l];
                sums[1][l] += rest[1] * (uint32_t)from[l];
            }
        }
        const int64_t count = gvc_min(step, planes->columns - x);
        for (int fit = 0; fit < FITS; fit++)
            __builtin_memcpy(planes->sums + fit * (planes->columns + TILE) + x, sums[fit], (size_t)count * 4);
    }
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

static const int16_t ENERGY_STEPS[ENERGIES - 1] = {2,  4,  6,  8,   11,  14,  18,  22,  28,  34,  42,  52,  64,
                                                   80, 100, 128, 160, 200, 256, 330, 440, 600, 900, 1500, 3000};

/* The number of a mean distance from predictions, in 1/16 of a unit: 0 to 25. */
GVC_INLINE int32_t energy_of(int32_t distance)
{
    int32_t found = 0;
    for (int32_t step = 16; step; step >>= 1)
        if (found + step < ENERGIES && distance >= ENERGY_STEPS[found + step - 1])
            found += step;
    return found;
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

/* What is around a sample. In a picture without one before it, the names with `moved` stand for others. */
typedef struct {
    int32_t left, left2, above, above_left, above_right, above2; /* samples of this picture */
    int32_t moved, moved_right, moved_below;                      /* of the picture before */
    int32_t energy, energy_here, energy_beside; /* distances: around it, of its row and the one above, of other planes */
    int32_t equal, change;                      /* how the neighbors are to those of the picture before */
    int32_t mate;                               /* the change of the component that is coded before this one */
} gvc_surroundings;

GVC_INLINE gvc_surroundings look_around(const gvc_adaptive *planes, int component, int64_t y, int64_t x, int64_t moved_by)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const int64_t stride = planes->stride, at = y * stride + x;
    const int32_t unit = planes->unit;
    const int32_t *s = own->planes[0] + at;
    const uint16_t *e = own->errors[0] + at;
    gvc_surroundings found;
    found.left = s[-1];
    found.left2 = s[-2];
    found.above = s[-stride];
    found.above_left = s[-stride - 1];
    found.above_right = s[-stride + 1];
    found.above2 = s[-2 * stride];
    const int32_t sides = e[-1] + e[-stride], rest = e[-2] + e[-2 * stride];
    found.energy_here = energy_of((2 * sides + e[-stride - 1] + e[-stride + 1]) / 6);
    if (planes->moves) {
        const int32_t *r = own->planes[1] + at + moved_by;
        const uint16_t *g = own->errors[1] + at + moved_by;
        const int32_t before = (4 * g[0] + 2 * (g[-1] + g[1] + g[-stride] + g[stride]) + g[stride - 1] + g[stride + 1] +
                                g[-stride - 1] + g[-stride + 1]) >> 4;
        found.moved = r[0];
        found.moved_right = r[1];
        found.moved_below = r[stride];
        found.energy = (3 * sides + e[-stride - 1] + 2 * e[-stride + 1] + rest + 5 * before) >> 4;
        found.energy_beside = before;
        found.equal = (s[-1] == r[-1]) | (s[-stride] == r[-stride]) << 1 | (s[-stride - 1] == r[-stride - 1]) << 2 |
                      (s[-stride + 1] == r[-stride + 1]) << 3;
        found.change = of_5(gvc_in_units(s[-1] - r[-1], unit)) + 5 * of_5(gvc_in_units(s[-stride] - r[-stride], unit)) +
                       25 * of_5(gvc_in_units(s[-stride + 1] - r[-stride + 1], unit)) +
                       125 * of_5(gvc_in_units(s[-stride - 1] - r[-stride - 1], unit));
    } else {
        found.moved = found.above;
        found.moved_right = found.left2;
        found.moved_below = found.above_left;
        found.energy = ((3 * sides + 2 * (e[-stride - 1] + e[-stride + 1]) + rest) * 11) >> 7;
        found.energy_beside = 0;
        found.equal = (s[-1] == s[-stride]) | (s[-stride] == s[-stride - 1]) << 1 | (s[-1] == s[-2]) << 2 |
                      (s[-stride + 1] == s[-stride]) << 3;
        found.change = 0;
    }
    found.mate = 0;
    if (planes->components > 1) {
        const int32_t *gray = planes->gray[0] + at, *gray_then = planes->moves ? planes->gray[1] + at + moved_by : gray - 1;
        const int32_t *mate = component ? planes->own[0].planes[0] + at : gray;
        const int32_t *mate_then = planes->moves && component ? planes->own[0].planes[1] + at + moved_by
                                   : component                ? mate - 1
                                                              : gray_then;
        found.mate = of_31(gvc_in_units(mate[0] - mate_then[0], unit));
        if (component)
            found.energy_beside = planes->own[0].errors[0][at];
        else if (planes->moves)
            found.energy_beside = smaller((8 * magnitude_of(gray[0] - gray_then[0]) + 4 * magnitude_of(gray[1] - gray_then[1]) +
                                           4 * magnitude_of(gray[stride] - gray_then[stride])) >> unit, UINT16_MAX);
        else
            found.energy_beside =
                smaller((8 * magnitude_of(gray[0] - gray[-1]) + 8 * magnitude_of(gray[0] - gray[-stride])) >> unit, UINT16_MAX);
        found.energy = (3 * found.energy + found.energy_beside) >> 2;
    }
    return found;
}

GVC_INLINE int32_t median_of(const gvc_surroundings *around)
{
    const int32_t high = around->left > around->above ? around->left : around->above;
    const int32_t low = around->left > around->above ? around->above : around->left;
    return gvc_clip(around->left + around->above - around->above_left, low, high);
}

/* Point the mixer to the counters of each context's value. guess: the prediction, in 1/16. */
GVC_INLINE void choose_counters(gvc_mixer *mixer, const gvc_adaptive *planes, const gvc_surroundings *around, int32_t guess)
{
    const int32_t rounded = guess + (1 << (FRACTION_BITS - 1)), center = rounded >> FRACTION_BITS;
    const int32_t fraction = rounded & ((1 << FRACTION_BITS) - 1), unit = planes->unit;
#define FROM_CENTER(sample) of_31(gvc_in_units((sample) - center, unit))
    const int32_t energy = mixer->energy, coarse = smaller(energy / 3, 8);
    const int32_t moved = FROM_CENTER(around->moved);
    const int32_t values[CONTEXTS] = {
        energy * 8 + (fraction >> 1),
        FROM_CENTER(around->left) * 31 + FROM_CENTER(around->above),
        around->equal * 31 + moved,
        FROM_CENTER(median_of(around)) * 9 + coarse,
        FROM_CENTER(around->above_right) * 31 + FROM_CENTER(around->moved_below),
        energy_of(around->energy_beside) / 2 * 26 + around->energy_here,
        FROM_CENTER(2 * around->left - around->left2) * 31 + FROM_CENTER(2 * around->above - around->above2),
        planes->components > 1 ? around->mate * 31 + moved : around->change,
    };
#undef FROM_CENTER
    for (int k = 0; k < CONTEXTS; k++) {
        mixer->counters[k] = mixer->model->counters[k][values[k]];
        __builtin_prefetch(mixer->counters[k], 1);
    }
}

/* The set of a prediction's mean error: which neighbors are above it, and how large errors are. */
GVC_INLINE int32_t bias_of(const gvc_adaptive *planes, const gvc_surroundings *around, int32_t guess, int32_t energy)
{
    const int32_t center = (guess + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS;
    int32_t texture = (around->left > center) | (around->above > center) << 1 | (around->above_left > center) << 2 |
                      (around->above_right > center) << 3;
    if (planes->moves)
        texture |= (around->moved > center) << 4 | (around->moved_right > center) << 5 | (around->moved_below > center) << 6;
    else
        texture |= (around->left2 > center) << 4 | (around->above2 > center) << 5;
    return (texture * 8 + smaller(energy / 3, 7)) * 2 + (planes->moves > 0);
}

/* Code the samples of a row. */
static void code_row(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)
{
    enum { MOST_BIAS_COUNT = 128, MOST_ERROR = 2047, SHARE_BITS = 8, TO_FRACTION = WEIGHT_BITS - FRACTION_BITS };
    const gvc_adaptive_component *own = &planes->own[component];
    gvc_adaptive_model *model = own->model;
    int32_t *row = own->planes[0] + y * planes->stride;
    uint16_t *errors = own->errors[0] + y * planes->stride;
    const int32_t unit = planes->unit;
    const int32_t low = planes->low * (1 << FRACTION_BITS), high = planes->high * (1 << FRACTION_BITS);
    gvc_mixer mixer = {.model = model, .tables = planes->tables, .bits = bits};
    int32_t left_error[FITS] = {0}, corner_error[FITS] = {0};
    uint32_t rest[FITS] = {0};
    int64_t moved_by = 0;
    for (int64_t x = 0; x < planes->columns; x++) {
        const int16_t *weights = planes->weights + x / TILE * FITS * MOST_FEATURES;
        if (planes->moves && x % planes->block_columns == 0)
            moved_by = gvc_moved_by(planes, y, x, 0);
        const gvc_surroundings around = look_around(planes, component, y, x, moved_by);
        int32_t guesses[FITS];
        uint32_t distrust[FITS];
        for (int fit = 0; fit < FITS; fit++) {
            const int16_t *own_weights = weights + fit * MOST_FEATURES;
            if (!planes->moves && x % TILE == 0)
                rest[fit] = left_over(planes, own_weights);
            const uint32_t sum = (uint32_t)planes->sums[fit * (planes->columns + TILE) + x] +
                                 ((uint32_t)own_weights[0] + rest[fit]) * (uint32_t)around.left +
                                 (uint32_t)own_weights[1] * (uint32_t)around.left2 + (1 << (TO_FRACTION - 1));
            guesses[fit] = gvc_clip((int32_t)sum >> TO_FRACTION, low, high);
            const int32_t errors_near =
                2 * left_error[fit] + 2 * own->of_fits[fit][x] + own->of_fits[fit][x + 1] + corner_error[fit] + 4;
            distrust[fit] = (uint32_t)smaller(errors_near, MOST_ERROR);
            distrust[fit] *= distrust[fit];
        }
        const int32_t share = (int32_t)((distrust[1] << SHARE_BITS) / (distrust[0] + distrust[1]));
        const int32_t blended = guesses[1] + (((guesses[0] - guesses[1]) * share + (1 << (SHARE_BITS - 1))) >> SHARE_BITS);
        mixer.energy = energy_of(around.energy);
        const int32_t bias = bias_of(planes, &around, blended, mixer.energy);
        const int32_t count = model->bias_count[bias], sum = model->bias_sum[bias];
        const int32_t guess = gvc_clip(blended + sum / (count + 4), low, high);
        choose_counters(&mixer, planes, &around, guess);
        const int32_t center = (guess + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS;
        const int32_t sample = gvc_clip(center + code_difference(&mixer, row[x] - center), planes->low, planes->high);
        row[x] = sample;
        const int32_t exact = sample * (1 << FRACTION_BITS);
        errors[x] = (uint16_t)smaller(magnitude_of(exact - guess) >> unit, UINT16_MAX);
        for (int fit = 0; fit < FITS; fit++) {
            corner_error[fit] = own->of_fits[fit][x];
            left_error[fit] = smaller(magnitude_of(exact - guesses[fit]) >> unit, MOST_ERROR);
            own->of_fits[fit][x] = (uint16_t)left_error[fit];
        }
        const int is_full = count + 1 == MOST_BIAS_COUNT;
        model->bias_sum[bias] = (sum + exact - blended) / (1 + is_full);
        model->bias_count[bias] = (count + 1) / (1 + is_full);
        planes->energies[y % TILE * planes->columns + x] = (uint8_t)mixer.energy;
    }
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

/* Code a row of tiles of a component.
 *
 * samples: (rows, columns) int32 of the whole component; the receiver's are written here.
 * Rows come from the first to the last; the last one ends the component.
 */
GVC_EXPORT int32_t gvc_code_adaptive_tiles(gvc_adaptive *planes, gvc_bits *bits, int32_t component, int64_t tile_row,
                                           int32_t *samples)
{
    enum { MOST_BYTES = 64 }; /* of a sample; it cannot take 36 */
    gvc_adaptive_component *own = &planes->own[component];
    const int64_t stride = planes->stride, columns = planes->columns;
    const int64_t top = tile_row * TILE, bottom = gvc_min(top + TILE, planes->rows);
    int32_t *plane = own->planes[0];
    if (bits->is_writing && bits->capacity - bits->size < MOST_BYTES * TILE * columns)
        return GVC_ADAPTIVE_NO_ROOM;
    if (tile_row == 0) {
        const int32_t middle = (planes->low + planes->high + 1) / 2;
        for (int64_t k = 1; k <= 2; k++)
            for (int64_t x = -PAD; x < columns + PAD; x++)
                plane[x - k * stride] = planes->moves ? own->planes[1][x] : middle;
        for (int fit = 0; fit < FITS; fit++)
            __builtin_memset(own->of_fits[fit], 0, (size_t)(columns + TILE) * sizeof *own->of_fits[fit]);
    }
    gvc_fit_tiles(planes, component, tile_row);
    for (int64_t y = top; y < bottom; y++) {
        int32_t *row = plane + y * stride;
        if (bits->is_writing)
            __builtin_memcpy(row, samples + y * columns, (size_t)columns * sizeof *row);
        row[-1] = row[-2] = row[-stride];
        sum_features(planes, component, y);
        code_row(planes, component, y, bits);
        for (int64_t k = 0; k < PAD; k++)
            row[columns + k] = row[columns - 1];
        if (!bits->is_writing)
            __builtin_memcpy(samples + y * columns, row, (size_t)columns * sizeof *row);
    }
    gvc_gather_products(planes, component, tile_row);
    if (bottom == planes->rows) {
        pad_plane(planes, plane);
        gvc_settle_products(planes, component);
    }
    /* A reader has looked four bytes ahead. */
    return !bits->is_writing && bits->size > bits->capacity + 4 ? GVC_ADAPTIVE_PAST_END : 0;
}

/* End what is written. */
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
    planes->tile_rows = (planes->rows + TILE - 1) / TILE;
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
            /* Two rows of tiles above and one below count, and are 0. */
            own->products[k] = (float *)take(memory, (row * (planes->tile_rows + 3) + LANES) * 4) + 2 * row + MARGIN;
            own->whole[k] = take(memory, pairs * 8);
        }
        for (int fit = 0; fit < FITS; fit++)
            own->of_fits[fit] = take(memory, (columns + TILE) * 2);
        own->model = take(memory, sizeof *own->model);
    }
    for (int k = 0; k < 2; k++) {
        planes->gray[k] = planes->components > 1 ? (int32_t *)take(memory, area * 4) + origin : 0;
        planes->vectors[k] = take(memory, planes->blocks_down * planes->blocks_across * 4 * 2);
    }
    planes->weights = take(memory, planes->tile_columns * FITS * MOST_FEATURES * 2);
    planes->sums = take(memory, FITS * (columns + TILE) * 4);
    planes->energies = take(memory, TILE * columns);
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

static void begin_model(gvc_adaptive_model *model)
{
    enum { START_WEIGHT = 19661 }; /* 0.3 */
    for (int k = 0; k < CONTEXTS; k++)
        for (int value = 0; value < CONTEXT_VALUES; value++)
            for (int node = 0; node < NODES; node++)
                model->counters[k][value][node] = (uint32_t)1 << 31;
    for (int k = 0; k < CONTEXTS; k++) {
        for (int node = 0; node < NODES; node++)
            model->of_node[node][k] = START_WEIGHT;
        for (int set = 0; set < ENERGIES * KINDS; set++)
            model->of_energy[set][k] = START_WEIGHT;
    }
}

/* Make the rest of planes from its first part. memory: gvc_adaptive_size bytes of 0, aligned to 64 bytes. */
GVC_EXPORT void gvc_begin_adaptive(gvc_adaptive *planes, uint8_t *memory)
{
    gvc_memory rest = {memory, 0};
    planes->moves = 0;
    planes->has_sums = 0;
    lay_out(planes, &rest);
    for (int64_t c = 0; c < planes->components; c++)
        begin_model(planes->own[c].model);
}
