/*
 * Payment codes: texts of merchant-presented EMV codes (商户主扫码), and the symbols. See status.h for the shape of
 * it all.
 */
#ifndef CIPHERLANE_C_QR_H
#define CIPHERLANE_C_QR_H

#include <cipherlane/c/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A payload's fields as JSON, {"00": "01", …, "62": {"05": "…"}, …} without the CRC (63), to its text with the CRC.
 * Templates may come as objects. */
CIPHERLANE_API cipherlane_condition cipherlane_qr_encode(
    const char* json, cipherlane_buffer* text, cipherlane_status* why);
/* The other way. A syntax that is broken and a CRC that is wrong are told apart (`code`, `text`). */
CIPHERLANE_API cipherlane_condition cipherlane_qr_decode(
    const char* text, cipherlane_buffer* json, cipherlane_status* why);
/* What a payload breaks of the specification: [{"rule": …, "objects": […], "text": …}, …]; [] where nothing. */
CIPHERLANE_API cipherlane_condition cipherlane_qr_check(
    const char* text, cipherlane_buffer* json, cipherlane_status* why);
/* What a scanned text can be, a line each: "EMV merchant-presented", …; nothing where it is none. */
CIPHERLANE_API cipherlane_condition cipherlane_qr_kinds(
    const char* text, cipherlane_buffer* kinds, cipherlane_status* why);

/* A symbol of any text as a PNG, `scale` (1 to 64) pixels a module, quiet zone included. */
CIPHERLANE_API cipherlane_condition cipherlane_qr_png(
    const char* text, int32_t scale, cipherlane_buffer* png, cipherlane_status* why);
/* A symbol as one byte a module, 1 dark and 0 light, row by row from the top left, without quiet zone; `side` is how
 * many modules a side has. */
CIPHERLANE_API cipherlane_condition cipherlane_qr_modules(
    const char* text, cipherlane_buffer* modules, size_t* side, cipherlane_status* why);

#ifdef __cplusplus
}
#endif

#endif
