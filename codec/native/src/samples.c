/* Coding of samples whose means and scales are known. See codec/lossless/symbols.py.
 *
 * The mean and the scale of a sample select its table. Samples that share a table are coded together, in the order of
 * the tables' numbers; after all of them come the distances of those beyond their table's reach. The largest of these
 * distances stands for itself and more: the rest follows after all of them, in REST_BITS bits.
 */
#include "tables.h"

/* Enough for samples of 16 bits: differences of two colors are below 2**17. */
enum { REST_BITS = 17 };

/* Samples of one component, and their table. */
typedef struct {
    int64_t count;
    const int32_t *means;
    int32_t *values;
    int32_t *tables;
    int32_t *sorted; /* a writer: the symbols in the order of coding; a reader: the samples' numbers in this order */
    int64_t ends[GVC_MAX_TABLES]; /* where the samples of each table end in this order */
} gvc_samples;

/* Find the table of each sample, and where its group begins. */
static int32_t find_tables(const gvc_layout *layout, const int32_t *scales, gvc_samples *samples)
{
    const int32_t fraction_mask = (1 << GVC_MEAN_BITS) - 1;
    const uint32_t num_scales = (uint32_t)layout->num_scales;
    const int32_t *restrict first_table = layout->first_table, *restrict fraction_shift = layout->fraction_shift;
    const int32_t *restrict means = samples->means;
    int32_t *restrict tables = samples->tables;
    int32_t sizes[2][GVC_MAX_TABLES] = {0}; /* of the even and of the odd samples: neighbors often share a table */
    for (int64_t k = 0; k < samples->count; k++) {
        const uint32_t scale = (uint32_t)scales[k];
        if (scale >= num_scales)
            return GVC_IMPOSSIBLE_SYMBOL;
        const int32_t table = first_table[scale] + ((means[k] & fraction_mask) >> fraction_shift[scale]);
        tables[k] = table;
        sizes[k & 1][table]++;
    }
    int64_t begin = 0;
    for (int64_t table = 0; table < layout->num_tables; table++) {
        const int64_t size = (int64_t)sizes[0][table] + sizes[1][table];
        samples->ends[table] = begin; /* becomes the end while the samples are put in order */
        begin += size;
    }
    return 0;
}

/* The distance of a sample from the whole part of its mean. */
GVC_INLINE int64_t distance_of(const gvc_samples *samples, int64_t k)
{
    return (int64_t)samples->values[k] - (samples->means[k] >> GVC_MEAN_BITS);
}

/* How far a sample is beyond its table's reach; negative if it is within. */
GVC_INLINE int64_t beyond_reach(const gvc_layout *layout, const gvc_samples *samples, int64_t k)
{
    const int64_t distance = distance_of(samples, k);
    return (distance < 0 ? -distance : distance) - layout->reach[samples->tables[k]];
}

static int32_t write_samples(const gvc_symbols *symbols, gvc_tables *tables, gvc_samples *samples)
{
    const gvc_layout *layout = symbols->layout;
    const int64_t most_beyond = layout->num_beyond - 1;
    int64_t num_beyond = 0, num_rests = 0;
    for (int64_t k = 0; k < samples->count; k++) {
        const int32_t table = samples->tables[k];
        const int64_t reach = layout->reach[table], distance = distance_of(samples, k);
        const int64_t inside = gvc_min(gvc_max(distance, -reach), reach);
        samples->sorted[samples->ends[table]++] = (int32_t)(inside + reach);
        num_beyond += distance <= -reach || distance >= reach;
        if (distance - inside >= most_beyond || inside - distance >= most_beyond) {
            num_rests++;
            if (beyond_reach(layout, samples, k) - most_beyond >= (int64_t)1 << REST_BITS)
                return GVC_IMPOSSIBLE_SYMBOL;
        }
    }
    if (!gvc_has_room(symbols->writer, samples->count + num_beyond + num_rests))
        return GVC_NO_ROOM;
    gvc_writer writer = *symbols->writer; /* a copy, which stays in registers */
    int64_t k = 0;
    for (int64_t table = 0; table < layout->num_tables; table++) {
        if (k == samples->ends[table])
            continue;
        const uint32_t *starts = gvc_ready_table(layout, tables, table);
        int64_t *seen = tables->seen + layout->offsets[table];
        for (; k < samples->ends[table]; k++) {
            const int32_t symbol = samples->sorted[k];
            gvc_write_interval(&writer, starts[symbol], starts[symbol + 1]);
            seen[symbol]++;
        }
    }
    for (k = 0; num_beyond > 0; k++) {
        const int64_t beyond = gvc_min(beyond_reach(layout, samples, k), most_beyond);
        if (beyond >= 0) {
            gvc_write_interval(&writer, layout->beyond[beyond], layout->beyond[beyond + 1]);
            num_beyond--;
        }
    }
    for (k = 0; num_rests > 0; k++) {
        const int64_t rest = beyond_reach(layout, samples, k) - most_beyond;
        if (rest >= 0) {
            const int shift = GVC_PRECISION - REST_BITS;
            gvc_write_interval(&writer, (uint32_t)rest << shift, (uint32_t)(rest + 1) << shift);
            num_rests--;
        }
    }
    *symbols->writer = writer;
    return 0;
}

