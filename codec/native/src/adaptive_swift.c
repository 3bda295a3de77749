/* Samples of LEVEL_SWIFT: symbols as of the other levels, but two contexts, whose shares are added as they are, and no
 * mean errors of predictions. What a sample needs of those before it stays in registers.
 */
#include "adaptive_contexts.h"
#include "adaptive_symbols.h"

enum {
    HALF_SHARE_BITS = SHARE_BITS - 1, /* of the shares of one context */
    RATE_STEPS = 64,                  /* parts of what a context has learned, of 1 << HALF_SHARE_BITS, that share a rate */
    LEAST_RATE = 2,
    MOST_RATE = 7,
    STEPS_OF_15 = 15, /* of a difference of up to seven cells */
    STEPS_OF_5 = 5,
    ALL_EQUAL = 15,
    TO_FRACTION = WEIGHT_BITS - FRACTION_BITS,
    ROUNDING = 1 << (TO_FRACTION - 1),
    NEAR_GRAY = WEIGHT_KINDS * STEPS_OF_15 * STEPS_OF_15, /* values of the second context for each set of escapes */
    NEAR_CHROMA = STEPS_OF_15 * STEPS_OF_15 * STEPS_OF_5,
};

/* How slowly a context's shares move, by how much it has learned: a step is a part of 1 << rate. */
static const uint8_t RATE_OF[(1 << HALF_SHARE_BITS) / RATE_STEPS + 1] = {
    [0 ... 147] = 2, [148 ... 200] = 3, [201 ... 230] = 4, [231 ... 248] = 5, [249 ... 254] = 6, [255 ... 256] = 7,
};

/* What shares tend to, by rate and symbol. Those of symbols below keep 1, those above leave as much; they are given with
 * what makes a step, which is rounded down, one that is rounded up. The last place counts up whatever the symbol. */
#define AIM(rate, symbol, k) ((k) + 1 + ((k) < (symbol) ? 0 : (1 << HALF_SHARE_BITS) - SYMBOLS - 1 + (1 << (rate))))
#define FOUR_AIMS(rate, symbol, k) \
    AIM(rate, symbol, k), AIM(rate, symbol, k + 1), AIM(rate, symbol, k + 2), AIM(rate, symbol, k + 3)
#define AIMS_OF(rate, symbol) \
    {FOUR_AIMS(rate, symbol, 0), FOUR_AIMS(rate, symbol, 4), FOUR_AIMS(rate, symbol, 8), FOUR_AIMS(rate, symbol, 12)}
#define AIMS_OF_FOUR(rate, symbol) \
    AIMS_OF(rate, symbol), AIMS_OF(rate, symbol + 1), AIMS_OF(rate, symbol + 2), AIMS_OF(rate, symbol + 3)
#define AIMS_AT(rate) {AIMS_OF_FOUR(rate, 0), AIMS_OF_FOUR(rate, 4), AIMS_OF_FOUR(rate, 8), AIMS_OF_FOUR(rate, 12)}
static const _Alignas(64) int16_t AIMS[MOST_RATE - LEAST_RATE + 1][SYMBOLS][SYMBOLS] = {
    AIMS_AT(2), AIMS_AT(3), AIMS_AT(4), AIMS_AT(5), AIMS_AT(6), AIMS_AT(7),
};

/* The steps from the third symbol below to the third above, of seven cells to either side. */
static const uint8_t OF_5[STEPS_OF_15] = {0, 0, 0, 0, 0, 1, 1, 2, 3, 3, 4, 4, 4, 4, 4};

/* Move the shares of a context towards those that are certain of a symbol. */
GVC_INLINE void learn(int16_t *counts, int symbol)
{
    const int rate = RATE_OF[(uint16_t)counts[COUNTED] / RATE_STEPS];
    gvc_i16x16 shares, aims;
    __builtin_memcpy(&shares, __builtin_assume_aligned(counts, sizeof shares), sizeof shares);
    __builtin_memcpy(&aims, __builtin_assume_aligned(AIMS[rate - LEAST_RATE][symbol], sizeof aims), sizeof aims);
    shares += (aims - shares) >> rate;
    __builtin_memcpy(__builtin_assume_aligned(counts, sizeof shares), &shares, sizeof shares);
}

