/*
 * Cryptography without a cipher machine: keys with a purpose, MACs, PIN blocks, data, digests. See status.h for the
 * shape of it all. For simulators, tests, hosts of test rigs and keys that a till may have; keys of production belong
 * in a cipher machine (hsm.h) or a PIN pad.
 */
#ifndef CIPHERLANE_C_CRYPTO_H
#define CIPHERLANE_C_CRYPTO_H

#include <cipherlane/c/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A key and what it is for: used for anything else it is refused. One thread at a time; wiped when closed. */
typedef struct cipherlane_key_handle* cipherlane_key;

/* What a key is for. */
enum {
    CIPHERLANE_KEY_PIN = 0,        /* TPK, ZPK */
    CIPHERLANE_KEY_MAC = 1,        /* TAK, ZAK */
    CIPHERLANE_KEY_DATA = 2,       /* TDK, DEK */
    CIPHERLANE_KEY_KEY = 3,        /* TMK, ZMK, LMK */
    CIPHERLANE_KEY_BLOCK = 4,      /* KBPK of key blocks */
    CIPHERLANE_KEY_DERIVATION = 5, /* BDK of DUKPT */
    CIPHERLANE_KEY_PVV = 7,        /* PVK */
    CIPHERLANE_KEY_CVV = 8         /* CVK */
};
enum { CIPHERLANE_DES = 0, CIPHERLANE_TDES = 1, CIPHERLANE_AES = 2, CIPHERLANE_SM4 = 3 };

