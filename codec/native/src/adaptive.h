/* Adaptive planes: exact samples without a network. The reference, codec/lossless/adaptive, explains the arithmetic.
 *
 * Each sample is predicted by weights that least squares fits, tile by tile, to samples that are decoded already. Its
 * difference from the prediction is coded bit by bit or as a symbol (adaptive_bits.h, adaptive_symbols.h), by what
 * contexts count as they go.
 */
#ifndef GVC_ADAPTIVE_H
#define GVC_ADAPTIVE_H

#include "gvc.h"

/* LANES: tiles whose weights are computed at once. */
#if defined(__AVX512F__) && !defined(GVC_PLAIN)
enum { LANES = 16 };
#else
enum { LANES = 8 };
#endif

enum {
    PAD = 24,      /* samples around planes, so that vectors of REACH and features stay inside */
    REACH = 8,     /* how far a vector may lead a block beyond the border */
    TILE = 8,      /* columns of the samples that share weights, and rows, but for LEVEL_MAX */
    LOW_TILE = 4,  /* rows of LEVEL_MAX */
    MARGIN = 2,    /* tiles beside a tile whose samples count, too */
    ROWS_ABOVE = 4, ROWS_BELOW = 2, /* rows of tiles beyond the first and the last that count as nothing */
    MOST_FEATURES = 41,
    MOST_FITS = 4, /* sets of weights: of many samples, of those near by, and of a part of the features each */
    COMPONENTS = 2,
    WEIGHT_BITS = 12,
    FRACTION_BITS = 4, /* of a prediction */
    FEATURE_LIMIT = 1023,
    CONTEXTS = 8,      /* of LEVEL_FIRST */
    MORE_CONTEXTS = 10, /* of LEVEL_MAX */
    EXPERTS = MOST_FITS + 1, /* predictions whose distributions are known: the blended one, and each fit's */
    INPUTS = MORE_CONTEXTS + EXPERTS + 1, /* of a mixer of LEVEL_MAX: 16, two vectors; the last one is constant */
    ERROR_CLASSES = 64, /* of how far a prediction was off around a sample */
    MEAN_BITS = 6,      /* of a mean error, beyond the 1/16 of a unit that errors count in */
    SURVIVALS = 2560,
    CONTEXT_VALUES = 1024,
    NODES = 144,   /* bits of a difference, by what was coded before them; nine cache lines */
    ENERGIES = 26,
    LEAST_OF_MOST_ENERGY = 3000,
    KINDS = 4,     /* of bits: whether it is 0, its sign, its magnitude's top, the bits below */
    BIASES = 2048,
    COUNTS = 128,
    PROBABILITIES = 4096,
    STATES = 4,           /* interleaved coders of symbols */
    SYMBOLS = 16,
    SYMBOL_CONTEXTS = 4,
    SYMBOL_VALUES = 960,  /* of a context */
    WEIGHT_KINDS = 3,     /* of surroundings: no, some or all neighbors are as in the picture before */
    ESCAPES = 4,          /* sets of the sizes of differences that no symbol reaches */
};

/* How much is done for a sample. LEVEL_FIRST is what format 1.3 had, LEVEL_FIRST_SWIFT what 1.4 had. */
enum { LEVEL_FIRST, LEVEL_STANDARD, LEVEL_FIRST_SWIFT, LEVEL_MAX, LEVEL_SWIFT };

/* What the functions return: 0, or what is wrong. */
enum {
    GVC_ADAPTIVE_PAST_END = -1, /* the data end before the samples */
    GVC_ADAPTIVE_WRONG_END = -2, /* a block of symbols does not end as it must */
    GVC_ADAPTIVE_NO_ROOM = -3,  /* the caller has not given enough memory */
};

/* A coder's bytes. Of bits: the interval that is left. */
typedef struct {
    uint8_t *data;
    int64_t size, capacity; /* bytes written and their most; or read, and how many there are */
    uint32_t low, high, value;
    int32_t is_writing, is_symbols;
    uint32_t states[STATES]; /* of symbols: where each of the interleaved coders is */
    int64_t num_symbols, symbol_capacity; /* of this block so far, and their most */
    uint32_t *symbols; /* of this block, where they are written: where the shares of each begin, and 16 bits on how many */
} gvc_bits;

/* Numbers that codec/lossless/adaptive/tables.py makes. */
typedef struct {
    int16_t stretch[PROBABILITIES]; /* ln(p / (1 - p)) in 1/256 */
    uint16_t squash[PROBABILITIES]; /* its inverse, from -2048/256 on, in 1/65536 */
    int32_t rate[COUNTS];           /* how far a counter goes towards a bit, in 1/4096 */
    int32_t energy_weight[ENERGIES]; /* of a sample in the sums of least squares */
    float survival[SURVIVALS];      /* 1 / (1 + exp(-z)), z from -20 on in 1/64 */
} gvc_adaptive_tables;

