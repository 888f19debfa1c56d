/* The natives of displays, PIN pads and card terminals. */
#include "cipherlane_jni.h"

#include <cipherlane/c/device.h>

enum { DISPLAY = 0, PINPAD = 1, TERMINAL = 2 };

static cipherlane_condition fill_devices(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    (void)with;
    return cipherlane_devices(into, why);
}
static cipherlane_condition fill_drivers(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_device_drivers(with, into, why);
}

/* What is plugged in, as JSON, or the drivers of a kind, a line each. */
NATIVE(jbyteArray, devices)(JNIEnv* env, jclass type, jbyteArray kind) {
    input of;
    (void)type;
    if (!take(env, kind, &of)) return NULL;
    jbyteArray made = filled(env, of.data == NULL ? fill_devices : fill_drivers, of.data);
    drop(&of);
    return made;
}

NATIVE(jlong, deviceOpen)
(JNIEnv* env, jclass type, jint kind, jbyteArray driver, jbyteArray address, jlong limit) {
    cipherlane_status why;
    cipherlane_display display = NULL;
    cipherlane_pinpad pinpad = NULL;
    cipherlane_terminal terminal = NULL;
    cipherlane_condition end = CIPHERLANE_OK;
    input by, at;
    (void)type;
    if (!take(env, driver, &by)) return 0;
    if (take(env, address, &at)) {
        if (kind == DISPLAY) end = cipherlane_display_open(by.data, at.data, limit, NULL, &display, &why);
        if (kind == PINPAD) end = cipherlane_pinpad_open(by.data, at.data, limit, NULL, &pinpad, &why);
        if (kind == TERMINAL) end = cipherlane_terminal_open(by.data, at.data, limit, NULL, &terminal, &why);
        if (end != CIPHERLANE_OK) raise_status(env, &why);
        drop(&at);
    }
    drop(&by);
    return (jlong)((intptr_t)display | (intptr_t)pinpad | (intptr_t)terminal);
}

NATIVE(void, deviceClose)(JNIEnv* env, jclass type, jint kind, jlong device) {
    (void)env;
    (void)type;
    if (kind == DISPLAY) (void)cipherlane_display_close(HANDLE(cipherlane_display, device), NULL);
    if (kind == PINPAD) (void)cipherlane_pinpad_close(HANDLE(cipherlane_pinpad, device), NULL);
    if (kind == TERMINAL) (void)cipherlane_terminal_close(HANDLE(cipherlane_terminal, device), NULL);
}

/* 0 a code and a payee, 1 two lines, 2 an amount, 3 an outcome, 4 nothing, 5 so bright, 6 two lines of a PIN pad. */
NATIVE(void, deviceShow)
(JNIEnv* env, jclass type, jint what, jlong device, jbyteArray first, jbyteArray second, jlong amount, jint currency,
    jint number, jlong limit) {
    cipherlane_status why;
    cipherlane_condition end = CIPHERLANE_OK;
    cipherlane_display display = HANDLE(cipherlane_display, device);
    input text, more;
    (void)type;
    if (!take(env, first, &text)) return;
    if (take(env, second, &more)) {
        switch (what) {
        case 0:
            end = cipherlane_display_show_code(display, text.data, amount, currency, more.data, limit, NULL, &why);
            break;
        case 1: end = cipherlane_display_show_text(display, text.data, more.data, limit, NULL, &why); break;
        case 2: end = cipherlane_display_show_amount(display, amount, currency, limit, NULL, &why); break;
        case 3: end = cipherlane_display_show_outcome(display, number, amount, currency, limit, NULL, &why); break;
        case 4: end = cipherlane_display_clear(display, limit, NULL, &why); break;
        case 5: end = cipherlane_display_brightness(display, number, limit, NULL, &why); break;
        default:
            end = cipherlane_pinpad_show_text(
                HANDLE(cipherlane_pinpad, device), text.data, more.data, limit, NULL, &why);
        }
        if (end != CIPHERLANE_OK) raise_status(env, &why);
        drop(&more);
    }
    drop(&text);
}

NATIVE(jboolean, pinpadAttached)(JNIEnv* env, jclass type, jlong pinpad) {
    cipherlane_status why;
    int32_t attached = 0;
    (void)type;
    if (cipherlane_pinpad_attached(HANDLE(cipherlane_pinpad, pinpad), &attached, &why) != CIPHERLANE_OK)
        raise_status(env, &why);
    return attached != 0;
}

typedef struct question {
    jlong device;
    jlong limit;
} question;

static cipherlane_condition fill_heartbeat(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    question* of = with;
    return cipherlane_display_heartbeat(HANDLE(cipherlane_display, of->device), of->limit, NULL, into, why);
}
static cipherlane_condition fill_identity(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_terminal_identity(HANDLE(cipherlane_terminal, ((question*)with)->device), into, why);
}
static cipherlane_condition fill_last_done(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    question* of = with;
    return cipherlane_terminal_last_done(HANDLE(cipherlane_terminal, of->device), of->limit, NULL, into, why);
}

/* 0 a display's own name, 1 which terminal it is, 2 what its last transaction is. */
NATIVE(jbyteArray, deviceAsk)(JNIEnv* env, jclass type, jint what, jlong device, jlong limit) {
    static const filler all[] = {fill_heartbeat, fill_identity, fill_last_done};
    question of = {device, limit};
    (void)type;
    return what < 0 || what > 2 ? NULL : filled(env, all[what], &of);
}
