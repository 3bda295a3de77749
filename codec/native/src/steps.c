/* One step of a picture: from the network's results to means and scales, through the entropy coder to samples.
 *
 * The reference is codec/lossless/steps.py; codec/lossless/predictor_weights.py explains the five steps.
 *
 * The network counts in units of 2**unit_bits code values. No sum overflows, whatever the base and the results: both are
 * int16, so the first mean is below 2**17 eighths of a unit. A sample is at most 2**20 eighths of a code value, so the
 * first miss is below 2**(20 - unit_bits) + 2**17 eighths of a unit, and its product with the coupling below 2**28. At
 * most twice the miss is added to the second mean, which is below 2**21 + 3 * 2**(17 + unit_bits) eighths of a code
 * value: below 2**31 with units of up to 2**12.
 */
#include "companding.h"
#include "tables.h"

enum {
    RESULT_BITS = 6, /* a share of 1 is 64 */
    COUPLING_MAX = 128,
    COUPLING_RESULT = 4,  /* the place of the share among a square's results */
    SCALE_UNIT_BITS = 4,  /* scales come in 16ths of a step between two scales */
    SCALE_OF_ZERO = 18,
    TOP_SCALE = 43,
    SCALES_PER_OCTAVE = 4,
    LAST_STEP = 4,
    CHESSBOARD_STEPS = 2, /* the first steps code every other square */
};

/* Numbers of quantization steps from the mean are limited to this: more than any sample needs, and when multiplied by the
 * largest step, 2 * 4095 + 1, below 2**31. */
enum { FARTHEST = 1 << 17 };

/* A step of a picture. Strides of results and misses are in int16. */
typedef struct {
    int64_t step;                         /* 0 to 4 */
    int64_t rows, columns, components;    /* of the lattice; 1 or 2 components */
    int64_t low, high;                    /* the range of the samples */
    int64_t unit_bits;                    /* the network's unit is 2**unit_bits code values */
    int64_t raw_bits;                     /* the most low bits of a sample that are coded without a model */
    int64_t max_errors[2];                /* for each component, the largest error of a decoded sample */
    int64_t finer[2];                     /* for each component, log2 of its quantization step, in scales */
    const int32_t *planes;                /* (rows, columns, components); NULL in the receiver */
    const int16_t *base;                  /* the same shape, in quarters of a unit */
    int32_t *decoded;                     /* the same shape */
    const int16_t *results;               /* for each square */
    int64_t results_row, results_pixel;   /* strides of rows and squares */
    int16_t *missed;                      /* for each square, 4 * components */
    int64_t missed_row, missed_pixel;
    int32_t *scratch;                     /* STEP_ARRAYS * squares */
} gvc_step;

/* Of int32 in the scratch memory, one entry for each sample; TABLES and SORTED are those of gvc_code_samples. */
enum { MEANS, SCALES, VALUES, MIDDLES, MISSES, TABLES, SORTED, RAW, RAW_BITS, STEP_ARRAYS };

/* The places of a step's samples: at most one in each square of 2x2. */
typedef struct {
    int64_t down, across;  /* the place in the square */
    int64_t phase;         /* its number in coding order */
    int64_t rows, columns; /* of squares that have such a place */
    int64_t stride;        /* 2 for every other square */
    int64_t color;         /* of these squares, if all are colored like a chessboard */
} gvc_places;

/* Number of int32 in the scratch memory for each square. */
GVC_EXPORT int64_t gvc_step_arrays(void)
{
    return STEP_ARRAYS;
}

static gvc_places places_of(const gvc_step *step)
{
    static const int8_t DOWN[] = {0, 0, 1, 0, 1}, ACROSS[] = {0, 0, 1, 1, 0}, PHASE[] = {0, 0, 1, 2, 3};
    gvc_places places = {.down = DOWN[step->step], .across = ACROSS[step->step], .phase = PHASE[step->step]};
    places.rows = (step->rows - places.down + 1) / 2;
    places.columns = (step->columns - places.across + 1) / 2;
    places.stride = step->step < CHESSBOARD_STEPS ? 2 : 1;
    places.color = step->step < CHESSBOARD_STEPS ? step->step : 0;
    return places;
}

/* The first column of squares in a row of squares. */
GVC_INLINE int64_t first_column(const gvc_places *places, int64_t row)
{
    return (row * (places->stride - 1) + places->color) % 2;
}

