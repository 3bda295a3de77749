/* Adaptive planes, row by row and sample by sample: predictions, and the differences from them. */
#include "adaptive.h"
#include "adaptive_bits.h"
#include "adaptive_contexts.h"
#include "adaptive_experts.h"
#include "adaptive_symbols.h"

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

/* Code a sample's difference as a symbol. A cell: neighboring differences that have a symbol together; they are
 * 2**shift many, the more the further predictions are off. The outer symbols are those of all that is further away. */
GVC_INLINE int32_t code_by_symbols(const gvc_adaptive *planes, gvc_symbol_coder *coder, gvc_symbol_model *model,
                                   const gvc_surroundings *around, int64_t x, int32_t guess, int32_t wanted)
{
    enum { ALL_EQUAL = 15 };
    const int32_t rounded = guess + (1 << (FRACTION_BITS - 1)), center = rounded >> FRACTION_BITS;
    /* Where all neighbors are as in the picture before, the sample most likely is, too, to the bit. */
    const int is_copy = planes->moves && around->equal == ALL_EQUAL;
    const int32_t energy = around->energy, wider = is_copy ? 0 : cell_bits(energy);
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
    const int symbol = code_symbol(coder, weights, counts, gvc_clip(cell + ZERO, 0, SYMBOLS - 1), x & 1);
    const int32_t found = code_rest(coder, model->of_escape[set], symbol, cell, from_start, shift);
    /* Damaged data may lead anywhere, and around. */
    return (int32_t)((uint32_t)found - (uint32_t)half + (uint32_t)center);
}

/* Code the samples of a row. level: a constant, so that each has code of its own. */
GVC_INLINE void code_row(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits, int level)
{
    enum { MOST_BIAS_COUNT = 128, MOST_ERROR = 2047, BLEND_BITS = 8, TO_FRACTION = WEIGHT_BITS - FRACTION_BITS };
    enum { BIAS_BITS = 6, BIAS_RATE = 6, MOST_BIAS = 4095 };
    const int num_fits = level == LEVEL_FIRST_SWIFT ? 1 : level == LEVEL_MAX ? MOST_FITS : 2;
    const gvc_adaptive_component *own = &planes->own[component];
    int32_t *bias_sum = level == LEVEL_MAX ? own->experts->bias_sum : level == LEVEL_FIRST ? own->model->bias_sum : 0;
    int32_t *bias_count = level == LEVEL_MAX ? own->experts->bias_count : level == LEVEL_FIRST ? own->model->bias_count : 0;
    int32_t *row = own->planes[0] + y * planes->stride;
    uint16_t *errors = own->errors[0] + y * planes->stride;
    const int32_t unit = planes->unit;
    const int32_t low = planes->low * (1 << FRACTION_BITS), high = planes->high * (1 << FRACTION_BITS);
    gvc_symbol_coder coder = symbol_coder_of(bits);
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
            sample = code_by_symbols(planes, &coder, own->symbols, &around, x, guess, row[x]);
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
    if (level == LEVEL_STANDARD || level == LEVEL_FIRST_SWIFT)
        put_back(&coder, bits);
}

/* Code the samples of a row as symbols. A copy of planes, whose address nobody has, stays in registers. */
GVC_INLINE void code_row_as(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits, int level)
{
    const gvc_adaptive own_planes = *planes;
    code_row(&own_planes, component, y, bits, level);
}

static void code_row_standard(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)
{
    code_row_as(planes, component, y, bits, LEVEL_STANDARD);
}

static void code_row_first_swift(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)
{
    code_row_as(planes, component, y, bits, LEVEL_FIRST_SWIFT);
}

static void code_row_first(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)
{
    code_row(planes, component, y, bits, LEVEL_FIRST);
}

static void code_row_max(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)
{
    code_row(planes, component, y, bits, LEVEL_MAX);
}

/* Code a row of a component, whose rows above and whose weights are there. */
void gvc_code_adaptive_row(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)
{
    static void (*const CODE_ROW[])(const gvc_adaptive *, int, int64_t, gvc_bits *) = {
        [LEVEL_FIRST] = code_row_first,
        [LEVEL_STANDARD] = code_row_standard,
        [LEVEL_FIRST_SWIFT] = code_row_first_swift,
        [LEVEL_MAX] = code_row_max,
        [LEVEL_SWIFT] = gvc_code_swift_row,
    };
    gvc_look_along(planes, component, y);
    CODE_ROW[planes->level](planes, component, y, bits);
}
