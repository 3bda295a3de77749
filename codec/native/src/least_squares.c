/* Least squares of adaptive planes: sums of products over tiles, and the weights that follow from them.
 *
 * All sums are of float32 in an order that is the same everywhere, and nothing is contracted: every machine gets the
 * same weights.
 */
#include "adaptive.h"

static const gvc_feature GRAY_FEATURES[] = {
    {SERIAL, 0, -1, 0}, {SERIAL, 0, -2, 0}, {ABOVE, -1, 0, 0}, {ABOVE, -1, -1, 0}, {ABOVE, -1, 1, 0},
    {ABOVE, -2, 0, 0},  {ABOVE, -2, 1, 0},  {ABOVE, -1, -2, 0}, {ABOVE, -1, 2, 0}, {ABOVE, -2, -1, 0},
    {MOVED, 0, -1, 0},  {MOVED, -1, 0, 0},  {MOVED, 0, 1, 0},  {MOVED, 1, 0, 0},   {MOVED, -1, -1, 0},
    {MOVED, -1, 1, 0},  {MOVED, 1, -1, 0},  {MOVED, 1, 1, 0},  {MOVED, 0, -2, 0},  {MOVED, -2, 0, 0},
    {MOVED, 0, 2, 0},   {MOVED, 2, 0, 0},   {OLDER, 0, 0, 0},  {OLDER, 0, -1, 0},  {OLDER, -1, 0, 0},
    {OLDER, 0, 1, 0},   {OLDER, 1, 0, 0},
};
static const gvc_feature CHROMA_FEATURES[] = {
    {SERIAL, 0, -1, 0}, {SERIAL, 0, -2, 0}, {ABOVE, -1, 0, 0}, {ABOVE, -1, -1, 0}, {ABOVE, -1, 1, 0},
    {ABOVE, -2, 0, 0},  {MOVED, 0, -1, 0},  {MOVED, -1, 0, 0}, {MOVED, 0, 1, 0},   {MOVED, 1, 0, 0},
    {MOVED, -1, -1, 0}, {MOVED, -1, 1, 0},  {MOVED, 1, -1, 0}, {MOVED, 1, 1, 0},   {OLDER, 0, 0, 0},
    {MATE, 0, 0, 0},    {MATE, 0, -1, 0},   {MATE, -1, 0, 0},  {MATE, 0, 1, 0},    {MATE, 1, 0, 0},
    {MATE, 0, 0, 1},    {MATE, 0, -1, 1},   {MATE, -1, 0, 1},  {MATE, 0, 1, 1},    {MATE, 1, 0, 1},
};

const gvc_feature *gvc_features(const gvc_adaptive *planes)
{
    return planes->components == 1 ? GRAY_FEATURES : CHROMA_FEATURES;
}

static const float SMALLEST_PIVOT = 1.0f;

/* Solve LANES systems at once, by elimination without pivots.
 *
 * matrix: (pairs, LANES), the upper triangle of each system; column n is its right side. It is used up.
 * found: (n, LANES).
 */
static void solve(float *matrix, int n, float *found)
{
    for (int k = 0; k < n; k++) {
        float inverse[LANES], *pivot = matrix + (int64_t)gvc_pair(n, k, k) * LANES;
        for (int l = 0; l < LANES; l++)
            inverse[l] = 1.0f / (pivot[l] > SMALLEST_PIVOT ? pivot[l] : SMALLEST_PIVOT);
        for (int i = k + 1; i < n; i++) {
            const float *row = matrix + (int64_t)gvc_pair(n, k, i) * LANES;
            float factor[LANES], *to = matrix + (int64_t)gvc_pair(n, i, i) * LANES;
            for (int l = 0; l < LANES; l++)
                factor[l] = row[l] * inverse[l];
            for (int j = i; j <= n; j++, to += LANES, row += LANES)
                for (int l = 0; l < LANES; l++)
                    to[l] = to[l] - factor[l] * row[l];
        }
        for (int l = 0; l < LANES; l++)
            pivot[l] = inverse[l];
    }
    for (int k = n - 1; k >= 0; k--) {
        const float *row = matrix + (int64_t)gvc_pair(n, k, k) * LANES;
        float *to = found + k * LANES;
        const float *right = row + (int64_t)(n - k) * LANES;
        for (int l = 0; l < LANES; l++)
            to[l] = right[l];
        for (int j = k + 1; j < n; j++)
            for (int l = 0; l < LANES; l++)
                to[l] = to[l] - row[(j - k) * LANES + l] * found[j * LANES + l];
        for (int l = 0; l < LANES; l++)
            to[l] = to[l] * row[l];
    }
}

