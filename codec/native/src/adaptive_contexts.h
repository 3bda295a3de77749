/* What is around a sample of adaptive planes: energies, contexts, sets of mean errors and of mixing weights. */
#ifndef GVC_ADAPTIVE_CONTEXTS_H
#define GVC_ADAPTIVE_CONTEXTS_H

#include "adaptive.h"
#include "adaptive_experts.h"

enum { TEXTURE_STEP = 16 }; /* sets of mean errors of a texture: eight energies, with or without a picture before */

/* The number of a mean distance from predictions, in 1/16 of a unit: 0 to 25. */
GVC_INLINE int32_t energy_of(const gvc_adaptive *planes, int32_t distance)
{
    return distance < LEAST_OF_MOST_ENERGY ? planes->energy_of[distance] : ENERGIES - 1;
}

/* A difference, limited to +-most, as a number from 0 on. */
GVC_INLINE int32_t from_zero(int32_t difference, int32_t most)
{
    return gvc_clip(difference, -most, most) + most;
}

GVC_INLINE int32_t of_31(int32_t difference)
{
    return from_zero(difference, 15);
}

GVC_INLINE int32_t of_5(int32_t difference)
{
    return (difference > -3) + (difference >= 0) + (difference > 0) + (difference > 2);
}

GVC_INLINE int32_t magnitude_of(int32_t value)
{
    return value < 0 ? -value : value;
}

GVC_INLINE int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Of weights in a picture without one before it: what is left for the sample to the left, from which they start. */
GVC_INLINE uint32_t left_over(const gvc_adaptive *planes, const int16_t *weights)
{
    const gvc_feature *features = gvc_features(planes);
    uint32_t rest = 1 << WEIGHT_BITS;
    for (int i = 0; features[i].kind <= ABOVE; i++)
        rest -= (uint32_t)weights[i];
    return rest;
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
#define FROM_CENTER(sample, most) from_zero(gvc_in_units((sample) - center, unit), most)
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

#endif
