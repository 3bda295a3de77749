/* Least squares of adaptive planes: sums of products over tiles, and the weights that follow from them.
 *
 * All sums are of float32 in an order that is the same everywhere, and nothing is contracted: every machine gets the
 * same weights.
 */
#include "adaptive.h"

#if defined(__AVX2__) && !defined(GVC_PLAIN)
#include <immintrin.h>
#endif
enum { AREA = TILE * TILE };

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

static const gvc_feature MOST_GRAY_FEATURES[] = {
    {SERIAL, 0, -1, 0}, {SERIAL, 0, -2, 0}, {ABOVE, -1, 0, 0}, {ABOVE, -1, -1, 0}, {ABOVE, -1, 1, 0},  {ABOVE, -2, 0, 0},
    {ABOVE, -2, 1, 0},  {ABOVE, -1, -2, 0}, {ABOVE, -1, 2, 0}, {ABOVE, -2, -1, 0}, {ABOVE, -3, 0, 0},  {ABOVE, -2, -2, 0},
    {ABOVE, -2, 2, 0},  {ABOVE, -1, 3, 0},  {MOVED, 0, -1, 0}, {MOVED, -1, 0, 0},  {MOVED, 0, 1, 0},   {MOVED, 1, 0, 0},
    {MOVED, -1, -1, 0}, {MOVED, -1, 1, 0},  {MOVED, 1, -1, 0}, {MOVED, 1, 1, 0},   {MOVED, 0, -2, 0},  {MOVED, -2, 0, 0},
    {MOVED, 0, 2, 0},   {MOVED, 2, 0, 0},   {MOVED, 1, 2, 0},  {MOVED, 1, -2, 0},  {MOVED, 2, 1, 0},   {MOVED, 2, -1, 0},
    {MOVED, -1, 2, 0},  {MOVED, -1, -2, 0}, {MOVED, -2, 1, 0}, {MOVED, -2, -1, 0}, {OLDER, 0, 0, 0},   {OLDER, 0, -1, 0},
    {OLDER, -1, 0, 0},  {OLDER, 0, 1, 0},   {OLDER, 1, 0, 0},
};
static const gvc_feature MOST_CHROMA_FEATURES[] = {
    {SERIAL, 0, -1, 0}, {SERIAL, 0, -2, 0}, {ABOVE, -1, 0, 0},  {ABOVE, -1, -1, 0}, {ABOVE, -1, 1, 0}, {ABOVE, -2, 0, 0},
    {ABOVE, -2, 1, 0},  {ABOVE, -2, -1, 0}, {ABOVE, -1, 2, 0},  {ABOVE, -1, -2, 0}, {MOVED, 0, -1, 0}, {MOVED, -1, 0, 0},
    {MOVED, 0, 1, 0},   {MOVED, 1, 0, 0},   {MOVED, -1, -1, 0}, {MOVED, -1, 1, 0},  {MOVED, 1, -1, 0}, {MOVED, 1, 1, 0},
    {MOVED, 0, -2, 0},  {MOVED, -2, 0, 0},  {MOVED, 0, 2, 0},   {MOVED, 2, 0, 0},   {OLDER, 0, 0, 0},  {OLDER, 0, -1, 0},
    {OLDER, -1, 0, 0},  {OLDER, 0, 1, 0},   {OLDER, 1, 0, 0},   {MATE, 0, 0, 0},    {MATE, 0, -1, 0},  {MATE, -1, 0, 0},
    {MATE, 0, 1, 0},    {MATE, 1, 0, 0},    {MATE, -1, -1, 0},  {MATE, -1, 1, 0},   {MATE, 1, -1, 0},  {MATE, 1, 1, 0},
    {MATE, 0, 0, 1},    {MATE, 0, -1, 1},   {MATE, -1, 0, 1},   {MATE, 0, 1, 1},    {MATE, 1, 0, 1},
};

static const gvc_feature FEW_GRAY_FEATURES[] = {
    {SERIAL, 0, -1, 0}, {SERIAL, 0, -2, 0}, {ABOVE, -1, 0, 0}, {ABOVE, -1, -1, 0}, {ABOVE, -1, 1, 0}, {ABOVE, -2, 0, 0},
    {MOVED, 0, -1, 0},  {MOVED, -1, 0, 0},  {MOVED, 0, 1, 0},  {MOVED, 1, 0, 0},   {OLDER, 0, 0, 0},
};
static const gvc_feature FEW_CHROMA_FEATURES[] = {
    {SERIAL, 0, -1, 0}, {SERIAL, 0, -2, 0}, {ABOVE, -1, 0, 0}, {ABOVE, -1, -1, 0}, {ABOVE, -1, 1, 0},
    {MOVED, 0, -1, 0},  {MOVED, -1, 0, 0},  {MOVED, 0, 1, 0},  {MOVED, 1, 0, 0},
    {MATE, 0, 0, 0},    {MATE, 0, -1, 0},   {MATE, 0, 0, 1},   {MATE, 0, -1, 1},
};

