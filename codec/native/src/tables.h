/* Adaptive probability tables of samples, and the coding of samples with them.
 *
 * The reference, which explains the numbers, is codec/lossless/distributions.py and codec/lossless/symbols.py.
 */
#ifndef GVC_TABLES_H
#define GVC_TABLES_H

#include "range_coder.h"

enum {
    GVC_MEAN_BITS = 3, /* means are in eighths of a code value */
    GVC_MAX_TABLES = 256,
    GVC_INDEX_BITS = 8, /* of a quantile, which find the first symbol that it may be in a table's index */
    GVC_INDEX_SIZE = 1 << GVC_INDEX_BITS,
};

/* What does not change: the places of the tables, and what they hold at first. */
typedef struct {
    const int32_t *first_table;    /* (scales,): the number of the first table of each scale */
    const int32_t *fraction_shift; /* (scales,): how many low bits of the mean's fraction a scale ignores */
    const int32_t *reach;          /* (tables,): the largest symbol of each table */
    const int32_t *offsets;        /* (tables + 1,): where the symbols of each table begin */
    const int64_t *prior;          /* (symbols,): the initial weights, below 2**31 each */
    const uint32_t *beyond;        /* (beyond symbols + 1,): the model of distances beyond the reach */
    int64_t num_scales, num_tables, num_beyond;
} gvc_layout;

/* One set of tables, such as those of one chroma plane. */
typedef struct {
    int64_t *seen;    /* (symbols,): how often each symbol occurred */
    uint32_t *starts; /* (symbols + tables,): a model for each table; see range_coder.h */
    uint16_t *index;  /* (tables, GVC_INDEX_SIZE): the symbol of the first quantile with these upper bits */
    uint8_t *is_ready; /* (tables,): whether starts and index are those of the counts after the last picture */
} gvc_tables;

/* One side of the entropy coder: one of writer and reader is NULL. */
typedef struct {
    const gvc_layout *layout;
    gvc_tables *sets;
    int64_t num_sets;
    gvc_writer *writer;
    gvc_reader *reader;
} gvc_symbols;

/* Compute the model of a table from its counts, if that is not done yet. Call it before the table's symbols are counted.
 * Returns the table's starts. */
const uint32_t *gvc_ready_table(const gvc_layout *layout, gvc_tables *tables, int64_t table);

/* Code the samples of one component.
 *
 * kind: the number of the set of tables. means: in eighths. scales: indices of scales. values: the samples; a reader
 * writes them. scratch: 2 * count int32.
 */
GVC_EXPORT int32_t gvc_code_samples(const gvc_symbols *symbols, int64_t kind, int64_t count, const int32_t *means,
                                    const int32_t *scales, int32_t *values, int32_t *scratch);

#endif
