/*
 * Devices without a till around them: displays, PIN pads and card terminals by driver and address. Payments at them
 * are the till's (till.h). See status.h for the shape of it all.
 *
 * An address is a serial line ("/dev/serial/by-id/…", perhaps "?baud=115200"), "usb:VENDOR:PRODUCT[:SERIAL]",
 * "hid:VENDOR:PRODUCT[:SERIAL]", or "tcp:HOST:PORT".
 */
#ifndef CIPHERLANE_C_DEVICE_H
#define CIPHERLANE_C_DEVICE_H

#include <cipherlane/c/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Each serves one thread at a time. */
typedef struct cipherlane_display_handle* cipherlane_display;
typedef struct cipherlane_pinpad_handle* cipherlane_pinpad;
typedef struct cipherlane_terminal_handle* cipherlane_terminal;

/* What is plugged in, as JSON: [{"path": …, "identity": …, "name": …, "drivers": […], "reason": …}, …]; `reason` says
 * why one cannot be opened. Opens no line. */
CIPHERLANE_API cipherlane_condition cipherlane_devices(cipherlane_buffer* json, cipherlane_status* why);
/* The drivers of "display", "pinpad" or "terminal", a line each. */
CIPHERLANE_API cipherlane_condition cipherlane_device_drivers(
    const char* kind, cipherlane_buffer* names, cipherlane_status* why);

CIPHERLANE_API cipherlane_condition cipherlane_display_open(const char* driver, const char* address,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_display* display, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_display_close(cipherlane_display display, cipherlane_status* why);
/* A payment code. `amount`: in minor units of `currency` (ISO 4217); 0: none is shown. `payee` may be null. */
CIPHERLANE_API cipherlane_condition cipherlane_display_show_code(cipherlane_display display, const char* text,
    int64_t amount, int32_t currency, const char* payee, int64_t deadline_ms, cipherlane_stop stop,
    cipherlane_status* why);
/* One or two lines; `line2` may be null. */
CIPHERLANE_API cipherlane_condition cipherlane_display_show_text(cipherlane_display display, const char* line1,
    const char* line2, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_display_show_amount(cipherlane_display display, int64_t amount,
    int32_t currency, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why);
enum {
    CIPHERLANE_SHOWN_APPROVED = 0,
    CIPHERLANE_SHOWN_DECLINED = 1,
    CIPHERLANE_SHOWN_CANCELLED = 2,
    CIPHERLANE_SHOWN_EXPIRED = 3,
    CIPHERLANE_SHOWN_UNKNOWN = 4
};
CIPHERLANE_API cipherlane_condition cipherlane_display_show_outcome(cipherlane_display display, int32_t outcome,
    int64_t amount, int32_t currency, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_display_clear(
    cipherlane_display display, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why);
/* 0 (dark) to 100. */
CIPHERLANE_API cipherlane_condition cipherlane_display_brightness(
    cipherlane_display display, int32_t percent, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why);
/* Asks the device whether it is there; its own name and version, which are a stranger's words. */
CIPHERLANE_API cipherlane_condition cipherlane_display_heartbeat(cipherlane_display display, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_buffer* name, cipherlane_status* why);

CIPHERLANE_API cipherlane_condition cipherlane_pinpad_open(const char* driver, const char* address,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_pinpad* pinpad, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_pinpad_close(cipherlane_pinpad pinpad, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_pinpad_show_text(cipherlane_pinpad pinpad, const char* line1,
    const char* line2, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why);
/* `*attached` is 0 once the pad is known to be gone; asks the system, never the pad. */
CIPHERLANE_API cipherlane_condition cipherlane_pinpad_attached(
    cipherlane_pinpad pinpad, int32_t* attached, cipherlane_status* why);

CIPHERLANE_API cipherlane_condition cipherlane_terminal_open(const char* driver, const char* address,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_terminal* terminal, cipherlane_status* why);
CIPHERLANE_API cipherlane_condition cipherlane_terminal_close(cipherlane_terminal terminal, cipherlane_status* why);
/* Which terminal it is, in words that stay the same as long as it is the same one. */
CIPHERLANE_API cipherlane_condition cipherlane_terminal_identity(
    cipherlane_terminal terminal, cipherlane_buffer* identity, cipherlane_status* why);
/* What its last transaction is, in its own words; empty from one that cannot tell. */
CIPHERLANE_API cipherlane_condition cipherlane_terminal_last_done(cipherlane_terminal terminal, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_buffer* words, cipherlane_status* why);

#ifdef __cplusplus
}
#endif

#endif