static const gvc_feature SWIFT_CHROMA_FEATURES[] = {
    {SERIAL, 0, -1, 0}, {SERIAL, 0, -2, 0}, {ABOVE, -1, 0, 0}, {ABOVE, -1, -1, 0}, {MOVED, 0, -1, 0},
    {MOVED, -1, 0, 0},  {MOVED, 0, 1, 0},   {MOVED, 1, 0, 0},  {MATE, 0, 0, 0},    {MATE, 0, 0, 1},
};

const gvc_feature *gvc_features(const gvc_adaptive *planes)
{
    if (planes->level == LEVEL_SWIFT)
        return planes->components == 1 ? FEW_GRAY_FEATURES : SWIFT_CHROMA_FEATURES;
    if (planes->level == LEVEL_FIRST_SWIFT)
        return planes->components == 1 ? FEW_GRAY_FEATURES : FEW_CHROMA_FEATURES;
    if (planes->level == LEVEL_MAX)
        return planes->components == 1 ? MOST_GRAY_FEATURES : MOST_CHROMA_FEATURES;
    return planes->components == 1 ? GRAY_FEATURES : CHROMA_FEATURES;
}

static const float SMALLEST_PIVOT = 1.0f;

typedef float gvc_lanes __attribute__((vector_size(4 * LANES)));

/* Solve LANES systems at once, by elimination without pivots.
 *
 * matrix: (pairs,), the upper triangle of each system; column n is its right side. It is used up.
 * found: (n,).
 */
