/*
 * Key blocks: TR-31:2018 and ANSI X9.143:2021, versions A, B, C and D. See status.h for the shape of it all.
 */
#ifndef CIPHERLANE_C_KEYBLOCK_H
#define CIPHERLANE_C_KEYBLOCK_H

#include <cipherlane/c/crypto.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Wraps and unwraps under one protection key (KBPK, 密钥块保护密钥). One thread at a time; wiped when closed. */
typedef struct cipherlane_keyblock_handle* cipherlane_keyblock;

/* `version`: 'A', 'B', 'C' (TDES) or 'D' (AES). `protection` has the purpose CIPHERLANE_KEY_BLOCK and may be closed
 * afterwards. */
CIPHERLANE_API cipherlane_condition cipherlane_keyblock_create(
    cipherlane_key protection, char version, cipherlane_keyblock* keyblock, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_keyblock_close(cipherlane_keyblock keyblock, cipherlane_status* why);

/* A new block of a clear key. `header` is a key block's first 16 characters, optional blocks behind them; its version
 * and length are not looked at: "D0000P0AE00E0000". */
CIPHERLANE_API cipherlane_condition cipherlane_keyblock_wrap(cipherlane_keyblock keyblock, const char* header,
    const void* key, size_t size, cipherlane_buffer* block, cipherlane_status* why);
/* Checks the MAC, then gives the clear key: for simulators and tools. */
CIPHERLANE_API cipherlane_condition cipherlane_keyblock_unwrap(
    cipherlane_keyblock keyblock, const char* block, cipherlane_buffer* key, cipherlane_status* why);
/* The same into a handle; the usage in the header must be one of `purpose`, and the bytes pass `policy`. */
CIPHERLANE_API cipherlane_condition cipherlane_keyblock_unwrap_key(cipherlane_keyblock keyblock, const char* block,
    int32_t purpose, const char* policy, cipherlane_key* key, cipherlane_status* why);
/* From one protection key to another; nothing is seen of the key. */
CIPHERLANE_API cipherlane_condition cipherlane_keyblock_rewrap(cipherlane_keyblock from, const char* block,
    cipherlane_keyblock to, const char* policy, cipherlane_buffer* rewrapped, cipherlane_status* why);
/* The header in words, as JSON: version, usage, algorithm, mode, exportability, optional blocks, and what the
 * standard does not have so. Needs no key. */
CIPHERLANE_API cipherlane_condition cipherlane_keyblock_inspect(
    const char* block, cipherlane_buffer* json, cipherlane_status* why);

#ifdef __cplusplus
}
#endif

#endif
