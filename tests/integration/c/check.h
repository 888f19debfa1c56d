/* Checks for C programs: what fails is printed with its place, and the program ends with 1. */
#ifndef CIPHERLANE_TESTS_CHECK_H
#define CIPHERLANE_TESTS_CHECK_H

#include <cipherlane/c/status.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cipherlane_status why;
static int failures = 0;
static long calls = 0; /* of the interface, by the macros below */

#define CHECK(is)                                                                                                    \
    do {                                                                                                             \
        if (!(is)) {                                                                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #is);                                                 \
            ++failures;                                                                                              \
        }                                                                                                            \
    } while (0)

/* A call that must end well. */
#define GOOD(call)                                                                                                   \
    do {                                                                                                             \
        ++calls;                                                                                                     \
        if ((call) != CIPHERLANE_OK) {                                                                               \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, why.text);                                 \
            exit(1);                                                                                                 \
        }                                                                                                            \
    } while (0)

/* A call that must be refused by the interface itself, with one of its codes. */
#define REFUSED(with, call)                                                                                          \
    do {                                                                                                             \
        ++calls;                                                                                                     \
        CHECK((call) == CIPHERLANE_MISUSE);                                                                          \
        CHECK(why.condition == CIPHERLANE_MISUSE);                                                                   \
        CHECK(strcmp(why.layer, "c") == 0);                                                                          \
        if (why.code != (with)) fprintf(stderr, "%s:%d: code %d\n", __FILE__, __LINE__, (int)why.code);              \
        CHECK(why.code == (with));                                                                                   \
    } while (0)

static inline int digit_of(char c) {
    return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

/* Bytes of hex digits; `to` holds 256. */
static inline size_t from_hex(const char* digits, uint8_t* to) {
    size_t size = 0;
    for (; digits[0] != 0 && digits[1] != 0 && size < 256; digits += 2)
        to[size++] = (uint8_t)(digit_of(digits[0]) * 16 + digit_of(digits[1]));
    return size;
}

static inline int is_hex(const void* data, size_t size, const char* digits) {
    uint8_t expected[256];
    return from_hex(digits, expected) == size && memcmp(data, expected, size) == 0;
}

#endif
