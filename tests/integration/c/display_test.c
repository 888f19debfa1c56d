/* A display through the C interface, against a simulated one: c_display_test DEVICE, an R-Call display */
#include "check.h"

#include <cipherlane/c/device.h>

#define WITHIN 20000

int main(int argc, char** argv) {
    char text[65536];
    cipherlane_buffer out = {text, sizeof text, 0};
    cipherlane_display display = NULL;
    cipherlane_pinpad pinpad = NULL;
    if (argc < 2) return 2;
    GOOD(cipherlane_display_open("rcall", argv[1], WITHIN, NULL, &display, &why));
    GOOD(cipherlane_display_heartbeat(display, WITHIN, NULL, &out, &why));
    GOOD(cipherlane_display_show_code(
        display, "https://qr.95516.com/00010000/1", 1234, 156, NULL, WITHIN, NULL, &why));
    GOOD(cipherlane_display_show_outcome(display, CIPHERLANE_SHOWN_APPROVED, 1234, 156, WITHIN, NULL, &why));
    GOOD(cipherlane_display_clear(display, WITHIN, NULL, &why));
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_display_brightness(display, 101, WITHIN, NULL, &why));
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_display_show_outcome(display, 9, 0, 156, WITHIN, NULL, &why));
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_display_show_text(display, NULL, NULL, WITHIN, NULL, &why));
    GOOD(cipherlane_display_close(display, &why));
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_display_clear(display, WITHIN, NULL, &why));

    GOOD(cipherlane_device_drivers("display", &out, &why));
    CHECK(strstr(text, "rcall\n") != NULL);
    GOOD(cipherlane_device_drivers("pinpad", &out, &why));
    CHECK(strstr(text, "abecs\n") != NULL);
    GOOD(cipherlane_device_drivers("terminal", &out, &why));
    CHECK(strstr(text, "zvt\n") != NULL);
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_device_drivers("kettle", &out, &why));
    CHECK(cipherlane_pinpad_open("abecs", "/dev/none", WITHIN, NULL, &pinpad, &why) != CIPHERLANE_OK);
    CHECK(pinpad == NULL && why.text[0] != 0);
    return failures == 0 ? 0 : 1;
}
