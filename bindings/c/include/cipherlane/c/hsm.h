/*
 * Cipher machines (金融数据密码机): a pool over one unit or many of one local master key, every typed operation, raw
 * commands. See status.h for the shape of it all.
 *
 * The dozen operations that everybody uses are functions. All of them, of every dialect, go through one door as well:
 * a request made by the operation's name, its fields set by their names, a reply whose fields are read by theirs.
 */
#ifndef CIPHERLANE_C_HSM_H
#define CIPHERLANE_C_HSM_H

#include <cipherlane/c/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A pool. Thread-safe: any number of threads may call it at once. */
typedef struct cipherlane_hsm_handle* cipherlane_hsm;
/* An operation and its fields. One thread at a time; may be run again and again. Wiped when closed. */
typedef struct cipherlane_hsm_request_handle* cipherlane_hsm_request;
/* What came back. One thread at a time. Wiped when closed. */
typedef struct cipherlane_hsm_reply_handle* cipherlane_hsm_reply;

/* --- the pool --- */

/* A pool with usual settings. Connects when the first call comes.
 * `units`: "HOST:PORT", or several with commas between them. `profile`: the name of a built-in one ("payshield",
 * "payshield-kb", "racal", "sjl05", "sjl06", "sjj1310", "sjj1312", "sjj1312-racal"), or the path of a TOML file. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_open(
    const char* units, const char* profile, cipherlane_hsm* hsm, cipherlane_status* why);

/* A pool from settings as TOML. `units` (a list of "HOST:PORT") and `profile` must be there; the others, with what
 * they are where they are absent:
 *
 *   connections = 4            at most, to each unit          in_flight = 64        at most, on each connection
 *   waiting = 10000            calls that wait; more are refused
 *   answer_timeout_ms = 0      of one unit; 0: the profile's  connect_timeout_ms = 10000
 *   health_interval_ms = 60000                                parity_refusals = 3   0: never
 *   largest_age_ms = 0         of a connection; 0: any        backoff_first_ms = 50, backoff_most_ms = 10000
 *   retry = "safe_commands"    or "never"                     attempts = 3          of one call, the first included
 *   on_connect = "diagnose"    or "none"                      lmk_check = ""        hex: what each unit must show
 *   unreached = "ends"         what calls do while every unit has failed and none has ever worked: they end at once
 *                              with what the units said; or "waits", to their deadlines
 *   [tls]                      its presence turns TLS on: ca_file, crl_file, certificate_file, key_file, peer_name
 */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_open_toml(
    const char* toml, cipherlane_hsm* hsm, cipherlane_status* why);

/* Ends every call under way with CIPHERLANE_CANCELLED, or CIPHERLANE_OUTCOME_UNKNOWN where its command has left and
 * must not be repeated. When it returns every function of an asynchronous call has been called, but where this is
 * done in such a function. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_close(cipherlane_hsm hsm, cipherlane_status* why);

/* Names of the built-in profiles, a line each. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_profiles(cipherlane_buffer* names, cipherlane_status* why);
/* Sets `*supported` to 1 where the pool's profile can do the operation, else to 0. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_supports(
    cipherlane_hsm hsm, const char* operation, int32_t* supported, cipherlane_status* why);
/* Counters and states of all units in the text format of Prometheus. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_stats(
    cipherlane_hsm hsm, cipherlane_buffer* text, cipherlane_status* why);
/* No new calls to that unit, by its place in the settings from 0; takes it in again. CIPHERLANE_CODE_BAD_ARGUMENT
 * where the pool has no such unit. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_drain(cipherlane_hsm hsm, size_t unit, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_hsm_restore(cipherlane_hsm hsm, size_t unit, cipherlane_status* why);
/* What a refusal means in the pool's dialect: of a status whose condition is CIPHERLANE_REJECTED_BY_PEER, by its
 * `operation` and `peer_code`. Empty where the profile has no words for it. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_explain(
    cipherlane_hsm hsm, const cipherlane_status* refusal, cipherlane_buffer* text, cipherlane_status* why);

/* --- any operation, by name --- */