static void solve(gvc_lanes *matrix, int n, gvc_lanes *found)
{
    enum { TOGETHER = 4 }; /* columns whose sums stay in registers */
    gvc_lanes *rows[MOST_FEATURES], inverses[MOST_FEATURES], factors[MOST_FEATURES];
    for (int i = 0; i < n; i++) {
        gvc_lanes *row = rows[i] = matrix + gvc_pair(n, i, i) - i; /* row i, from column 0 on, which it has not */
        for (int k = 0; k < i; k++)
            factors[k] = rows[k][i] * inverses[k];
        for (int j = i; j <= n; j += TOGETHER) {
            gvc_lanes sums[TOGETHER];
            /* Beyond the last column there is the next row, or what follows the matrix; nothing is kept of it. */
            for (int c = 0; c < TOGETHER; c++)
                sums[c] = row[j + c];
            for (int k = 0; k < i; k++)
                for (int c = 0; c < TOGETHER; c++)
                    sums[c] = sums[c] - factors[k] * rows[k][j + c];
            for (int c = 0; c < TOGETHER && j + c <= n; c++)
                row[j + c] = sums[c];
        }
        for (int l = 0; l < LANES; l++)
            inverses[i][l] = 1.0f / (row[i][l] > SMALLEST_PIVOT ? row[i][l] : SMALLEST_PIVOT);
    }
    for (int k = n - 1; k >= 0; k--) {
        gvc_lanes rest = rows[k][n];
        for (int j = k + 1; j < n; j++)
            rest = rest - rows[k][j] * found[j];
        found[k] = rest * inverses[k];
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

/* The system of each fit for LANES tiles, one pair of features; close is NULL where there is one fit. above: the products of the tile, one and two rows up.
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
        if (close)
            close[l] = of_close + share * of_close;
    }
}

/* As assemble, of LEVEL_MAX, whose tiles are half as high: four rows of tiles above, five of the picture before. */
GVC_INLINE void assemble_low(const float *now, const float *before, int64_t rows, float whole, int is_square, float *wide,
                             float *close)
{
    const float ridge = is_square ? 2.0f : 0.0f, share = is_square ? 0x1p-15f : 0.0f;
    float own[ROWS_ABOVE][LANES], near[ROWS_ABOVE][LANES], far[ROWS_ABOVE][LANES], moved[LANES];
    GVC_UNROLL
    for (int up = 0; up < ROWS_ABOVE; up++)
        neighbors(now - (up + 1) * rows, own[up], near[up], far[up]);
    for (int l = 0; l < LANES; l++)
        moved[l] = 0.0f;
    if (before)
        for (int l = 0; l < LANES; l++) {
            const float up = before[l - rows] + (before[l - rows - 1] + before[l - rows + 1]);
            const float down = before[l + rows] + (before[l + rows - 1] + before[l + rows + 1]);
            const float top = before[l - 2 * rows] + (before[l - 2 * rows - 1] + before[l - 2 * rows + 1]);
            const float bottom = before[l + 2 * rows] + (before[l + 2 * rows - 1] + before[l + 2 * rows + 1]);
            moved[l] = ((2.0f * before[l] + (before[l - 1] + before[l + 1])) + (up + down)) + 0.5f * (top + bottom);
        }
    for (int l = 0; l < LANES; l++) {
        float weighed[ROWS_ABOVE], here[ROWS_ABOVE];
        GVC_UNROLL
        for (int up = 0; up < ROWS_ABOVE; up++) {
            weighed[up] = (4.0f * own[up][l] + 2.0f * near[up][l]) + far[up][l];
            here[up] = (own[up][l] + near[up][l]) + far[up][l];
        }
        const float above = ((3.0f * weighed[0] + 2.0f * weighed[1]) + weighed[2]) + 0.5f * weighed[3];
        const float of_wide = (above + moved[l]) * 0.5f + (whole * 0x1p-8f + ridge);
        const float of_close = ((here[0] + here[1]) + (here[2] + here[3])) + (whole * 0x1p-12f + ridge);
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

enum { MOST_PAIRS = (MOST_FEATURES + 1) * (MOST_FEATURES + 2) / 2, BEYOND = 4 };

/* Solve the system of a part of the features; the others have weight 0.
 *
 * whole: the system of all n features, then BEYOND numbers.
 * of_before: whether it is the features of earlier pictures that are used, or those of this picture. Mates always are.
 */
static void solve_part(const gvc_lanes *whole, const gvc_feature *features, int n, int of_before, gvc_lanes *found)
{
    gvc_lanes part[MOST_PAIRS + BEYOND], found_part[MOST_FEATURES];
    int used[MOST_FEATURES + 1], count = 0;
    for (int i = 0; i < n; i++)
        if (features[i].kind == MATE || (features[i].kind > ABOVE) == of_before)
            used[count++] = i;
    used[count] = n;
    int pair = 0;
    for (int i = 0; i <= count; i++)
        for (int j = i; j <= count; j++)
            part[pair++] = whole[gvc_pair(n, used[i], used[j])];
    __builtin_memset(&part[pair], 0, BEYOND * sizeof part[0]);
    solve(part, count, found_part);
    __builtin_memset(found, 0, (size_t)n * sizeof *found);
    for (int i = 0; i < count; i++)
        found[used[i]] = found_part[i];
}

/* Fit the weights of a row of tiles. */
void gvc_fit_tiles(const gvc_adaptive *planes, int component, int64_t tile_row)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const gvc_feature *features = gvc_features(planes);
    const int n = gvc_num_features(planes, component), num_pairs = gvc_num_pairs(n), num_fits = gvc_num_fits(planes);
    const int is_max = planes->level == LEVEL_MAX;
    const int64_t lanes = planes->lane_columns, rows = num_pairs * lanes;
    gvc_lanes systems[3][MOST_PAIRS + BEYOND], found[MOST_FEATURES];
    __builtin_memset(&systems[0][num_pairs], 0, BEYOND * sizeof systems[0][0]);
    __builtin_memset(&systems[1][num_pairs], 0, BEYOND * sizeof systems[1][0]);
    for (int64_t first = 0; first < planes->tile_columns; first += LANES) {
        for (int i = 0, pair = 0; i <= n; i++)
            for (int j = i; j <= n; j++, pair++) {
                const int64_t at = tile_row * rows + pair * lanes + first;
                const float whole = planes->has_sums ? (float)own->whole[1][pair] : 0.0f;
                const float *before = planes->has_sums ? own->products[1] + at : 0;
                float *wide = (float *)&systems[0][pair], *close = num_fits > 1 ? (float *)&systems[1][pair] : 0;
                if (is_max)
                    assemble_low(own->products[0] + at, before, rows, whole, i == j, wide, close);
                else
                    assemble(own->products[0] + at, before, rows, whole, i == j, wide, close);
            }
        if (is_max) /* solving uses a system up */
            __builtin_memcpy(systems[2], systems[0], (size_t)num_pairs * sizeof systems[0][0]);
        const int64_t count = gvc_min(LANES, planes->tile_columns - first);
        for (int fit = 0; fit < num_fits; fit++) {
            if (fit < 2)
                solve(systems[fit], n, found);
            else
                solve_part(systems[2], features, n, fit == 3, found);
            for (int64_t l = 0; l < count; l++) {
                int16_t *to = planes->weights + ((first + l) * MOST_FITS + fit) * MOST_FEATURES;
                for (int i = 0; i < n; i++)
                    to[i] = as_weight(found[i][l]);
            }
        }
    }
}

/* The differences of some rows of samples, limited, as rows of a tile; `count` of each row are wanted, at most TILE. */
GVC_INLINE void fill_rows(const int32_t *now, const int32_t *then, int64_t stride, int64_t rows, int64_t count,
                          int32_t unit, int16_t *to)
{
    for (int64_t y = 0; y < rows; y++, now += stride, then += stride, to += TILE) {
        int32_t found[TILE];
        int16_t limited[TILE];
        for (int l = 0; l < TILE; l++)
            found[l] = now[l] - then[l];
        if (unit)
            for (int l = 0; l < TILE; l++)
                found[l] = gvc_in_units(found[l], unit);
        for (int l = 0; l < TILE; l++)
            limited[l] = (int16_t)gvc_clip(found[l], -FEATURE_LIMIT, FEATURE_LIMIT);
        if (count == TILE)
            __builtin_memcpy(to, limited, sizeof limited);
        else if (count == TILE / 2)
            __builtin_memcpy(to, limited, sizeof limited / 2);
        else
            for (int64_t l = 0; l < count; l++)
                to[l] = limited[l];
    }
}

/* The values of the features in a tile, and of the sample, as differences from the sample that predictions start from.
 * values: (features + 1, AREA); features that are not usable stay 0, and so does what is below the picture. Beyond its
 * right border there is anything. step: every row, or every other one from the second one on. */
static void fill_features(const gvc_adaptive *planes, int component, int64_t top, int64_t left, int step, int16_t (*values)[AREA])
{
    static const gvc_feature SAMPLE = {ABOVE, 0, 0, 0};
    const gvc_adaptive_component *own = &planes->own[component];
    const gvc_feature *features = gvc_features(planes);
    const int n = gvc_num_features(planes, component);
    const int64_t stride = planes->stride, width = planes->block_columns;
    const int64_t bottom = gvc_min(top + gvc_tile_height(planes), planes->rows);
    const int64_t right = gvc_min(left + TILE, planes->columns);
    int64_t next;
    for (int64_t block = top; block < bottom; block = next) { /* rows of blocks, which have a vector each */
        next = gvc_min((block / planes->block_rows + 1) * planes->block_rows, bottom);
        const int64_t y = block | (step - 1), rows = (next - y + step - 1) / step;
        const int16_t *vector = gvc_vectors_of_row(planes, block) + 4 * ((uint32_t)left / (uint32_t)width);
        for (int64_t x = left; x < right; x += width, vector += 4) {
            const int64_t here = y * stride + x;
            const int64_t moved = planes->moves ? gvc_moved_by(planes, vector, 0) : 0;
            const int64_t older = planes->moves > 1 ? gvc_moved_by(planes, vector, 1) : 0;
            const int32_t *base = planes->moves ? own->planes[1] + here + moved : own->planes[0] + here - 1;
            for (int i = 0; i <= n; i++) {
                const gvc_feature feature = i < n ? features[i] : SAMPLE;
                const int64_t place = here + feature.y * stride + feature.x;
                const int32_t *now, *then = base;
                if (feature.kind == MATE) {
                    int32_t *const *mate = feature.mate ? planes->own[0].planes : planes->gray;
                    now = mate[0] + place;
                    then = planes->moves ? mate[1] + place + moved : mate[0] + here - 1;
                } else if (feature.kind == MOVED) {
                    if (planes->moves < 1)
                        continue;
                    now = own->planes[1] + place + moved;
                } else if (feature.kind == OLDER) {
                    if (planes->moves < 2)
                        continue;
                    now = own->planes[2] + place + older;
                } else {
                    now = own->planes[0] + place;
                }
                fill_rows(now, then, step * stride, rows, TILE - (x - left), planes->unit,
                          values[i] + (y - top) / step * TILE + (x - left));
            }
        }
    }
}

/* Sums of the products of one feature, weighted, with eight others, over so many samples. */
#if defined(__AVX2__) && !defined(GVC_PLAIN)

GVC_INLINE void sum_products(const int16_t *weighted, int16_t (*values)[AREA], int area, int32_t *sums)
{
    __m256i of[8];
    GVC_UNROLL
    for (int j = 0; j < 8; j++) {
        __m256i sum = _mm256_setzero_si256();
        GVC_UNROLL
        for (int k = 0; k < area; k += 16)
            sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_load_si256((const __m256i *)(weighted + k)),
                                                          _mm256_load_si256((const __m256i *)(values[j] + k))));
        of[j] = sum;
    }
    const __m256i low = _mm256_hadd_epi32(_mm256_hadd_epi32(of[0], of[1]), _mm256_hadd_epi32(of[2], of[3]));
    const __m256i high = _mm256_hadd_epi32(_mm256_hadd_epi32(of[4], of[5]), _mm256_hadd_epi32(of[6], of[7]));
    const __m256i all = _mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x20), _mm256_permute2x128_si256(low, high, 0x31));
    _mm256_storeu_si256((__m256i *)sums, all);
}