/* Sums over a row of tiles about each of LANES tiles: of itself, of its neighbors and of theirs. */
GVC_INLINE void neighbors(const float *row, float *own, float *near, float *far)
{
    for (int l = 0; l < LANES; l++) {
        own[l] = row[l];
        near[l] = row[l - 1] + row[l + 1];
        far[l] = row[l - 2] + row[l + 2];
    }
}

/* The system of each fit for LANES tiles, one pair of features. above: the products of the tile, one and two rows up.
 * before: the same of the picture before, around the tile's own row. rows: floats from one row of tiles to the next. */
GVC_INLINE void assemble(const float *now, const float *before, int64_t rows, float whole, int is_square, float *wide,
                         float *close)
{
    /* What keeps features apart that are equal: more than the products that they lose to rounding. */
    const float ridge = is_square ? 2.0f : 0.0f, share = is_square ? 0x1p-15f : 0.0f;
    float own[2][LANES], near[2][LANES], far[2][LANES], moved[LANES];
    neighbors(now - rows, own[0], near[0], far[0]);
    neighbors(now - 2 * rows, own[1], near[1], far[1]);
    for (int l = 0; l < LANES; l++)
        moved[l] = 0.0f;
    if (before)
        for (int l = 0; l < LANES; l++) {
            const float up = before[l - rows] + (before[l - rows - 1] + before[l - rows + 1]);
            const float down = before[l + rows] + (before[l + rows - 1] + before[l + rows + 1]);
            moved[l] = (2.0f * before[l] + (before[l - 1] + before[l + 1])) + (up + down);
        }
    for (int l = 0; l < LANES; l++) {
        const float first = (4.0f * own[0][l] + 2.0f * near[0][l]) + far[0][l];
        const float second = (4.0f * own[1][l] + 2.0f * near[1][l]) + far[1][l];
        const float here = ((own[0][l] + near[0][l]) + far[0][l]) + ((own[1][l] + near[1][l]) + far[1][l]);
        const float of_wide = ((2.0f * first + second) + moved[l]) * 0.5f + (whole * 0x1p-8f + ridge);
        const float of_close = here + (whole * 0x1p-12f + ridge);
        wide[l] = of_wide + share * of_wide;
        close[l] = of_close + share * of_close;
    }
}

/* A weight as it is used, in 1/4096. Damaged data may lead to anything, also to what is not a number. */
GVC_INLINE int16_t as_weight(float value)
{
    const float scaled = value * (float)(1 << WEIGHT_BITS);
    const float limited = scaled > 32767.0f ? 32767.0f : scaled > -32767.0f ? scaled : -32767.0f;
    return (int16_t)(limited < 0.0f ? limited - 0.5f : limited + 0.5f);
}

/* Fit the weights of a row of tiles. */
void gvc_fit_tiles(const gvc_adaptive *planes, int component, int64_t tile_row)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const int n = gvc_num_features(planes, component), num_pairs = gvc_num_pairs(n);
    const int64_t lanes = planes->lane_columns, rows = num_pairs * lanes;
    enum { MOST_PAIRS = (MOST_FEATURES + 1) * (MOST_FEATURES + 2) / 2 };
    float systems[FITS][MOST_PAIRS * LANES], found[MOST_FEATURES * LANES];
    for (int64_t first = 0; first < planes->tile_columns; first += LANES) {
        for (int i = 0, pair = 0; i <= n; i++)
            for (int j = i; j <= n; j++, pair++) {
                const int64_t at = tile_row * rows + pair * lanes + first;
                const float whole = planes->has_sums ? (float)own->whole[1][pair] : 0.0f;
                assemble(own->products[0] + at, planes->has_sums ? own->products[1] + at : 0, rows, whole,
                         i == j, systems[0] + pair * LANES, systems[1] + pair * LANES);
            }
        const int64_t count = gvc_min(LANES, planes->tile_columns - first);
        for (int fit = 0; fit < FITS; fit++) {
            solve(systems[fit], n, found);
            for (int64_t l = 0; l < count; l++) {
                int16_t *to = planes->weights + ((first + l) * FITS + fit) * MOST_FEATURES;
                for (int i = 0; i < n; i++)
                    to[i] = as_weight(found[i * LANES + l]);
            }
        }
    }
}