/* Names of the operations, and of the fields that one takes and gives: a line each. A field that must be set is
 * followed by "!", one that has a value from the start by "=" and that value. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_operations(cipherlane_buffer* names, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_hsm_request_fields(
    const char* operation, cipherlane_buffer* names, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_hsm_reply_fields(
    const char* operation, cipherlane_buffer* names, cipherlane_status* why);

/* `operation`: "translate_pin", "make_mac", … */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_request_create(
    const char* operation, cipherlane_hsm_request* request, cipherlane_status* why);
/* Words ("zpk", "iso0"), digits, keys as a machine hands them out, whole card numbers (field "card": 13 to 19
 * digits). A name that the operation does not know must be one of the profile's; that is seen when it is run. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_request_set_text(
    cipherlane_hsm_request request, const char* field, const char* value, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_hsm_request_set_number(
    cipherlane_hsm_request request, const char* field, uint64_t value, cipherlane_status* why);
/* PIN blocks, MACs, messages, check values: bytes, whatever the dialect writes for them. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_request_set_bytes(
    cipherlane_hsm_request request, const char* field, const void* value, size_t size, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_hsm_request_close(
    cipherlane_hsm_request request, cipherlane_status* why);

CIPHERLANE_API cipherlane_condition cipherlane_hsm_run(cipherlane_hsm hsm, cipherlane_hsm_request request,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_hsm_reply* reply, cipherlane_status* why);

/* `reply` is null unless the condition is CIPHERLANE_OK; the function has it and closes it. `why` lives until the
 * function returns. */
typedef void (*cipherlane_hsm_done)(void* user, cipherlane_hsm_reply reply, const cipherlane_status* why);