/* `policy`: "cup-pos", "legacy" or "pci". Copies `material`; the caller wipes its own. */
CIPHERLANE_API cipherlane_condition cipherlane_key_create(int32_t purpose, int32_t algorithm, const void* material,
    size_t size, const char* policy, cipherlane_key* key, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_key_close(cipherlane_key key, cipherlane_status* why);

/* The key of one DUKPT transaction (ANSI X9.24-1:2009; TDES), of a BDK and a serial number of 10 bytes. `purpose`:
 * CIPHERLANE_KEY_PIN; CIPHERLANE_KEY_MAC and CIPHERLANE_KEY_DATA, of the request. */
CIPHERLANE_API cipherlane_condition cipherlane_key_of_transaction(cipherlane_key bdk, const void* serial_number,
    size_t size, int32_t purpose, cipherlane_key* key, cipherlane_status* why);

/* How a check value (KCV, 校验值) is made: zeros encrypted, or CMAC over zeros. */
enum { CIPHERLANE_KCV_LEGACY = 0, CIPHERLANE_KCV_CMAC = 1 };
/* The first `length` bytes: 1 to a block by encryption, 1 to 5 by CMAC. */
CIPHERLANE_API cipherlane_condition cipherlane_key_check_value(
    cipherlane_key key, int32_t method, size_t length, cipherlane_block* check_value, cipherlane_status* why);

enum {
    CIPHERLANE_MAC_CBC = 0,    /* ISO/IEC 9797-1 algorithm 1 */
    CIPHERLANE_MAC_RETAIL = 1, /* ISO/IEC 9797-1 algorithm 3, X9.19 */
    CIPHERLANE_MAC_CMAC = 2,   /* SP 800-38B; `padding` is not used */
    CIPHERLANE_MAC_UNIONPAY_ASCII =
        3, /* UnionPay POS (银联 POS ECB MAC), first 8 hex characters; not used: `padding` */
    CIPHERLANE_MAC_UNIONPAY_RAW = 4 /* the same, first 8 bytes: SM4 */
};
/* `padding`: 1, 2 or 3, the methods of ISO/IEC 9797-1. */
CIPHERLANE_API cipherlane_condition cipherlane_mac_make(cipherlane_key key, int32_t algorithm, int32_t padding,
    const void* data, size_t size, cipherlane_block* mac, cipherlane_status* why);
/* In constant time. `length` is how many bytes it must have: what the protocol says, never what came. */
CIPHERLANE_API cipherlane_condition cipherlane_mac_verify(cipherlane_key key, int32_t algorithm, int32_t padding,
    const void* data, size_t size, const void* mac, size_t mac_size, size_t length, int32_t* right,
    cipherlane_status* why);

enum {
    CIPHERLANE_MODE_ECB = 0,
    CIPHERLANE_MODE_CBC = 1,
    CIPHERLANE_MODE_CFB = 2,
    CIPHERLANE_MODE_OFB = 3,
    CIPHERLANE_MODE_CTR = 4
};
/* As many bytes come out as go in; without padding. `out->data` may be `data`. */
CIPHERLANE_API cipherlane_condition cipherlane_data_encrypt(cipherlane_key key, int32_t mode, const void* iv,
    size_t iv_size, const void* data, size_t size, cipherlane_buffer* out, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_data_decrypt(cipherlane_key key, int32_t mode, const void* iv,
    size_t iv_size, const void* data, size_t size, cipherlane_buffer* out, cipherlane_status* why);
/* AES-GCM with a fresh nonce: 28 bytes longer. `bound` must be given again to open. */
CIPHERLANE_API cipherlane_condition cipherlane_data_seal(cipherlane_key key, const void* bound, size_t bound_size,
    const void* clear, size_t size, cipherlane_buffer* sealed, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_data_open(cipherlane_key key, const void* bound, size_t bound_size,
    const void* sealed, size_t size, cipherlane_buffer* clear, cipherlane_status* why);

/* Formats of ISO 9564-1, and UnionPay's format 0 over one SM4 block. */
enum {
    CIPHERLANE_PIN_ISO0 = 0,
    CIPHERLANE_PIN_ISO1 = 1,
    CIPHERLANE_PIN_ISO3 = 3,
    CIPHERLANE_PIN_ISO4 = 4,
    CIPHERLANE_PIN_UNIONPAY_SM4 = 16
};
/* A clear PIN belongs inside a secure device (PCI PIN requirement 1): these are for simulators, tests and issuers. */
CIPHERLANE_API cipherlane_condition cipherlane_pin_encrypt(cipherlane_key key, int32_t format, const char* pin,
    const char* card, cipherlane_block* pin_block, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_pin_decrypt(cipherlane_key key, int32_t format, const void* pin_block,
    size_t size, const char* card, cipherlane_buffer* pin, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_pin_translate(cipherlane_key source, int32_t source_format,
    const void* pin_block, size_t size, cipherlane_key target, int32_t target_format, const char* card,
    cipherlane_block* translated, cipherlane_status* why);
/* Visa's PVV: 4 digits. `key_index`: 0 to 9. */
CIPHERLANE_API cipherlane_condition cipherlane_pin_pvv(cipherlane_key pvk, const char* card, int32_t key_index,
    const char* pin, cipherlane_buffer* pvv, cipherlane_status* why);
/* CVV, CVV2 (service code 000), iCVV (999): 3 digits. */
CIPHERLANE_API cipherlane_condition cipherlane_cvv_make(cipherlane_key cvk, const char* card, const char* expiry,
    const char* service, cipherlane_buffer* cvv, cipherlane_status* why);

/* `algorithm`: "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SM3". */
CIPHERLANE_API cipherlane_condition cipherlane_digest(
    const char* algorithm, const void* data, size_t size, cipherlane_buffer* digest, cipherlane_status* why);
/* From OpenSSL's generator. */
CIPHERLANE_API cipherlane_condition cipherlane_random(void* data, size_t size, cipherlane_status* why);
/* A key of its components (分量), `size` bytes each, one behind the other: XOR of at least two. */
CIPHERLANE_API cipherlane_condition cipherlane_components_combine(
    const void* components, size_t count, size_t size, cipherlane_buffer* key, cipherlane_status* why);

#ifdef __cplusplus
}
#endif

#endif
