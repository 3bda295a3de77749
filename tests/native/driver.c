/* Calls the kernels for a Python that runs elsewhere: under an emulator of another processor (tests/native/emulated.py).
 *
 * Python sends a function's number and its arguments, with pointers as they are in its own memory. Nothing lies there in
 * this process: each first touch of a page faults, and the handler asks Python for the page. So this needs to know
 * nothing about what a pointer points to, and a new kernel needs nothing here. After the call all pages go back.
 *
 * It is linked with the kernels and without a C library, so that every compiler for the processor can build it.
 */
#include <stddef.h>
#include <stdint.h>

enum { PAGE_BYTES = 4096, MAX_PAGES = 1 << 16, MAX_WORDS = 16, MAX_DOUBLES = 8 };
enum { STDIN = 0, STDOUT = 1 };

/* Messages to Python: what, and one number with it. */
enum { WANT_PAGE = 1, OCCUPIED = 2, DONE = 3 };

#if defined(__x86_64__)
enum { READ = 0, WRITE = 1, MMAP = 9, MUNMAP = 11, SIGACTION = 13, EXIT = 60 };

static long syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "+a"(number)
                     : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return number;
}

__asm__(".globl _start\n_start:\n    xor %ebp, %ebp\n    and $-16, %rsp\n    call serve\n"
        "return_from_signal:\n    mov $15, %eax\n    syscall\n");
extern void return_from_signal(void);
enum { HANDLER_FLAGS = 0x04000004 }; /* SA_RESTORER, SA_SIGINFO */
#elif defined(__aarch64__)
enum { READ = 63, WRITE = 64, MMAP = 222, MUNMAP = 215, SIGACTION = 134, EXIT = 93 };

static long syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}

__asm__(".globl _start\n_start:\n    mov x29, xzr\n    bl serve\n");
#define return_from_signal NULL /* the kernel has one */
enum { HANDLER_FLAGS = 4 };     /* SA_SIGINFO */
#endif

/* What the compiler may call in place of a loop or an assignment. */
void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    for (size_t k = 0; k < size; k++)
        ((char *)to)[k] = ((const char *)from)[k];
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    if ((uintptr_t)to <= (uintptr_t)from)
        return memcpy(to, from, size);
    while (size-- > 0)
        ((char *)to)[size] = ((const char *)from)[size];
    return to;
}

void *memset(void *to, int value, size_t size)
{
    for (size_t k = 0; k < size; k++)
        ((char *)to)[k] = (char)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *first = a, *second = b;
    for (size_t k = 0; k < size; k++)
        if (first[k] != second[k])
            return first[k] - second[k];
    return 0;
}

static _Noreturn void stop(int code)
{
    for (;;)
        syscall6(EXIT, code, 0, 0, 0, 0, 0);
}

static void receive(void *to, long size)
{
    for (char *next = to; size > 0;) {
        const long count = syscall6(READ, STDIN, (long)next, size, 0, 0, 0);
        if (count <= 0) /* Python has closed the pipe */
            stop(0);
        next += count, size -= count;
    }
}

static void send(const void *from, long size)
{
    for (const char *next = from; size > 0;) {
        const long count = syscall6(WRITE, STDOUT, (long)next, size, 0, 0, 0);
        if (count <= 0)
            stop(0);
        next += count, size -= count;
    }
}

static void tell(int64_t what, int64_t number)
{
    const int64_t message[2] = {what, number};
    send(message, sizeof message);
}

static int64_t pages[MAX_PAGES]; /* that lie here during a call */
static int num_pages;

/* The handler of SIGSEGV: fetch the page whose absence stopped the kernel, which then goes on. */
static void fetch_page(int number, char *info, void *context)
{
    enum { ADDRESS_IN_INFO = 16, READ_WRITE = 3, PRIVATE_ANONYMOUS_NOT_ELSEWHERE = 0x100022 };
    (void)number, (void)context;
    const int64_t page = *(int64_t *)(info + ADDRESS_IN_INFO) & -PAGE_BYTES;
    const long place = syscall6(MMAP, page, PAGE_BYTES, READ_WRITE, PRIVATE_ANONYMOUS_NOT_ELSEWHERE, -1, 0);
    if (place != page || num_pages == MAX_PAGES) {
        tell(OCCUPIED, page);
        stop(1);
    }
    pages[num_pages++] = page;
    tell(WANT_PAGE, page);
    receive((void *)page, PAGE_BYTES);
}

#define FUNCTION(name) extern void name(void);
GVC_FUNCTIONS
#undef FUNCTION
#define FUNCTION(name) name,
static void (*const functions[])(void) = {GVC_FUNCTIONS};

/* Whole numbers and doubles travel in registers of their own, and the rest of the former in 8 bytes each, on all
 * processors here: so one type fits all functions, and surplus arguments do no harm. */
#define WORDS                                                                                                          \
    int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,        \
        int64_t, int64_t, int64_t, int64_t
#define DOUBLES double, double, double, double, double, double, double, double
typedef int64_t (*returns_word)(WORDS, DOUBLES);
typedef double (*returns_double)(WORDS, DOUBLES);

/* The main loop: receive a call, make it, send the result and the pages. */
void serve(void)
{
    enum { SIGSEGV = 11, SIGBUS = 7, SIGNAL_SET_BYTES = 8 };
    const struct {
        void (*handler)(int, char *, void *);
        uint64_t flags;
        void (*restorer)(void);
        uint64_t blocked;
    } action = {fetch_page, HANDLER_FLAGS, return_from_signal, 0};
    syscall6(SIGACTION, SIGSEGV, (long)&action, 0, SIGNAL_SET_BYTES, 0, 0);
    syscall6(SIGACTION, SIGBUS, (long)&action, 0, SIGNAL_SET_BYTES, 0, 0);
    for (;;) {
        struct {
            int64_t function, is_double, w[MAX_WORDS];
            double d[MAX_DOUBLES];
        } call;
        receive(&call, sizeof call);
        const int64_t *w = call.w;
        const double *d = call.d;
        void (*const function)(void) = functions[call.function];
        union {
            int64_t word;
            double number;
        } result;
#define ARGUMENTS                                                                                                      \
    w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], w[12], w[13], w[14], w[15], d[0], d[1],  \
        d[2], d[3], d[4], d[5], d[6], d[7]
        if (call.is_double)
            result.number = ((returns_double)function)(ARGUMENTS);
        else
            result.word = ((returns_word)function)(ARGUMENTS);
        tell(DONE, result.word);
        send(&(int64_t){num_pages}, sizeof(int64_t));
        while (num_pages > 0) {
            const int64_t page = pages[--num_pages];
            send(&page, sizeof page);
            send((const void *)page, PAGE_BYTES);
            syscall6(MUNMAP, page, PAGE_BYTES, 0, 0, 0, 0);
        }
    }
}