/* As gvc_clip, of what hardly ever is outside: a branch that is foreseen, for which the next sample need not wait. */
GVC_INLINE int32_t kept_within(int32_t value, int32_t low, int32_t high)
{
    if (__builtin_expect((uint32_t)value - (uint32_t)low > (uint32_t)(high - low), 0))
        return value < low ? low : high;
    return value;
}

/* The distance of a sample's surroundings from their predictions, from what is known of the row. */
GVC_INLINE int32_t whole_distance(int32_t of_row, int32_t error, int32_t error2, int32_t beside, int has_moves, int is_chroma)
{
    const int32_t sum = of_row + 3 * error + error2, own = has_moves ? sum >> 4 : sum * 11 >> 7;
    return is_chroma ? (3 * own + beside) >> 2 : own;
}

/* In cells, from the one of the prediction on: 0 to 14. */
GVC_INLINE int32_t of_15(int32_t from_start, int32_t shift)
{
    return gvc_clip(from_start >> shift, -NEAREST, NEAREST) + NEAREST;
}

/* How far a sample is from its prediction, in 1/16 of a unit. */
GVC_INLINE int32_t error_of(int32_t sample, int32_t guess, int32_t unit)
{
    return smaller(magnitude_of(sample * (1 << FRACTION_BITS) - guess) >> unit, UINT16_MAX);
}

/* Read the samples of a row. has_moves, is_chroma: constants, so that each has code of its own. */
GVC_INLINE void read_row(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits, int has_moves, int is_chroma)
{
    const gvc_adaptive_component *own = &planes->own[component];
    gvc_swift_model *model = own->swift;
    const gvc_row_facts facts = planes->facts;
    const int64_t columns = planes->columns;
    int32_t *row = own->planes[0] + y * planes->stride;
    const int32_t *above_row = row - planes->stride, *sums = planes->sums;
    uint16_t *errors = own->errors[0] + y * planes->stride;
    uint8_t *energies = planes->energies + y % TILE * columns;
    const int32_t low = planes->low * (1 << FRACTION_BITS), high = planes->high * (1 << FRACTION_BITS);
    gvc_symbol_coder coder = symbol_coder_of(bits);
    coder.is_writing = 0;
    int32_t left = row[-1], left2 = row[-2], above_left = above_row[-1], above = above_row[0];
    int32_t error = errors[-1], error2 = errors[-2];
    for (int64_t tile = 0; tile < columns; tile += TILE) {
        const int16_t *weights = planes->weights + tile / TILE * MOST_FITS * MOST_FEATURES;
        const uint32_t of_left = (uint32_t)weights[0] + (has_moves ? 0 : left_over(planes, weights));
        const uint32_t of_left2 = (uint32_t)weights[1];
        const int64_t end = gvc_min(tile + TILE, columns);
        for (int64_t x = tile; x < end; x++) {
            const uint32_t sum = (uint32_t)sums[x] + of_left * (uint32_t)left + of_left2 * (uint32_t)left2;
            const int32_t guess = kept_within((int32_t)(sum + ROUNDING) >> TO_FRACTION, low, high);
            const int32_t rounded = guess + (1 << (FRACTION_BITS - 1)), center = rounded >> FRACTION_BITS;
            const int32_t beside = is_chroma ? facts.beside[x] : 0;
            const int32_t energy =
                energy_of(planes, whole_distance(facts.distance[x], error, error2, beside, has_moves, is_chroma));
            const int32_t left_equal = has_moves ? left == facts.moved_left[x] : (left == above) | (left == left2) << 2;
            const int32_t equal = facts.equal[x] | left_equal;
            const gvc_swift_cell cell = model->cells[has_moves && equal == ALL_EQUAL][energy];
            const int32_t shift = cell.shift, to_cell = cell.half - center;
            const int32_t moved = of_15(facts.moved[x] + to_cell, shift);
            int32_t near = cell.near, of_energy = cell.energy + (rounded >> 1 & cell.fraction_mask);
            if (is_chroma) {
                near += (of_15(left + to_cell, shift) * STEPS_OF_15 + moved) * STEPS_OF_5 + facts.mate[x];
                of_energy += OF_5[of_15(above + to_cell, shift)] * ENERGIES * FRACTIONS;
            } else {
                const int32_t larger = left > above ? left : above, less = left > above ? above : left;
                const int32_t median = gvc_clip(left + above - above_left, less, larger);
                near += model->of_equal[equal] + moved * STEPS_OF_15 + of_15(median + to_cell, shift);
            }
            int16_t *counts[2] = {model->of_energy[of_energy], model->of_near[near]};
            const int symbol = code_shared(&coder, added(shares_of(counts[0]), shares_of(counts[1])), 0);
            learn(counts[0], symbol);
            learn(counts[1], symbol);
            const int32_t found = code_rest(&coder, model->of_escape[cell.escapes], symbol, 0, 0, shift);
            /* Damaged data may lead anywhere, and around. */
            const int32_t sample = kept_within((int32_t)((uint32_t)found - (uint32_t)to_cell), planes->low, planes->high);
            row[x] = sample;
            energies[x] = (uint8_t)energy;
            error2 = error;
            error = error_of(sample, guess, planes->unit);
            errors[x] = (uint16_t)error;
            left2 = left;
            left = sample;
            above_left = above;
            above = above_row[x + 1];
        }
    }
    put_back(&coder, bits);
}