/* Where a square's sample lies in the planes. */
GVC_INLINE int64_t place_of(const gvc_step *step, const gvc_places *places, int64_t row, int64_t column)
{
    return ((2 * row + places->down) * step->columns + 2 * column + places->across) * step->components;
}

/* Divide by the size of a quantization step, which is odd, and round to the nearest. */
GVC_INLINE int32_t in_steps(int32_t value, const int32_t spacing)
{
    if (spacing == 1)
        return value;
    const int32_t doubled = 2 * value + spacing;
    return doubled / (2 * spacing) - (doubled % (2 * spacing) < 0); /* rounds down; C rounds towards 0 */
}

/* The means and scales of a component, and a sender's samples, all counted in quantization steps from MIDDLES on.
 *
 * `spacing` is the size of a quantization step and `is_deep` whether samples have more than 8 bits, mostly constants
 * where this is inlined. Before, MISSES are those of the component before; afterwards the means, in eighths. Returns the
 * number of samples.
 */
GVC_INLINE int64_t predict(const gvc_step *step, const gvc_places *places, int32_t *const arrays[], int64_t component,
                           const int32_t spacing, const int is_deep)
{
    const int32_t low = (int32_t)step->low * (1 << GVC_MEAN_BITS), high = (int32_t)step->high * (1 << GVC_MEAN_BITS);
    const int32_t finer = (int32_t)step->finer[component];
    const int32_t unit_bits = is_deep ? (int32_t)step->unit_bits : 0, raw_bits = is_deep ? (int32_t)step->raw_bits : 0;
    /* A base is rounded down to a quarter of a unit: on average it lacks this, in eighths of a code value. */
    const int32_t lacking = unit_bits > 2 ? ((1 << (unit_bits - 2)) - 1) * 4 : 0;
    const int32_t scale_of_zero = SCALE_OF_ZERO + SCALES_PER_OCTAVE * unit_bits;
    const int32_t top_scale = TOP_SCALE + SCALES_PER_OCTAVE * raw_bits;
    int32_t *restrict means = arrays[MEANS], *restrict scales = arrays[SCALES], *restrict values = arrays[VALUES];
    int32_t *restrict middles = arrays[MIDDLES], *restrict misses = arrays[MISSES];
    int32_t *restrict raw = arrays[RAW], *restrict bits = arrays[RAW_BITS];
    int64_t n = 0;
    for (int64_t row = 0; row < places->rows; row++)
        for (int64_t column = first_column(places, row); column < places->columns; column += places->stride, n++) {
            const int16_t *results = step->results + row * step->results_row + column * step->results_pixel;
            const int64_t place = place_of(step, places, row, column) + component;
            int32_t mean = step->base[place] * (1 << (GVC_MEAN_BITS - 2)) + results[2 * component];
            if (component) {
                const int32_t coupling = gvc_clip(results[COUPLING_RESULT], -COUPLING_MAX, COUPLING_MAX);
                mean += (coupling * misses[n] + (1 << (RESULT_BITS - 1))) >> RESULT_BITS;
            }
            mean = mean * (1 << unit_bits) + lacking;
            misses[n] = mean;
            mean = gvc_clip(mean, low, high);
            const int32_t rounded = (results[2 * component + 1] + (1 << (SCALE_UNIT_BITS - 1))) >> SCALE_UNIT_BITS;
            int32_t scale = gvc_clip(rounded + scale_of_zero, 0, top_scale);
            scale = gvc_clip(scale - finer, 0, top_scale);
            const int32_t middle = spacing > 1 ? (mean + (1 << (GVC_MEAN_BITS - 1))) >> GVC_MEAN_BITS : 0;
            middles[n] = middle;
            mean = in_steps(mean - middle * (1 << GVC_MEAN_BITS), spacing);
            int32_t few = 0;
            if (is_deep) { /* as many low bits are coded without a model as make the scale no more than the top one */
                few = gvc_clip(scale - TOP_SCALE + SCALES_PER_OCTAVE - 1, 0, top_scale) / SCALES_PER_OCTAVE;
                bits[n] = few;
            }
            scales[n] = scale - SCALES_PER_OCTAVE * few;
            means[n] = mean >> few;
            if (step->planes) {
                const int32_t value = in_steps(step->planes[place] - middle, spacing);
                values[n] = value >> few;
                if (is_deep)
                    raw[n] = value & ((1 << few) - 1);
            }
        }
    return n;
}

