/* The checksum of pictures for the page, which has no zlib. */
#include "gvc.h"

#if defined(__wasm__)

enum { BYTES = 16, VALUES = 256 };

GVC_INLINE uint32_t word_at(const uint8_t *data)
{
    uint32_t word;
    __builtin_memcpy(&word, data, sizeof word);
    return word;
}

/* What four bytes add, of which the last has `behind` bytes behind it. */
GVC_INLINE uint32_t of_word(const uint32_t *tables, uint32_t word, int behind)
{
    return tables[(behind + 3) * VALUES + (word & 255)] ^ tables[(behind + 2) * VALUES + (word >> 8 & 255)] ^
           tables[(behind + 1) * VALUES + (word >> 16 & 255)] ^ tables[behind * VALUES + (word >> 24)];
}

/* The CRC-32 of zlib and PNG (ISO 3309) of bytes, which continues from that of the bytes before.
 *
 * tables: (BYTES, VALUES), what a byte adds with so many bytes of zero behind it: web/container/crc32.js makes them.
 */
GVC_EXPORT uint32_t gvc_crc32(const uint8_t *data, int32_t count, uint32_t before, const uint32_t *tables)
{
    uint32_t crc = ~before;
    for (; count >= BYTES; count -= BYTES, data += BYTES)
        crc = of_word(tables, crc ^ word_at(data), 12) ^ of_word(tables, word_at(data + 4), 8) ^
              of_word(tables, word_at(data + 8), 4) ^ of_word(tables, word_at(data + 12), 0);
    for (; count > 0; count--)
        crc = crc >> 8 ^ tables[(crc ^ *data++) & 255];
    return ~crc;
}

#endif
