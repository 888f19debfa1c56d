/*
 * ISO 8583 messages: bytes to fields and JSON and back, in any dialect. See status.h for the shape of it all.
 */
#ifndef CIPHERLANE_C_ISO8583_H
#define CIPHERLANE_C_ISO8583_H

#include <cipherlane/c/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A dialect. Any number of threads may use it at once. */
typedef struct cipherlane_iso8583_dialect_handle* cipherlane_iso8583_dialect;
/* Values by field number, of no dialect. One thread at a time. Wiped when closed: it may hold a PAN or a PIN block.
 */
typedef struct cipherlane_iso8583_message_handle* cipherlane_iso8583_message;

/* `name`: a built-in one ("cup-pos", "iso87-ascii", "iso87-bcd", "iso93-ascii", …), or the path of a TOML file. */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_dialect_open(
    const char* name, cipherlane_iso8583_dialect* dialect, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_dialect_close(
    cipherlane_iso8583_dialect dialect, cipherlane_status* why);
/* Names of the built-in dialects, a line each. */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_dialects(cipherlane_buffer* names, cipherlane_status* why);

/* Whether a message has the length of the dialect in front, as on a stream, or not. */
enum { CIPHERLANE_ISO8583_FRAME = 0, CIPHERLANE_ISO8583_BODY = 1 };

CIPHERLANE_API cipherlane_condition cipherlane_iso8583_message_create(
    cipherlane_iso8583_message* message, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_message_close(
    cipherlane_iso8583_message message, cipherlane_status* why);

/* One whole message, every byte of it checked, into `message`, whose old values go. CIPHERLANE_BAD_MESSAGE says in
 * `field` and `offset` where it breaks the dialect. `part`: CIPHERLANE_ISO8583_FRAME or CIPHERLANE_ISO8583_BODY. */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_decode(cipherlane_iso8583_dialect dialect, int32_t part,
    const void* data, size_t size, cipherlane_iso8583_message message, cipherlane_status* why);

/* Where in an encoded message the MAC stands, and what it is made over: offsets from its start; all 0 without one. */
typedef struct cipherlane_iso8583_mac_place {
    size_t range_offset;
    size_t range_size;
    size_t mac_offset;
    size_t mac_size;
} cipherlane_iso8583_mac_place;

/* `place` may be null. A field set by `cipherlane_iso8583_leave_mac` is zero bytes to be filled in. */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_encode(cipherlane_iso8583_dialect dialect, int32_t part,
    cipherlane_iso8583_message message, cipherlane_buffer* out, cipherlane_iso8583_mac_place* place,
    cipherlane_status* why);

/* The message type, four digits. */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_set_mti(
    cipherlane_iso8583_message message, const char* mti, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_mti(
    cipherlane_iso8583_message message, cipherlane_buffer* mti, cipherlane_status* why);
/* TPDU, ten digits, and the digits of a plain header, for dialects that have them. */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_set_tpdu(
    cipherlane_iso8583_message message, const char* tpdu, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_set_header(
    cipherlane_iso8583_message message, const char* header, cipherlane_status* why);

/* Fields 2 to 192: digits and characters without padding, in the character set of the wire; raw bytes where the field
 * is binary. Whether a value fits is said by `cipherlane_iso8583_encode`. */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_set_field(
    cipherlane_iso8583_message message, int32_t field, const void* value, size_t size, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_remove_field(
    cipherlane_iso8583_message message, int32_t field, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_leave_mac(
    cipherlane_iso8583_message message, int32_t field, cipherlane_status* why);
/* CIPHERLANE_CODE_NO_FIELD where the message has none. */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_field(
    cipherlane_iso8583_message message, int32_t field, cipherlane_buffer* value, cipherlane_status* why);
/* The numbers of the fields that are there, in order; `count` is how many `fields` holds, and then how many there are
 * (CIPHERLANE_CODE_NO_ROOM where that is more). */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_fields(
    cipherlane_iso8583_message message, int32_t* fields, size_t* count, cipherlane_status* why);

/* Bytes to JSON: {"tpdu": …, "header": …, "mti": "0200", "fields": {"3": "000000", …}}, as `cipherlane iso8583
 * decode` writes it: digits and text as strings in UTF-8, binary fields in hex, text that is no GBK as {"hex": …}.
 * Whole values: this converts, it does not mask. */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_to_json(cipherlane_iso8583_dialect dialect, int32_t part,
    const void* data, size_t size, cipherlane_buffer* json, cipherlane_status* why);
/* The other way. */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_from_json(cipherlane_iso8583_dialect dialect, int32_t part,
    const char* json, cipherlane_buffer* out, cipherlane_status* why);
/* A message field by field for people, as far as it can be read: offsets, numbers, names, values with PAN masked and
 * no track, PIN block or key. The condition is that of the fault, where there is one; `text` is written all the same.
 */
CIPHERLANE_API cipherlane_condition cipherlane_iso8583_explain(cipherlane_iso8583_dialect dialect, const void* data,
    size_t size, cipherlane_buffer* text, cipherlane_status* why);

#ifdef __cplusplus
}
#endif

#endif