/* The values of a feature in a tile, as differences from the sample that predictions start from. */
static void fill_feature(const gvc_adaptive *planes, int component, gvc_feature feature, int64_t top, int64_t left,
                         int16_t *values)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const int64_t stride = planes->stride, step = planes->block_columns;
    const int64_t bottom = gvc_min(top + TILE, planes->rows), right = gvc_min(left + TILE, planes->columns);
    int32_t *const *mate = feature.mate ? planes->own[0].planes : planes->gray;
    for (int64_t y = top; y < bottom; y++)
        for (int64_t x = left; x < right; x += step) {
            const int64_t here = y * stride + x, place = here + feature.y * stride + feature.x;
            const int64_t moved = planes->moves ? gvc_moved_by(planes, y, x, 0) : 0;
            const int32_t *now, *then;
            if (feature.kind == MATE) {
                now = mate[0] + place;
                then = planes->moves ? mate[1] + place + moved : mate[0] + here - 1;
            } else {
                now = feature.kind == MOVED ? own->planes[1] + place + moved
                    : feature.kind == OLDER ? own->planes[2] + place + gvc_moved_by(planes, y, x, 1)
                                            : own->planes[0] + place;
                then = planes->moves ? own->planes[1] + here + moved : own->planes[0] + here - 1;
            }
            int16_t *to = values + (y - top) * TILE + (x - left);
            const int64_t count = gvc_min(step, right - x);
            for (int64_t l = 0; l < count; l++)
                to[l] = (int16_t)gvc_clip(gvc_in_units(now[l] - then[l], planes->unit), -FEATURE_LIMIT, FEATURE_LIMIT);
        }
}

/* Sum the products of the features over each tile of a row that is decoded. */
void gvc_gather_products(const gvc_adaptive *planes, int component, int64_t tile_row)
{
    enum { AREA = TILE * TILE };
    const gvc_adaptive_component *own = &planes->own[component];
    const gvc_feature *features = gvc_features(planes), sample = {ABOVE, 0, 0, 0};
    const int n = gvc_num_features(planes, component);
    const int64_t lanes = planes->lane_columns, top = tile_row * TILE;
    float *to = own->products[0] + tile_row * gvc_num_pairs(n) * lanes;
    for (int64_t column = 0; column < planes->tile_columns; column++) {
        int16_t values[MOST_FEATURES + 1][AREA], weighted[AREA], weights[AREA] = {0};
        __builtin_memset(values, 0, sizeof values);
        for (int64_t y = top; y < gvc_min(top + TILE, planes->rows); y++)
            for (int64_t x = column * TILE; x < gvc_min(column * TILE + TILE, planes->columns); x++)
                weights[(y - top) * TILE + x - column * TILE] =
                    (int16_t)planes->tables->energy_weight[planes->energies[(y - top) * planes->columns + x]];
        for (int i = 0; i <= n; i++) {
            const gvc_feature feature = i < n ? features[i] : sample;
            if ((feature.kind == MOVED && planes->moves < 1) || (feature.kind == OLDER && planes->moves < 2))
                continue;
            fill_feature(planes, component, feature, top, column * TILE, values[i]);
        }
        for (int i = 0, pair = 0; i <= n; i++) {
            for (int k = 0; k < AREA; k++)
                weighted[k] = (int16_t)(values[i][k] * weights[k]);
            for (int j = i; j <= n; j++, pair++) {
                int32_t sum = 0;
                for (int k = 0; k < AREA; k++)
                    sum += weighted[k] * values[j][k];
                own->whole[0][pair] += sum;
                to[pair * lanes + column] = (float)sum;
            }
        }
    }
}

/* Once a picture is decoded: half of what was known of earlier ones stays known. */
void gvc_settle_products(const gvc_adaptive *planes, int component)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const int64_t count = planes->tile_rows * gvc_num_pairs(gvc_num_features(planes, component)) * planes->lane_columns;
    if (planes->has_sums)
        for (int64_t k = 0; k < count; k++)
            own->products[0][k] = own->products[0][k] + own->products[1][k] * 0.5f;
}
