/* One step of a picture: from the network's results to means and scales, through the entropy coder to samples.
 *
 * The reference is codec/lossless/planes.py, PlaneCoder; codec/lossless/predictor_weights.py explains the five steps.
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
    MAX_ERROR = 4,
    LAST_STEP = 4,
    CHESSBOARD_STEPS = 2, /* the first steps code every other square */
};

/* Log2 of the quantization steps 1, 3, 5, 7 and 9, in scales, rounded. */
static const int32_t SCALES_OF_ERROR[MAX_ERROR + 1] = {0, 6, 9, 11, 13};

/* A step of a picture. Strides are in int16. */
typedef struct {
    int64_t step;                         /* 0 to 4 */
    int64_t rows, columns, components;    /* of the lattice; 1 or 2 components */
    int64_t low, high;                    /* the range of the samples */
    int64_t max_errors[2];                /* for each component, 0 to MAX_ERROR */
    const int16_t *planes;                /* (rows, columns, components); NULL in the receiver */
    const int16_t *base;                  /* the same shape, in quarters of a code value */
    int16_t *decoded;                     /* the same shape */
    const int16_t *results;               /* for each square */
    int64_t results_row, results_pixel;   /* strides of rows and squares */
    int16_t *missed;                      /* for each square, 4 * components */
    int64_t missed_row, missed_pixel;
    int32_t *scratch;                     /* STEP_ARRAYS * squares */
} gvc_step;

/* Of int32 in the scratch memory, one entry for each sample; the last two are those of gvc_code_samples. */
enum { MEANS, SCALES, VALUES, MIDDLES, MISSES, TABLES, SORTED, STEP_ARRAYS };

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
 * `spacing` is the size of a quantization step, a constant wherever this is inlined. Before, MISSES are those of the
 * component before; afterwards the means, in eighths. Returns the number of samples.
 */
GVC_INLINE int64_t predict(const gvc_step *step, const gvc_places *places, int32_t *const arrays[], int64_t component,
                           const int32_t spacing)
{
    const int32_t low = (int32_t)step->low * (1 << GVC_MEAN_BITS), high = (int32_t)step->high * (1 << GVC_MEAN_BITS);
    const int32_t finer = SCALES_OF_ERROR[spacing / 2];
    int32_t *restrict means = arrays[MEANS], *restrict scales = arrays[SCALES], *restrict values = arrays[VALUES];
    int32_t *restrict middles = arrays[MIDDLES], *restrict misses = arrays[MISSES];
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
            misses[n] = mean;
            mean = gvc_clip(mean, low, high);
            const int32_t rounded = (results[2 * component + 1] + (1 << (SCALE_UNIT_BITS - 1))) >> SCALE_UNIT_BITS;
            const int32_t scale = gvc_clip(rounded + SCALE_OF_ZERO, 0, TOP_SCALE);
            scales[n] = gvc_clip(scale - finer, 0, TOP_SCALE);
            const int32_t middle = spacing > 1 ? (mean + (1 << (GVC_MEAN_BITS - 1))) >> GVC_MEAN_BITS : 0;
            middles[n] = middle;
            means[n] = in_steps(mean - middle * (1 << GVC_MEAN_BITS), spacing);
            if (step->planes)
                values[n] = in_steps(step->planes[place] - middle, spacing);
        }
    return n;
}

/* Put the samples of a component into the planes, their companded misses into the squares, and MISSES in eighths. */
static void put(const gvc_step *step, const gvc_places *places, int32_t *const arrays[], int64_t component,
                int32_t spacing)
{
    const int32_t low = (int32_t)step->low, high = (int32_t)step->high;
    int16_t *missed = step->missed + places->phase * step->components + component;
    int64_t n = 0;
    for (int64_t row = 0; row < places->rows; row++)
        for (int64_t column = first_column(places, row); column < places->columns; column += places->stride, n++) {
            const int64_t place = place_of(step, places, row, column) + component;
            const int32_t value = gvc_clip(arrays[MIDDLES][n] + arrays[VALUES][n] * spacing, low, high);
            step->decoded[place] = (int16_t)value;
            missed[row * step->missed_row + column * step->missed_pixel] =
                (int16_t)gvc_companded(4 * value - step->base[place]);
            arrays[MISSES][n] = value * (1 << GVC_MEAN_BITS) - arrays[MISSES][n];
        }
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
        int64_t count = 0;
#define CASE(error)                                                                                                    \
    case error:                                                                                                        \
        count = predict(step, &places, arrays, component, 2 * error + 1);                                              \
        break
        switch (step->max_errors[component]) {
            CASE(0);
            CASE(1);
            CASE(2);
            CASE(3);
            CASE(4);
            default:
                return GVC_IMPOSSIBLE_SYMBOL;
        }
#undef CASE
        /* The scratch of gvc_code_samples is TABLES and SORTED, which are as long as there are squares. */
        const int32_t wrong = gvc_code_samples(symbols, component, count, arrays[MEANS], arrays[SCALES],
                                               arrays[VALUES], arrays[TABLES]);
        if (wrong)
            return wrong;
        put(step, &places, arrays, component, 2 * (int32_t)step->max_errors[component] + 1);
    }
    return 0;
}