#else

GVC_INLINE void sum_products(const int16_t *weighted, int16_t (*values)[AREA], int area, int32_t *sums)
{
    for (int j = 0; j < 8; j++) {
        int32_t sum = 0;
        for (int k = 0; k < area; k++)
            sum += weighted[k] * values[j][k];
        sums[j] = sum;
    }
}

#endif

/* Sum the products of the features over each tile of a row that is decoded. height: of the tiles; step: from one row of
 * their samples to the next; constants. */
GVC_INLINE void gather_products(const gvc_adaptive *planes, int component, int64_t tile_row, int height, int step)
{
    enum { TOGETHER = 8 };
    const gvc_adaptive_component *own = &planes->own[component];
    const int n = gvc_num_features(planes, component), num_pairs = gvc_num_pairs(n), area = height / step * TILE;
    const int64_t lanes = planes->lane_columns, top = tile_row * height, bottom = gvc_min(top + height, planes->rows);
    float *to = own->products[0] + tile_row * num_pairs * lanes;
    /* Products are summed for eight features at once; what comes of those that there are not is overwritten. */
    _Alignas(64) int16_t values[MOST_FEATURES + TOGETHER][AREA], weights[AREA], weighted[AREA];
    int32_t sums[MOST_PAIRS + TOGETHER];
    __builtin_memset(values, 0, sizeof values);
    __builtin_memset(weights, 0, sizeof weights);
    for (int64_t column = 0; column < planes->tile_columns; column++) {
        const int64_t left = column * TILE, count = gvc_min(TILE, planes->columns - left);
        int16_t *row = weights;
        for (int64_t y = top + step - 1; y < bottom; y += step, row += TILE) {
            for (int64_t l = 0; l < TILE; l++)
                row[l] = 0;
            for (int64_t l = 0; l < count; l++)
                row[l] = (int16_t)planes->tables->energy_weight[planes->energies[(y - top) * planes->columns + left + l]];
        }
        fill_features(planes, component, top, left, step, values);
        int pair = 0;
        for (int i = 0; i <= n; i++) {
            for (int k = 0; k < area; k++)
                weighted[k] = (int16_t)(values[i][k] * weights[k]);
            for (int j = i; j <= n; j += TOGETHER)
                sum_products(weighted, values + j, area, sums + pair + (j - i));
            pair += n + 1 - i;
        }
        for (pair = 0; pair < num_pairs; pair++)
            own->whole[0][pair] += sums[pair];
        for (pair = 0; pair < num_pairs; pair++)
            to[pair * lanes + column] = (float)sums[pair];
    }
}

void gvc_gather_products(const gvc_adaptive *planes, int component, int64_t tile_row)
{
    if (planes->level == LEVEL_MAX)
        gather_products(planes, component, tile_row, LOW_TILE, 1);
    else if (planes->level == LEVEL_SWIFT)
        gather_products(planes, component, tile_row, TILE, 2);
    else
        gather_products(planes, component, tile_row, TILE, 1);
}

/* Rows of tiles of a picture that no fit of this picture needs any more: half of what was known of earlier pictures
 * stays known. */
void gvc_settle_products(const gvc_adaptive *planes, int component, int64_t from, int64_t to)
{
    const gvc_adaptive_component *own = &planes->own[component];
    const int64_t size = gvc_num_pairs(gvc_num_features(planes, component)) * planes->lane_columns;
    if (planes->has_sums)
        for (int64_t k = gvc_max(from, 0) * size; k < to * size; k++)
            own->products[0][k] = own->products[0][k] + own->products[1][k] * 0.5f;
}