/* Returns at once. `request` may be changed or closed when it has returned. Where it does not return CIPHERLANE_OK
 * `done` is not called. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_start(cipherlane_hsm hsm, cipherlane_hsm_request request,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_hsm_done done, void* user, cipherlane_status* why);

/* A command as bytes: its code and fields, without length and header. A refusal is no error here. The reply's fields:
 * "answer" (answer code, status and fields as they came), "status" and "meaning". Never repeated by itself. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_execute(cipherlane_hsm hsm, const void* command, size_t size,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_hsm_reply* reply, cipherlane_status* why);

/* The fields of a reply. CIPHERLANE_CODE_NO_FIELD where it has none of that name. Text is ended by a zero. A
 * comparison ends well also where the value was wrong: its field "right" is "1" or "0". */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_reply_bytes(
    cipherlane_hsm_reply reply, const char* field, cipherlane_buffer* value, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_hsm_reply_text(
    cipherlane_hsm_reply reply, const char* field, cipherlane_buffer* value, cipherlane_status* why);
/* The names that it has, a line each. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_reply_names(
    cipherlane_hsm_reply reply, cipherlane_buffer* names, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_hsm_reply_close(cipherlane_hsm_reply reply, cipherlane_status* why);

/* --- the usual ones, each in a function --- */

/* What a key is for. */
enum {
    CIPHERLANE_HSM_ZMK = 0,    /* zone master key (区域主密钥) */
    CIPHERLANE_HSM_ZPK = 1,    /* zone PIN key */
    CIPHERLANE_HSM_TPK = 2,    /* terminal PIN key (终端 PIN 密钥) */
    CIPHERLANE_HSM_TMK = 3,    /* terminal master key (终端主密钥) */
    CIPHERLANE_HSM_PVK = 4,    /* PIN verification key */
    CIPHERLANE_HSM_TAK = 5,    /* terminal authentication key (终端 MAC 密钥) */
    CIPHERLANE_HSM_ZAK = 6,    /* zone authentication key */
    CIPHERLANE_HSM_BDK = 7,    /* DUKPT base derivation key */
    CIPHERLANE_HSM_ZEK = 8,    /* zone data key */
    CIPHERLANE_HSM_DEK = 9,    /* data key */
    CIPHERLANE_HSM_CVK = 10,   /* card verification key */
    CIPHERLANE_HSM_MK_AC = 11, /* issuer master key for application cryptograms */
    CIPHERLANE_HSM_MK_SMI = 12,
    CIPHERLANE_HSM_MK_SMC = 13
};
/* A key's size and how it stays under the local master key. */
enum {
    CIPHERLANE_HSM_SINGLE = 0,
    CIPHERLANE_HSM_DOUBLE = 1,
    CIPHERLANE_HSM_TRIPLE = 2,
    CIPHERLANE_HSM_DOUBLE_ECB = 3,
    CIPHERLANE_HSM_TRIPLE_ECB = 4,
    CIPHERLANE_HSM_SM4 = 5,
    CIPHERLANE_HSM_BLOCK = 6 /* a key block */
};
enum {
    CIPHERLANE_HSM_ISO0 = 0,
    CIPHERLANE_HSM_ISO1 = 1,
    CIPHERLANE_HSM_ISO2 = 2,
    CIPHERLANE_HSM_ISO3 = 3,
    CIPHERLANE_HSM_ISO4 = 4,
    CIPHERLANE_HSM_DOCUTEL = 5,
    CIPHERLANE_HSM_DIEBOLD = 6,
    CIPHERLANE_HSM_PLUS = 7,
    CIPHERLANE_HSM_MASTERCARD = 8
};
enum {
    CIPHERLANE_HSM_X99 = 0,      /* ISO 9797-1 algorithm 1 */
    CIPHERLANE_HSM_X919 = 1,     /* ISO 9797-1 algorithm 3: the retail MAC */
    CIPHERLANE_HSM_UNIONPAY = 2, /* the POS ECB MAC, where the unit makes it by itself */
    CIPHERLANE_HSM_XOR_FOLD = 3,
    CIPHERLANE_HSM_SM4_MAC = 4
};
enum {
    CIPHERLANE_HSM_PAD_NONE = 0,  /* the data must be whole blocks */
    CIPHERLANE_HSM_PAD_ZEROS = 1, /* ISO 9797-1 method 1 */
    CIPHERLANE_HSM_PAD_MARK = 2   /* ISO 9797-1 method 2 */
};
enum { CIPHERLANE_HSM_ECB = 0, CIPHERLANE_HSM_CBC = 1, CIPHERLANE_HSM_CFB = 2, CIPHERLANE_HSM_OFB = 3 };

/* What a unit says of itself. */
typedef struct cipherlane_hsm_diagnosis {
    cipherlane_block lmk_check;
    char firmware[48];
    char serial[48];
} cipherlane_hsm_diagnosis;

/* Keys that a key command gave: text as the dialect writes it. Of key blocks longer than this take
 * `cipherlane_hsm_run`, whose reply has any length. */
typedef struct cipherlane_hsm_key {
    char under_lmk[512];
    char exported[512]; /* under the zone or terminal master key; empty where nothing was exported */
    cipherlane_block check_value;
    char warning[8]; /* the unit's code, "01": imported although its parity is not odd; empty where all is well */
} cipherlane_hsm_key;

CIPHERLANE_API cipherlane_condition cipherlane_hsm_diagnose(cipherlane_hsm hsm, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_hsm_diagnosis* diagnosis, cipherlane_status* why);

/* `size` bytes from the unit's source, written to `data`. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_random(
    cipherlane_hsm hsm, void* data, size_t size, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why);

/* A new key under the local master key. Never repeated by itself. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_generate_key(cipherlane_hsm hsm, int32_t type, int32_t scheme,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_hsm_key* key, cipherlane_status* why);
/* The same, and under a zone or terminal master key too. `wrapping_type`: CIPHERLANE_HSM_ZMK or CIPHERLANE_HSM_TMK.
 */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_generate_and_export_key(cipherlane_hsm hsm, int32_t type,
    int32_t wrapping_type, const char* wrapping_key, int32_t scheme, int32_t exported_as, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_hsm_key* key, cipherlane_status* why);
/* From a zone master key to the local master key. `check_value` is what came with the key; null: none came. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_import_key(cipherlane_hsm hsm, int32_t type,
    const char* wrapping_key, const char* wrapped_key, int32_t scheme, const void* check_value,
    size_t check_value_size, int64_t deadline_ms, cipherlane_stop stop, cipherlane_hsm_key* key,
    cipherlane_status* why);
/* From the local master key to a zone or terminal master key. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_export_key(cipherlane_hsm hsm, int32_t type, int32_t wrapping_type,
    const char* wrapping_key, const char* under_lmk, int32_t exported_as, int64_t deadline_ms, cipherlane_stop stop,
    cipherlane_hsm_key* key, cipherlane_status* why);
/* The check value (KCV, 校验值) of a key. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_check_value(cipherlane_hsm hsm, int32_t type,
    const char* under_lmk, int64_t deadline_ms, cipherlane_stop stop, cipherlane_block* check_value,
    cipherlane_status* why);

/* A PIN block from one PIN key to another (转加密). `source_type`: CIPHERLANE_HSM_TPK or CIPHERLANE_HSM_ZPK. `card`:
 * the whole card number; it is wiped from the library's memory. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_translate_pin(cipherlane_hsm hsm, int32_t source_type,
    const char* source_key, const char* target_key, int32_t source_format, int32_t target_format,
    const void* pin_block, size_t pin_block_size, const char* card, int64_t deadline_ms, cipherlane_stop stop,
    cipherlane_block* translated, cipherlane_status* why);

/* A MAC over a whole message. `type`: CIPHERLANE_HSM_TAK or CIPHERLANE_HSM_ZAK. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_make_mac(cipherlane_hsm hsm, int32_t type, const char* mac_key,
    int32_t algorithm, int32_t padding, const void* data, size_t size, int64_t deadline_ms, cipherlane_stop stop,
    cipherlane_block* mac, cipherlane_status* why);
/* Is a MAC right? `length` is how many bytes it must have, 4 or 8: not the sender chooses that. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_verify_mac(cipherlane_hsm hsm, int32_t type, const char* mac_key,
    int32_t algorithm, int32_t padding, const void* data, size_t size, const void* mac, size_t mac_size,
    size_t length, int64_t deadline_ms, cipherlane_stop stop, int32_t* right, cipherlane_status* why);
/* Field 64 of a UnionPay POS message (8 bytes), whatever command of the dialect makes it: over the bytes from the
 * message type to the field before 64. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_make_pos_mac(cipherlane_hsm hsm, const char* tak, const void* data,
    size_t size, int64_t deadline_ms, cipherlane_stop stop, uint8_t mac[8], cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_hsm_verify_pos_mac(cipherlane_hsm hsm, const char* tak,
    const void* data, size_t size, const uint8_t mac[8], int64_t deadline_ms, cipherlane_stop stop, int32_t* right,
    cipherlane_status* why);

/* Whole blocks with a data key. `iv` may be null. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_encrypt(cipherlane_hsm hsm, int32_t type, const char* data_key,
    int32_t mode, const void* iv, size_t iv_size, const void* data, size_t size, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_buffer* encrypted, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_hsm_decrypt(cipherlane_hsm hsm, int32_t type, const char* data_key,
    int32_t mode, const void* iv, size_t iv_size, const void* data, size_t size, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_buffer* clear, cipherlane_status* why);

/* Session keys under which a card makes its cryptograms. */
enum {
    CIPHERLANE_HSM_SESSION_COMMON = 0,          /* EMV's common session key */
    CIPHERLANE_HSM_SESSION_COMMON_OPTION_B = 1, /* the card key by option B */
    CIPHERLANE_HSM_SESSION_UNIONPAY = 2,        /* PBOC and UnionPay cards (银联) */
    CIPHERLANE_HSM_SESSION_KQ_VISA = 16,        /* KQ's scheme 0: under the card key */
    CIPHERLANE_HSM_SESSION_KQ_MCHIP = 17        /* KQ's scheme 1: M/Chip's session key */
};
/* What an application cryptogram was made over. */
typedef struct cipherlane_hsm_arqc {
    const void* pan_psn; /* PAN and sequence number as the derivation takes them: 8 bytes, all of it for option B */
    size_t pan_psn_size;
    uint8_t atc[2];
    uint8_t unpredictable[4]; /* of KQ's scheme 1 */
    uint8_t arqc[8];
    const void* transaction; /* as the card's application hashed it, filled up to whole blocks */
    size_t transaction_size;
} cipherlane_hsm_arqc;
/* Is an ARQC right? `arc`, 2 bytes, asks for the ARPC by method 1; null: none is wanted, and `arpc` may be null. */
CIPHERLANE_API cipherlane_condition cipherlane_hsm_verify_arqc(cipherlane_hsm hsm, const char* mk_ac, int32_t session,
    const cipherlane_hsm_arqc* what, const uint8_t* arc, int64_t deadline_ms, cipherlane_stop stop, int32_t* right,
    cipherlane_block* arpc, cipherlane_status* why);

#ifdef __cplusplus
}
#endif

#endif
