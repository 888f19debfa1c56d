/*
 * The C interface of Cipherlane: C11, one shared library (libcipherlane.so.0), no C++ type and no exception across
 * it.
 *
 * Shape, the same everywhere:
 *
 * - Each function returns a condition, CIPHERLANE_OK or what a caller can do about it, and fills a
 * `cipherlane_status` that the caller owns with the details. The status may be null. It is the last argument.
 * - Things that live (a pool of cipher machines, a key, a till) are handles: opaque, made by `…_open` or `…_create`,
 *   given back by `…_close`. A handle is a token, not an address: null, closed, foreign or invented ones end with
 *   CIPHERLANE_MISUSE, and closing twice does too. Of those that say "one thread at a time" a second thread gets
 *   CIPHERLANE_MISUSE while the first is inside.
 * - Text goes in as UTF-8 ended by a zero, bytes as address and size. Where a size is 0 the address may be null.
 * - Results come out into memory of the caller: small ones of known size as structs, others through a
 *   `cipherlane_buffer`, which says how much room there is and is told how much is needed.
 * - Calls that wait take `deadline_ms`, the milliseconds that the whole call may take (CIPHERLANE_FOREVER: as long as
 *   it takes), and a stop handle, which may be null: `cipherlane_stop_request` ends what was started with it.
 * - Asynchronous calls take a function and a `void*` of the caller. The function is called once, on a thread of the
 *   library, also where the handle is closed first (CIPHERLANE_CANCELLED). It must return soon and must not wait:
 *   a call that waits is refused there with CIPHERLANE_MISUSE. What it throws goes no further.
 * - Secrets that the library copies are wiped. The caller wipes its own: `cipherlane_wipe`.
 *
 * The numbers of conditions and other enumerations never change; new ones are added at the end. Structs keep their
 * size for the whole life of libcipherlane.so.0.
 */
#ifndef CIPHERLANE_C_STATUS_H
#define CIPHERLANE_C_STATUS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define CIPHERLANE_API __attribute__((visibility("default")))
#else
#define CIPHERLANE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What a caller can do about the end of a call. */
typedef int32_t cipherlane_condition;
enum {
    CIPHERLANE_OK = 0,
    CIPHERLANE_TIMED_OUT = 1,        /* the deadline passed; nothing that could move money was left in doubt */
    CIPHERLANE_CANCELLED = 2,        /* the caller asked for the end */
    CIPHERLANE_LINK_LOST = 3,        /* the connection or the device went away */
    CIPHERLANE_BAD_MESSAGE = 4,      /* bytes or values that break their format */
    CIPHERLANE_REJECTED_BY_PEER = 5, /* a device or unit understood and refused; see `peer_code` */
    CIPHERLANE_MISUSE = 6,           /* the caller broke a rule of the interface */
    CIPHERLANE_OUTCOME_UNKNOWN = 7,  /* the request left and no answer came: never declined, never repeated blindly */
    CIPHERLANE_UNSUPPORTED = 8,      /* this profile, device or build cannot do it */
    CIPHERLANE_LOCAL_FAULT = 9       /* this machine failed: disk, memory, a file, a library */
};

/* Codes of the interface itself: `layer` is "c". */
enum {
    CIPHERLANE_CODE_NULL_ARGUMENT = 1, /* `field` names it */
    CIPHERLANE_CODE_BAD_HANDLE = 2,    /* closed, of another kind, or none of ours */
    CIPHERLANE_CODE_IN_USE = 3,        /* by another thread */
    CIPHERLANE_CODE_BAD_ARGUMENT = 4,  /* a number, word or size that cannot be */
    CIPHERLANE_CODE_NO_ROOM = 5,       /* the buffer's `size` says how much is needed */
    CIPHERLANE_CODE_NO_FIELD = 6,      /* there is no field of that name */
    CIPHERLANE_CODE_NO_MEMORY = 7,
    CIPHERLANE_CODE_FAULT = 8,          /* something inside threw */
    CIPHERLANE_CODE_OUTCOME_UNKNOWN = 9 /* likewise, after a payment had begun: look its key up */
};

/* How a call ended. All text is ended by a zero and cut to fit; none of it holds a secret. */
typedef struct cipherlane_status {
    cipherlane_condition condition;
    int32_t code;        /* of `layer`; 0 where all is well */
    int64_t offset;      /* byte of the input, from 0; -1: it does not matter */
    int64_t line;        /* of a text, from 1; -1: it does not matter */
    int64_t trace;       /* trace number (STAN) of the transaction; -1: none */
    char layer[16];      /* "hsm", "crypto", …: who speaks */
    char operation[40];  /* "translate_pin", "D1 24" */
    char endpoint[56];   /* "127.0.0.1:1500", a file's name */
    char field[72];      /* "55/9F26", the name of an argument */
    char peer_code[16];  /* the device's own code */
    char peer_text[168]; /* words of a peer: untrusted */
    char hint[168];      /* our words about a setting: what was found, what is allowed */
    char text[520];      /* all of it but `peer_text`, in one line for people */
} cipherlane_status;

/* Milliseconds of a call that may take as long as it takes. */
#define CIPHERLANE_FOREVER INT64_MAX

/* Where a result goes. `size` is set in any case: the bytes of the result, without the zero that ends text. Text
 * needs one byte more. Where there is too little room nothing is written and the call ends with
 * CIPHERLANE_CODE_NO_ROOM. */
typedef struct cipherlane_buffer {
    void* data;  /* may be null where `room` is 0 */
    size_t room; /* bytes at `data` */
    size_t size;
} cipherlane_buffer;

/* Up to 16 bytes: a PIN block, a MAC, a check value, a cryptogram. */
typedef struct cipherlane_block {
    uint8_t data[16];
    size_t size;
} cipherlane_block;

/* "0.1.0" */
CIPHERLANE_API const char* cipherlane_version(void);

/* "timed_out", "misuse"; "ok"; "unknown" for a number that is no condition. */
CIPHERLANE_API const char* cipherlane_condition_name(cipherlane_condition condition);

/* Overwrites memory in a way that compilers keep. */
CIPHERLANE_API void cipherlane_wipe(void* data, size_t size);

/* Ends what was started with it: one for a call, or for many. Thread-safe. May be closed while calls go on. */
typedef struct cipherlane_stop_handle* cipherlane_stop;

CIPHERLANE_API cipherlane_condition cipherlane_stop_create(cipherlane_stop* stop, cipherlane_status* why);
/* Calls started with it end with CIPHERLANE_CANCELLED as soon as they can, and so do those that are started later. A
 * payment whose request has left goes on to its end. */
CIPHERLANE_API cipherlane_condition cipherlane_stop_request(cipherlane_stop stop, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_stop_close(cipherlane_stop stop, cipherlane_status* why);

#ifdef __cplusplus
}
#endif

#endif