/* What learns of a component of LEVEL_FIRST. A counter: 22 bits of the probability of 1, and 10 of how often it was
 * used. */
typedef struct {
    uint32_t counters[CONTEXTS][CONTEXT_VALUES][NODES];
    int32_t of_node[NODES][CONTEXTS];
    int32_t of_energy[ENERGIES * KINDS][CONTEXTS];
    int32_t bias_sum[BIASES], bias_count[BIASES];
} gvc_adaptive_model;

/* Surroundings by which LEVEL_MAX chooses mixing weights. */
enum { EQUALS = 16, ERROR_PAIRS = 256, TEXTURES = 128, NEIGHBOR_PAIRS = 225 };

/* The same of LEVEL_MAX: more contexts, predictions with their distributions, six sets of mixing weights. */
typedef struct {
    uint32_t counters[MORE_CONTEXTS][CONTEXT_VALUES][NODES];
    int32_t of_node[NODES][INPUTS];
    int32_t of_energy[ENERGIES][KINDS][INPUTS];
    int32_t of_equal[EQUALS][KINDS][INPUTS];
    int32_t of_errors[ERROR_PAIRS][KINDS][INPUTS];
    int32_t of_texture[TEXTURES][KINDS][INPUTS];
    int32_t of_neighbors[NEIGHBOR_PAIRS][KINDS][INPUTS];
    int32_t mean_error[EXPERTS][ERROR_CLASSES]; /* of each prediction, in 1/1024 of a unit */
    int32_t bias_sum[BIASES], bias_count[BIASES];
} gvc_expert_model;

/* The same of a component whose differences are coded as symbols. */
typedef struct {
    int16_t counts[SYMBOL_CONTEXTS][SYMBOL_VALUES][SYMBOLS];
    int16_t of_escape[ESCAPES][SYMBOLS];
    int32_t weights[WEIGHT_KINDS][ENERGIES][SYMBOL_CONTEXTS];
    int32_t bias[BIASES]; /* a running mean, in 1/64 of what predictions count in */
} gvc_symbol_model;

enum {
    FRACTIONS = 8, /* parts of a code value that predictions are told apart by */
    ENERGY_VALUES = 5 * ENERGIES * FRACTIONS, /* of the first context of LEVEL_SWIFT, and of its second one */
    NEAR_VALUES = ESCAPES * 15 * 15 * 5,
};

/* What follows from an energy, in LEVEL_SWIFT. */
typedef struct {
    int32_t half;          /* of a cell, in code values */
    uint8_t shift;         /* log2 of the code values in a cell */
    uint8_t fraction_mask; /* 0 where a cell has more than one of them */
    uint8_t escapes;       /* the set of sizes of differences that no symbol reaches */
    uint8_t unused;
    int16_t energy, near;  /* where the values of both contexts begin */
    int32_t packed;        /* the energy, shift << 8 and escapes << 16 */
} gvc_swift_cell;

/* The same of LEVEL_SWIFT. */
typedef struct {
    int16_t of_energy[ENERGY_VALUES][SYMBOLS], of_near[NEAR_VALUES][SYMBOLS]; /* counts of both contexts, in half shares */
    int16_t of_escape[ESCAPES][SYMBOLS];
    gvc_swift_cell cells[2][ENERGIES]; /* the second ones are those where all neighbors are as in the picture before */
    int32_t of_equal[16];              /* where the values of gray's second context begin, by which neighbors are */
} gvc_swift_model;

typedef struct {
    int32_t *planes[3];   /* this picture, the one before and the one before that, from their first sample on */
    uint16_t *errors[2];  /* distances of samples from their predictions, of this picture and the one before */
    float *products[2];   /* sums of products of features: (tile rows, pairs, lane columns), from the first tile on */
    int64_t *whole[2];    /* (pairs,) sums over all tiles, of this picture and the one before */
    uint16_t *of_fits[MOST_FITS]; /* (columns + TILE,) the errors of each fit in the row above */
    gvc_adaptive_model *model;   /* of LEVEL_FIRST */
    gvc_expert_model *experts;   /* of LEVEL_MAX */
    gvc_swift_model *swift;      /* of LEVEL_SWIFT */
    gvc_symbol_model *symbols;   /* of the others */
} gvc_adaptive_component;

/* What is known of a row before its first sample is, each (columns + TILE,). */
typedef struct {
    int32_t *distance; /* the part of a mean distance from predictions that does not wait for the row itself */
    int32_t *before;   /* the mean distance in the picture before */
    int32_t *equal;    /* which neighbors above are as in the picture before */
    int32_t *moved, *moved_left; /* samples of the picture before */
    int32_t *beside;   /* of chroma: the distance that its mates tell of */
    int32_t *mate;     /* of chroma: how its mate changed, 0 to 30; of LEVEL_SWIFT 0 to 4 */
} gvc_row_facts;