/* What a writer finds of the samples of a tile's row, all at once, since it knows them. */
typedef struct {
    int32_t near[TILE], of_energy[TILE], symbol[TILE], wanted[TILE], from_start[TILE], shift[TILE], escapes[TILE];
} gvc_swift_tile;

/* The predictions of a row, in place of planes->sums, and how far samples are from them. */
GVC_INLINE void predict_row(const gvc_adaptive *planes, const int32_t *row, uint16_t *errors, int has_moves)
{
    const int32_t low = planes->low * (1 << FRACTION_BITS), high = planes->high * (1 << FRACTION_BITS);
    for (int64_t tile = 0; tile < planes->columns; tile += TILE) {
        const int16_t *weights = planes->weights + tile / TILE * MOST_FITS * MOST_FEATURES;
        const uint32_t of_left = (uint32_t)weights[0] + (has_moves ? 0 : left_over(planes, weights));
        const uint32_t of_left2 = (uint32_t)weights[1];
        const int32_t *own = row + tile;
        int32_t guesses[TILE];
        uint16_t found[TILE];
        __builtin_memcpy(guesses, planes->sums + tile, sizeof guesses);
        for (int l = 0; l < TILE; l++) {
            const uint32_t sum = (uint32_t)guesses[l] + of_left * (uint32_t)own[l - 1] + of_left2 * (uint32_t)own[l - 2];
            guesses[l] = gvc_clip((int32_t)(sum + ROUNDING) >> TO_FRACTION, low, high);
        }
        for (int l = 0; l < TILE; l++)
            found[l] = (uint16_t)error_of(own[l], guesses[l], planes->unit);
        __builtin_memcpy(planes->sums + tile, guesses, sizeof guesses);
        const int64_t count = gvc_min(TILE, planes->columns - tile);
        if (count == TILE)
            __builtin_memcpy(errors + tile, found, sizeof found);
        else
            for (int64_t l = 0; l < count; l++)
                errors[tile + l] = found[l];
    }
}

/* Find the energies of a row whose errors are known, and its cells, in place of facts.distance. They are looked up one by
 * one; vectors that load what was just stored so would wait, and do so a row later. */
