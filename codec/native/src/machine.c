/* What this library is, and what the processor can do. */
#include "gvc.h"

/* The bits of gvc_processor(), one for each instruction set of codec/native/isa.py. */
enum { HAS_AVX2 = 1, HAS_AVX_VNNI = 2, HAS_AVX512 = 4, HAS_AVX512_VNNI = 8, HAS_NEON = 16 };

GVC_EXPORT int32_t gvc_interface(void)
{
    return GVC_INTERFACE;
}

#if defined(GVC_ENTRY_POINT)
/* What Windows calls when the library is loaded or unloaded; a C library would bring it. */
int __stdcall DllMainCRTStartup(void *instance, unsigned long reason, void *reserved)
{
    (void)instance, (void)reason, (void)reserved;
    return 1; /* loaded */
}
#endif

#if defined(__x86_64__) || defined(_M_X64)
#include <cpuid.h>

/* Which register files the operating system saves (Intel SDM, volume 1, 13.3). */
static uint32_t saved_registers(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int has(uint32_t flags, int bit)
{
    return (flags >> bit) & 1;
}

GVC_EXPORT int32_t gvc_processor(void)
{
    enum { YMM_SAVED = 0x06, ZMM_SAVED = 0xe6 };
    uint32_t a, b, c, d, a1 = 0, b1, c1, d1;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !has(c, 27) || !has(c, 28)) /* OSXSAVE, AVX */
        return 0;
    uint32_t saved = saved_registers();
    const int has_fma = has(c, 12);
    if ((saved & YMM_SAVED) != YMM_SAVED || !__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return 0;
    if (a >= 1)
        __get_cpuid_count(7, 1, &a1, &b1, &c1, &d1);
    int32_t found = 0;
    if (has_fma && has(b, 5) && has(b, 3) && has(b, 8)) /* AVX2, BMI1, BMI2 */
        found |= HAS_AVX2;
    if (found && has(a1, 4))
        found |= HAS_AVX_VNNI;
    if (found && (saved & ZMM_SAVED) == ZMM_SAVED && has(b, 16) && has(b, 17) && has(b, 30) && has(b, 31)) /* F, DQ, BW, VL */
        found |= HAS_AVX512 | (has(c, 11) ? HAS_AVX512_VNNI : 0);
    return found;
}
#elif defined(__aarch64__) || defined(_M_ARM64)
GVC_EXPORT int32_t gvc_processor(void)
{
    return HAS_NEON; /* part of the base architecture */
}
#else
GVC_EXPORT int32_t gvc_processor(void)
{
    return 0;
}
#endif