/* Planes of one size that are coded together. Python gives the first part, gvc_begin_adaptive makes the rest. */
typedef struct {
    int64_t rows, columns;
    int64_t components;   /* 1: gray; 2: chroma, which has gray beside it */
    int64_t block_rows, block_columns; /* the size of a block that has a vector, in samples; 8 or less */
    int32_t low, high;    /* of samples */
    int32_t unit;         /* log2 of the code values in which differences are counted */
    int32_t level;
    const gvc_adaptive_tables *tables;
    int32_t moves;    /* pictures before this one whose samples may be used: 0, 1 or 2 */
    int32_t has_sums; /* the picture before had another one before it */
    int64_t stride, tile_rows, tile_columns, lane_columns, blocks_down, blocks_across;
    gvc_adaptive_component own[COMPONENTS];
    int32_t *gray[2];     /* this picture and the one before */
    int16_t *vectors[2];  /* (blocks, 2, 2): down and right, to the picture before and the one before that */
    int16_t *weights;     /* (tile columns, MOST_FITS, MOST_FEATURES) */
    int32_t *sums;        /* (MOST_FITS, columns + TILE) */
    uint8_t *energies;    /* (TILE, columns) */
    uint8_t *energy_of;   /* (LEAST_OF_MOST_ENERGY,) the energy of a distance, in 1/16 of a unit */
    gvc_row_facts facts;
} gvc_adaptive;

/* A neighbor that a prediction uses. */
typedef struct {
    int8_t kind, y, x, mate;
} gvc_feature;

enum {
    SERIAL, /* in this row, left of the sample */
    ABOVE,  /* in this picture, above it */
    MOVED,  /* in the picture before */
    OLDER,  /* in the one before that */
    MATE,   /* the change of another component of this picture */
};

GVC_INLINE int gvc_num_features(const gvc_adaptive *planes, int component)
{
    static const uint8_t COUNTS[][3] = {
        [LEVEL_FIRST] = {27, 20, 25},          [LEVEL_STANDARD] = {27, 20, 25}, [LEVEL_FIRST_SWIFT] = {11, 11, 13},
        [LEVEL_MAX] = {39, 36, MOST_FEATURES}, [LEVEL_SWIFT] = {11, 9, 10},
    };
    return COUNTS[planes->level][planes->components == 1 ? 0 : 1 + component];
}

GVC_INLINE int gvc_num_fits(const gvc_adaptive *planes)
{
    return planes->level == LEVEL_FIRST_SWIFT || planes->level == LEVEL_SWIFT ? 1 : planes->level == LEVEL_MAX ? MOST_FITS : 2;
}

/* Rows of the samples that share weights. */
GVC_INLINE int gvc_tile_height(const gvc_adaptive *planes)
{
    return planes->level == LEVEL_MAX ? LOW_TILE : TILE;
}

GVC_INLINE int gvc_num_pairs(int num_features)
{
    return (num_features + 1) * (num_features + 2) / 2;
}

/* The place of the product of features i and j, i <= j <= n; number n is the sample itself. */
GVC_INLINE int gvc_pair(int n, int i, int j)
{
    return i * (n + 1) - i * (i - 1) / 2 + j - i;
}

/* The vectors of the blocks that a row is in, four numbers for each. */
GVC_INLINE const int16_t *gvc_vectors_of_row(const gvc_adaptive *planes, int64_t y)
{
    return planes->vectors[0] + 4 * ((uint32_t)y / (uint32_t)planes->block_rows * planes->blocks_across);
}

/* The offset that a block's vector means: to the picture before, or to the one before that. */
GVC_INLINE int64_t gvc_moved_by(const gvc_adaptive *planes, const int16_t *vector, int older)
{
    return vector[2 * older] * planes->stride + vector[2 * older + 1];
}

/* Towards 0, as codec/lossless/adaptive does it. */
GVC_INLINE int32_t gvc_in_units(int32_t difference, int32_t unit)
{
    return difference < 0 ? -(-difference >> unit) : difference >> unit;
}

const gvc_feature *gvc_features(const gvc_adaptive *planes);
void gvc_look_along(const gvc_adaptive *planes, int component, int64_t y);
void gvc_code_adaptive_row(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits);
void gvc_code_swift_row(const gvc_adaptive *planes, int component, int64_t y, gvc_bits *bits);
void gvc_begin_swift(gvc_swift_model *model, int is_chroma, int unit);
void gvc_fit_tiles(const gvc_adaptive *planes, int component, int64_t tile_row);
void gvc_gather_products(const gvc_adaptive *planes, int component, int64_t tile_row);
void gvc_settle_products(const gvc_adaptive *planes, int component, int64_t from, int64_t to);

#endif