GVC_INLINE void find_cells(const gvc_adaptive *planes, int component, int64_t y, int has_moves, int is_chroma)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const gvc_swift_model *model = own->swift;
    const gvc_row_facts *facts = &planes->facts;
    const int32_t *row = own->planes[0] + y * planes->stride, *above = row - planes->stride;
    const uint16_t *errors = own->errors[0] + y * planes->stride;
    uint8_t *energies = planes->energies + y % TILE * planes->columns;
    for (int64_t x = 0; x < planes->columns; x += TILE) {
        int32_t distances[TILE], equal[TILE];
        for (int l = 0; l < TILE; l++)
            distances[l] = whole_distance(facts->distance[x + l], errors[x + l - 1], errors[x + l - 2],
                                          is_chroma ? facts->beside[x + l] : 0, has_moves, is_chroma);
        for (int l = 0; l < TILE; l++) {
            const int32_t left = row[x + l - 1];
            equal[l] = facts->equal[x + l] | (has_moves ? left == facts->moved_left[x + l]
                                                        : (left == above[x + l]) | (left == row[x + l - 2]) << 2);
        }
        const int64_t count = gvc_min(TILE, planes->columns - x);
        for (int64_t l = 0; l < count; l++) {
            const int32_t energy = energy_of(planes, distances[l]), is_all = equal[l] == ALL_EQUAL;
            energies[x + l] = (uint8_t)energy;
            facts->distance[x + l] = model->cells[has_moves && is_all][energy].packed | ((equal[l] > 0) + is_all) << 24;
        }
    }
}

/* Find contexts and symbols of a tile's row. at: of its first sample; x: its column. */
GVC_INLINE void look_at_tile(const gvc_adaptive *planes, int component, int64_t at, int64_t x, int is_chroma,
                             gvc_swift_tile *found)
{
    const gvc_row_facts *facts = &planes->facts;
    const int32_t *row = planes->own[component].planes[0] + at, *above = row - planes->stride, *cells = facts->distance + x;
    int32_t to_cell[TILE], shift[TILE], near[TILE], of_energy[TILE];
    for (int l = 0; l < TILE; l++) {
        const int32_t rounded = planes->sums[x + l] + (1 << (FRACTION_BITS - 1));
        shift[l] = cells[l] >> 8 & 31;
        to_cell[l] = (int32_t)((1u << shift[l]) >> 1) - (rounded >> FRACTION_BITS); /* any shift beyond the last column */
        of_energy[l] = (cells[l] & 31) * FRACTIONS + (rounded >> 1 & (shift[l] ? 0 : FRACTIONS - 1));
        near[l] = (cells[l] >> 16 & 3) * (is_chroma ? NEAR_CHROMA : NEAR_GRAY);
    }
    for (int l = 0; l < TILE; l++) {
        const int32_t left = row[l - 1], moved = of_15(facts->moved[x + l] + to_cell[l], shift[l]);
        if (is_chroma) {
            near[l] += (of_15(left + to_cell[l], shift[l]) * STEPS_OF_15 + moved) * STEPS_OF_5 + facts->mate[x + l];
            of_energy[l] += of_5((above[l] + to_cell[l]) >> shift[l]) * ENERGIES * FRACTIONS;
        } else {
            const int32_t larger = left > above[l] ? left : above[l], less = left > above[l] ? above[l] : left;
            const int32_t median = gvc_clip(left + above[l] - above[l - 1], less, larger);
            near[l] += ((cells[l] >> 24) * STEPS_OF_15 + moved) * STEPS_OF_15 + of_15(median + to_cell[l], shift[l]);
        }
    }
    for (int l = 0; l < TILE; l++) {
        found->from_start[l] = row[l] + to_cell[l];
        found->wanted[l] = found->from_start[l] >> shift[l];
        found->symbol[l] = gvc_clip(found->wanted[l] + ZERO, 0, SYMBOLS - 1);
        found->escapes[l] = cells[l] >> 16 & 3;
    }
    __builtin_memcpy(found->near, near, sizeof near);
    __builtin_memcpy(found->of_energy, of_energy, sizeof of_energy);
    __builtin_memcpy(found->shift, shift, sizeof shift);
}