/* Read the symbols of all tables: values[k] becomes the symbol of sample k. */
static int32_t read_symbols(const gvc_symbols *symbols, gvc_tables *tables, gvc_samples *samples)
{
    const gvc_layout *layout = symbols->layout;
    gvc_reader reader = *symbols->reader; /* a copy, which stays in registers */
    int64_t k = 0;
    for (int64_t table = 0; table < layout->num_tables; table++) {
        if (k == samples->ends[table])
            continue;
        const uint32_t *starts = gvc_ready_table(layout, tables, table);
        const uint16_t *index = tables->index + table * GVC_INDEX_SIZE;
        int64_t *seen = tables->seen + layout->offsets[table];
        for (; k < samples->ends[table]; k++) {
            const uint64_t quantile = gvc_quantile(&reader);
            if (quantile >> GVC_PRECISION)
                return GVC_IMPOSSIBLE_DATA;
            int32_t symbol = index[quantile >> (GVC_PRECISION - GVC_INDEX_BITS)];
            while (starts[symbol + 1] <= quantile)
                symbol++;
            gvc_read_interval(&reader, starts[symbol], starts[symbol + 1]);
            samples->values[samples->sorted[k]] = symbol;
            seen[symbol]++;
        }
    }
    *symbols->reader = reader;
    return 0;
}

static int32_t read_samples(const gvc_symbols *symbols, gvc_tables *tables, gvc_samples *samples)
{
    const gvc_layout *layout = symbols->layout;
    for (int64_t k = 0; k < samples->count; k++)
        samples->sorted[samples->ends[samples->tables[k]]++] = (int32_t)k;
    int32_t wrong = read_symbols(symbols, tables, samples);
    int64_t num_rests = 0;
    for (int64_t k = 0; k < samples->count && !wrong; k++) {
        const int32_t reach = layout->reach[samples->tables[k]];
        int32_t distance = samples->values[k] - reach, beyond = 0;
        if (distance == reach || distance == -reach)
            wrong = gvc_read(symbols->reader, &beyond, 1, layout->beyond, layout->num_beyond);
        num_rests += beyond == layout->num_beyond - 1;
        distance += distance < 0 ? -beyond : beyond;
        samples->values[k] = distance + (samples->means[k] >> GVC_MEAN_BITS);
    }
    const int32_t rest_bits = REST_BITS;
    for (int64_t k = 0; num_rests > 0 && !wrong; k++)
        if (beyond_reach(layout, samples, k) == layout->num_beyond - 1) {
            int32_t rest = 0;
            wrong = gvc_read_bits(symbols->reader, &rest, &rest_bits, 1);
            samples->values[k] += distance_of(samples, k) < 0 ? -rest : rest;
            num_rests--;
        }
    return wrong;
}

GVC_EXPORT int32_t gvc_code_samples(const gvc_symbols *symbols, int64_t kind, int64_t count, const int32_t *means,
                                    const int32_t *scales, int32_t *values, int32_t *scratch)
{
    if (kind < 0 || kind >= symbols->num_sets || symbols->layout->num_tables > GVC_MAX_TABLES)
        return GVC_IMPOSSIBLE_SYMBOL;
    gvc_samples samples = {
        .count = count, .means = means, .values = values, .tables = scratch, .sorted = scratch + count};
    const int32_t wrong = find_tables(symbols->layout, scales, &samples);
    if (wrong)
        return wrong;
    gvc_tables *tables = &symbols->sets[kind];
    return symbols->writer ? write_samples(symbols, tables, &samples) : read_samples(symbols, tables, &samples);
}
