/* Adaptive planes, picture by picture and row of tiles by row of tiles; their memory, and bits that begin and end. */
#include "adaptive.h"
#include "adaptive_blocks.h"
#include "binary_coder.h"

GVC_EXPORT void gvc_begin_bits(gvc_bits *bits)
{
    bits->size = 0;
    bits->num_symbols = 0;
    bits->low = 0;
    bits->high = ~(uint32_t)0;
    bits->value = 0;
    if (!bits->is_writing && !bits->is_symbols)
        for (int k = 0; k < 4; k++)
            bits->value = bits->value << 8 | next_byte(bits);
}

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

static int32_t has_room(const gvc_bits *bits, int64_t num_samples)
{
    enum { MOST_BYTES = 64, MOST_SYMBOLS = 6 }; /* of a sample; it cannot take 36 bytes */
    return bits->is_symbols ? bits->symbol_capacity - bits->num_symbols >= MOST_SYMBOLS * num_samples
                            : bits->capacity - bits->size >= MOST_BYTES * num_samples;
}

/* Code a row of tiles of a component.
 *
 * samples: (rows, columns) int32 of the whole component; the receiver's are written here.
 * Rows come from the first to the last; the last one ends the component.
 */
GVC_EXPORT int32_t gvc_code_adaptive_tiles(gvc_adaptive *planes, gvc_bits *bits, int32_t component, int64_t tile_row,
                                           int32_t *samples)
{
    gvc_adaptive_component *own = &planes->own[component];
    const int64_t stride = planes->stride, columns = planes->columns;
    const int64_t height = gvc_tile_height(planes);
    const int64_t top = tile_row * height, bottom = gvc_min(top + height, planes->rows);
    int32_t *plane = own->planes[0];
    if (bits->is_writing && !has_room(bits, height * columns))
        return GVC_ADAPTIVE_NO_ROOM;
    if (tile_row == 0) {
        const int32_t middle = (planes->low + planes->high + 1) / 2;
        for (int64_t k = 1; k <= 3; k++)
            for (int64_t x = -PAD; x < columns + PAD; x++)
                plane[x - k * stride] = planes->moves ? own->planes[1][x] : middle;
        for (int fit = 0; fit < MOST_FITS; fit++)
            __builtin_memset(own->of_fits[fit], 0, (size_t)(columns + TILE) * sizeof *own->of_fits[fit]);
        if (bits->is_symbols && !bits->is_writing && bits->num_symbols == 0)
            begin_block(bits);
    }
    gvc_fit_tiles(planes, component, tile_row);
    /* Rows of tiles that later fits use: two above, or four. */
    const int64_t above = planes->level == LEVEL_MAX ? ROWS_ABOVE : 2;
    gvc_settle_products(planes, component, tile_row - above, tile_row - above + 1);
    for (int64_t y = top; y < bottom; y++) {
        int32_t *row = plane + y * stride;
        if (bits->is_writing)
            __builtin_memcpy(row, samples + y * columns, (size_t)columns * sizeof *row);
        row[-1] = row[-2] = row[-stride];
        gvc_code_adaptive_row(planes, component, y, bits);
        for (int64_t k = 0; k < PAD; k++)
            row[columns + k] = row[columns - 1];
        if (!bits->is_writing)
            __builtin_memcpy(samples + y * columns, row, (size_t)columns * sizeof *row);
    }
    gvc_gather_products(planes, component, tile_row);
    if (bottom == planes->rows) {
        pad_plane(planes, plane);
        gvc_settle_products(planes, component, tile_row - above + 1, tile_row + 1);
    }
    if (bits->is_writing)
        return 0;
    if (bits->is_symbols && bottom == planes->rows && bits->num_symbols >= BLOCK_SYMBOLS) {
        if (!ends_well(bits))
            return GVC_ADAPTIVE_WRONG_END;
        bits->num_symbols = 0;
    }
    /* A reader of bits has looked four bytes ahead. */
    return bits->size > bits->capacity + (bits->is_symbols ? 0 : 4) ? GVC_ADAPTIVE_PAST_END : 0;
}

/* Whether symbols that are written fill a block. */
GVC_EXPORT int32_t gvc_is_block_full(const gvc_bits *bits)
{
    return bits->num_symbols >= BLOCK_SYMBOLS;
}

/* About how many bytes the symbols that wait will take. */
GVC_EXPORT int64_t gvc_waiting_bytes(const gvc_bits *bits)
{
    return waiting_bytes(bits);
}

/* Write the symbols that wait. There is room for two bytes for each and 16. */
GVC_EXPORT void gvc_end_block(gvc_bits *bits)
{
    write_block(bits);
}

/* Whether all symbols that are read are those of whole blocks. */
GVC_EXPORT int32_t gvc_ends_well(const gvc_bits *bits)
{
    return bits->num_symbols == 0 || ends_well(bits);
}

