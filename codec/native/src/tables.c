/* Adaptive tables: from counts to models. See codec/lossless/distributions.py, AdaptiveTables. */
#include "tables.h"

enum {
    TOTAL_BITS = 16,        /* frequencies of a table sum to 2**16 */
    PRIOR_BITS = 30,        /* so do the initial weights, to about 2**30 */
    PRIOR_STRENGTH_BITS = 6, /* the initial weights count as much as 64 samples */
    MOST_SEEN_BITS = 14,    /* larger counts are halved */
};

/* For each possible value of a quantile's upper bits, find the symbol of the first such quantile. */
static void fill_index(const uint32_t *starts, uint16_t *index)
{
    int64_t symbol = 0;
    for (uint32_t k = 0; k < GVC_INDEX_SIZE; k++) {
        while (starts[symbol + 1] <= k << (GVC_PRECISION - GVC_INDEX_BITS))
            symbol++;
        index[k] = (uint16_t)symbol;
    }
}

const uint32_t *gvc_ready_table(const gvc_layout *layout, gvc_tables *tables, int64_t table)
{
    const int64_t offset = layout->offsets[table], size = layout->offsets[table + 1] - offset;
    uint32_t *starts = tables->starts + offset + table;
    if (tables->is_ready[table])
        return starts;
    const int64_t *prior = layout->prior + offset, *seen = tables->seen + offset;
    /* The sums stay below 2**43 and the factors below 2**24, the products below 2**63. */
    uint64_t total = 0, end = 0, mark = 0;
    for (int64_t k = 0; k < size; k++)
        total += (uint64_t)(prior[k] + (seen[k] << (PRIOR_BITS - PRIOR_STRENGTH_BITS)));
    const uint64_t free_frequency = (uint64_t)((1 << TOTAL_BITS) - size);
    const uint64_t free_width = (uint64_t)((1 << GVC_PRECISION) - size);
    for (int64_t k = 0; k < size; k++) {
        const uint64_t frequency_before = mark + (uint64_t)k;
        starts[k] = (uint32_t)((frequency_before * free_width >> TOTAL_BITS) + (uint64_t)k);
        end += (uint64_t)(prior[k] + (seen[k] << (PRIOR_BITS - PRIOR_STRENGTH_BITS)));
        mark = end * free_frequency / total;
    }
    starts[size] = 1 << GVC_PRECISION;
    fill_index(starts, tables->index + table * GVC_INDEX_SIZE);
    tables->is_ready[table] = 1;
    return starts;
}

/* Learn from the counted symbols: from now on the models follow the counts. Large counts are halved. */
GVC_EXPORT void gvc_learn(const gvc_layout *layout, gvc_tables *tables)
{
    for (int64_t table = 0; table < layout->num_tables; table++) {
        uint64_t total = 0;
        for (int64_t k = layout->offsets[table]; k < layout->offsets[table + 1]; k++)
            total += (uint64_t)tables->seen[k];
        int excess = 0;
        while (total >> excess >> MOST_SEEN_BITS)
            excess++;
        if (excess)
            for (int64_t k = layout->offsets[table]; k < layout->offsets[table + 1]; k++)
                tables->seen[k] >>= excess;
        tables->is_ready[table] = 0;
    }
}