/* Write the samples of a row: as read_row, but nothing waits for a sample. */
GVC_INLINE void write_row(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits, int has_moves, int is_chroma)
{
    const gvc_adaptive_component *own = &planes->own[component];
    gvc_swift_model *model = own->swift;
    const int64_t columns = planes->columns, at = y * planes->stride;
    gvc_symbol_coder coder = symbol_coder_of(bits);
    coder.is_writing = 1;
    predict_row(planes, own->planes[0] + at, own->errors[0] + at, has_moves);
    find_cells(planes, component, y, has_moves, is_chroma);
    for (int64_t x = 0; x < columns; x += TILE) {
        gvc_swift_tile tile;
        look_at_tile(planes, component, at + x, x, is_chroma, &tile);
        const int64_t count = gvc_min(TILE, columns - x);
        for (int64_t l = 0; l < count; l++) {
            int16_t *counts[2] = {model->of_energy[tile.of_energy[l]], model->of_near[tile.near[l]]};
            const int symbol = code_shared(&coder, added(shares_of(counts[0]), shares_of(counts[1])), tile.symbol[l]);
            learn(counts[0], symbol);
            learn(counts[1], symbol);
            code_rest(&coder, model->of_escape[tile.escapes[l]], symbol, tile.wanted[l], tile.from_start[l], tile.shift[l]);
        }
    }
    put_back(&coder, bits);
}

/* A copy of planes, whose address nobody has, stays in registers. */
#define CODE_ROW(name, code, has_moves, is_chroma)                                                  \
    static void name(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)          \
    {                                                                                               \
        const gvc_adaptive own_planes = *planes;                                                    \
        code(&own_planes, component, y, bits, has_moves, is_chroma);                                \
    }
#if defined(__wasm__)
/* What a page loads is to be small. */
CODE_ROW(read_any, read_row, planes->moves > 0, planes->components > 1)
CODE_ROW(write_any, write_row, planes->moves > 0, planes->components > 1)
#define read_first_gray read_any
#define read_first_chroma read_any
#define read_gray read_any
#define read_chroma read_any
#define write_first_gray write_any
#define write_first_chroma write_any
#define write_gray write_any
#define write_chroma write_any
#else
CODE_ROW(read_first_gray, read_row, 0, 0)
CODE_ROW(write_first_gray, write_row, 0, 0)
CODE_ROW(read_first_chroma, read_row, 0, 1)
CODE_ROW(write_first_chroma, write_row, 0, 1)
CODE_ROW(read_gray, read_row, 1, 0)
CODE_ROW(write_gray, write_row, 1, 0)
CODE_ROW(read_chroma, read_row, 1, 1)
CODE_ROW(write_chroma, write_row, 1, 1)
#endif

/* Code the samples of a row, of which all is known that does not wait for its samples. */
void gvc_code_swift_row(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits)
{
    static void (*const OF[2][2][2])(const gvc_adaptive *, int, int64_t, gvc_bits *) = {
        {{read_first_gray, write_first_gray}, {read_first_chroma, write_first_chroma}},
        {{read_gray, write_gray}, {read_chroma, write_chroma}},
    };
    OF[planes->moves > 0][planes->components > 1][bits->is_writing](planes, component, y, bits);
}

void gvc_begin_swift(gvc_swift_model *model, int is_chroma, int unit)
{
    for (int k = 0; k < ENERGY_VALUES; k++)
        for (int symbol = 0; symbol < COUNTED; symbol++)
            model->of_energy[k][symbol] = start_share(symbol) / 2;
    for (int k = 0; k < NEAR_VALUES; k++)
        __builtin_memcpy(model->of_near[k], model->of_energy[0], sizeof model->of_near[k]);
    begin_escapes(model->of_escape);
    for (int is_copy = 0; is_copy < 2; is_copy++)
        for (int energy = 0; energy < ENERGIES; energy++) {
            gvc_swift_cell *cell = &model->cells[is_copy][energy];
            const int wider = is_copy ? 0 : cell_bits(energy);
            cell->shift = (uint8_t)(is_copy ? 0 : unit + wider);
            cell->half = 1 << cell->shift >> 1;
            cell->fraction_mask = cell->shift ? 0 : FRACTIONS - 1;
            cell->escapes = (uint8_t)smaller(wider, ESCAPES - 1);
            cell->energy = (int16_t)(energy * FRACTIONS);
            cell->near = (int16_t)(cell->escapes * (is_chroma ? NEAR_CHROMA : NEAR_GRAY));
            cell->packed = energy | cell->shift << 8 | cell->escapes << 16;
        }
    for (int equal = 0; equal <= ALL_EQUAL; equal++)
        model->of_equal[equal] = (equal == ALL_EQUAL ? 2 : equal > 0) * STEPS_OF_15 * STEPS_OF_15;
}