/* End bits that are written. */
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
    planes->tile_rows = (planes->rows + gvc_tile_height(planes) - 1) / gvc_tile_height(planes);
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
            /* The rows of tiles beyond are 0. */
            own->products[k] = (float *)take(memory, (row * (planes->tile_rows + ROWS_ABOVE + ROWS_BELOW) + LANES) * 4) +
                               ROWS_ABOVE * row + MARGIN;
            own->whole[k] = take(memory, pairs * 8);
        }
        for (int fit = 0; fit < MOST_FITS; fit++)
            own->of_fits[fit] = take(memory, (columns + TILE) * 2);
        const int32_t level = planes->level;
        own->model = level == LEVEL_FIRST ? take(memory, sizeof *own->model) : 0;
        own->experts = level == LEVEL_MAX ? take(memory, sizeof *own->experts) : 0;
        own->swift = level == LEVEL_SWIFT ? take(memory, sizeof *own->swift) : 0;
        own->symbols = level == LEVEL_STANDARD || level == LEVEL_FIRST_SWIFT ? take(memory, sizeof *own->symbols) : 0;
    }
    for (int k = 0; k < 2; k++) {
        planes->gray[k] = planes->components > 1 ? (int32_t *)take(memory, area * 4) + origin : 0;
        planes->vectors[k] = take(memory, planes->blocks_down * planes->blocks_across * 4 * 2);
    }
    planes->weights = take(memory, planes->tile_columns * MOST_FITS * MOST_FEATURES * 2);
    planes->sums = take(memory, MOST_FITS * (columns + TILE) * 4);
    planes->energies = take(memory, TILE * columns);
    planes->energy_of = take(memory, LEAST_OF_MOST_ENERGY);
    int32_t **const facts[] = {&planes->facts.distance,   &planes->facts.before, &planes->facts.equal, &planes->facts.moved,
                               &planes->facts.moved_left, &planes->facts.beside, &planes->facts.mate};
    for (size_t k = 0; k < sizeof facts / sizeof *facts; k++)
        *facts[k] = take(memory, (columns + TILE) * 4);
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

static void begin_counters(uint32_t (*counters)[NODES], int count)
{
    for (int value = 0; value < count; value++)
        for (int node = 0; node < NODES; node++)
            counters[value][node] = (uint32_t)1 << 31;
}

static void begin_model(gvc_adaptive_model *model)
{
    enum { START_WEIGHT = 19661 }; /* 0.3 */
    begin_counters(model->counters[0], CONTEXTS * CONTEXT_VALUES);
    for (int k = 0; k < CONTEXTS; k++) {
        for (int node = 0; node < NODES; node++)
            model->of_node[node][k] = START_WEIGHT;
        for (int set = 0; set < ENERGIES * KINDS; set++)
            model->of_energy[set][k] = START_WEIGHT;
    }
}

static void begin_mixing_weights(int32_t (*sets)[INPUTS], int count)
{
    enum { OF_CONTEXT = 13107, OF_EXPERT = 9830 }; /* 0.2, 0.15 */
    for (int set = 0; set < count; set++)
        for (int k = 0; k < MORE_CONTEXTS + EXPERTS; k++)
            sets[set][k] = k < MORE_CONTEXTS ? OF_CONTEXT : OF_EXPERT;
}

static void begin_experts(gvc_expert_model *model)
{
    begin_counters(model->counters[0], MORE_CONTEXTS * CONTEXT_VALUES);
    begin_mixing_weights(model->of_node, NODES);
    begin_mixing_weights(model->of_energy[0], ENERGIES * KINDS);
    begin_mixing_weights(model->of_equal[0], EQUALS * KINDS);
    begin_mixing_weights(model->of_errors[0], ERROR_PAIRS * KINDS);
    begin_mixing_weights(model->of_texture[0], TEXTURES * KINDS);
    begin_mixing_weights(model->of_neighbors[0], NEIGHBOR_PAIRS * KINDS);
    for (int k = 0; k < EXPERTS; k++)
        for (int class = 0; class < ERROR_CLASSES; class++) /* the least one of its class */
            model->mean_error[k][class] = (4 + class % 4) << (class / 4) << (MEAN_BITS - 2);
}

static void begin_symbols(gvc_symbol_model *model)
{
    for (int k = 0; k < SYMBOL_CONTEXTS; k++)
        for (int value = 0; value < SYMBOL_VALUES; value++)
            for (int symbol = 0; symbol < COUNTED; symbol++)
                model->counts[k][value][symbol] = start_share(symbol);
    begin_escapes(model->of_escape);
    for (int kind = 0; kind < WEIGHT_KINDS; kind++)
        for (int energy = 0; energy < ENERGIES; energy++)
            for (int k = 0; k < SYMBOL_CONTEXTS; k++)
                model->weights[kind][energy][k] = ALL_WEIGHTS / SYMBOL_CONTEXTS;
}

static const int16_t ENERGY_STEPS[ENERGIES - 1] = {2,  4,  6,  8,   11,  14,  18,  22,  28,  34,  42,  52,  64,
                                                   80, 100, 128, 160, 200, 256, 330, 440, 600, 900, 1500, LEAST_OF_MOST_ENERGY};

/* Make the rest of planes from its first part. memory: gvc_adaptive_size bytes of 0, aligned to 64 bytes. */
GVC_EXPORT void gvc_begin_adaptive(gvc_adaptive *planes, uint8_t *memory)
{
    gvc_memory rest = {memory, 0};
    planes->moves = 0;
    planes->has_sums = 0;
    lay_out(planes, &rest);
    for (int32_t distance = 0, energy = 0; distance < LEAST_OF_MOST_ENERGY; distance++) {
        energy += distance >= ENERGY_STEPS[energy];
        planes->energy_of[distance] = (uint8_t)energy;
    }
    for (int64_t c = 0; c < planes->components; c++)
        if (planes->level == LEVEL_FIRST)
            begin_model(planes->own[c].model);
        else if (planes->level == LEVEL_MAX)
            begin_experts(planes->own[c].experts);
        else if (planes->level == LEVEL_SWIFT)
            gvc_begin_swift(planes->own[c].swift, planes->components > 1, planes->unit);
        else
            begin_symbols(planes->own[c].symbols);
}