/* Put the samples of a component into the planes, their companded misses into the squares, and MISSES in eighths of a
 * unit. */
static void put(const gvc_step *step, const gvc_places *places, int32_t *const arrays[], int64_t component,
                int32_t spacing)
{
    const int32_t low = (int32_t)step->low, high = (int32_t)step->high, unit_bits = (int32_t)step->unit_bits;
    int16_t *missed = step->missed + places->phase * step->components + component;
    int64_t n = 0;
    for (int64_t row = 0; row < places->rows; row++)
        for (int64_t column = first_column(places, row); column < places->columns; column += places->stride, n++) {
            const int64_t place = place_of(step, places, row, column) + component;
            const int32_t value = gvc_clip(arrays[MIDDLES][n] + arrays[VALUES][n] * spacing, low, high);
            step->decoded[place] = value;
            missed[row * step->missed_row + column * step->missed_pixel] =
                (int16_t)gvc_companded(gvc_in_quarters(4 * value, unit_bits) - step->base[place]);
            arrays[MISSES][n] = (value * (1 << GVC_MEAN_BITS) - arrays[MISSES][n]) >> unit_bits;
        }
}

/* Code the low bits of deep samples, and put them below the upper ones. */
static int32_t code_raw_bits(const gvc_symbols *symbols, int32_t *const arrays[], int64_t count)
{
    const int32_t wrong = symbols->writer ? gvc_write_bits(symbols->writer, arrays[RAW], arrays[RAW_BITS], count)
                                          : gvc_read_bits(symbols->reader, arrays[RAW], arrays[RAW_BITS], count);
    int32_t *restrict values = arrays[VALUES];
    for (int64_t k = 0; k < count && !wrong; k++) {
        const int32_t upper = gvc_clip(values[k], -FARTHEST, FARTHEST); /* damaged data may say anything */
        values[k] = gvc_clip(upper * (1 << arrays[RAW_BITS][k]) | arrays[RAW][k], -FARTHEST, FARTHEST);
    }
    return wrong;
}

/* As predict, which is compiled for each of the usual cases. */
static int64_t predict_any(const gvc_step *step, const gvc_places *places, int32_t *const arrays[], int64_t component)
{
    const int64_t error = step->max_errors[component];
    const int32_t spacing = 2 * (int32_t)error + 1;
    if (step->raw_bits)
        return error ? predict(step, places, arrays, component, spacing, 1)
                     : predict(step, places, arrays, component, 1, 1);
#define CASE(error)                                                                                                    \
    case error:                                                                                                        \
        return predict(step, places, arrays, component, 2 * error + 1, 0)
    switch (error) {
        CASE(0);
        CASE(1);
        CASE(2);
        CASE(3);
        CASE(4);
        default:
            return predict(step, places, arrays, component, spacing, 0);
    }
#undef CASE
}

/* Code one step. Python has checked the sizes of the arrays and the numbers of the step. */
GVC_EXPORT int32_t gvc_code_step(const gvc_symbols *symbols, const gvc_step *step)
{
    if (step->step < 0 || step->step > LAST_STEP)
        return GVC_IMPOSSIBLE_SYMBOL;
    const gvc_places places = places_of(step);
    const int64_t squares = ((step->rows + 1) / 2) * ((step->columns + 1) / 2);
    int32_t *arrays[STEP_ARRAYS];
    for (int64_t k = 0; k < STEP_ARRAYS; k++)
        arrays[k] = step->scratch + k * squares;
    for (int64_t component = 0; component < step->components; component++) {
        const int64_t count = predict_any(step, &places, arrays, component);
        /* The scratch of gvc_code_samples is TABLES and SORTED, which are as long as there are squares. */
        int32_t wrong = gvc_code_samples(symbols, component, count, arrays[MEANS], arrays[SCALES], arrays[VALUES],
                                         arrays[TABLES]);
        if (!wrong && step->raw_bits)
            wrong = code_raw_bits(symbols, arrays, count);
        if (wrong)
            return wrong;
        put(step, &places, arrays, component, 2 * (int32_t)step->max_errors[component] + 1);
    }
    return 0;
}
