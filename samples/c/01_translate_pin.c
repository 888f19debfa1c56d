/*
 * What an acquirer's front does for each sale, in C: a PIN block from the terminal's key to the network's, and the
 * MAC of field 64. Keys are made on the spot, so this runs against any unit:
 *
 *     c_01_translate_pin HOST:PORT [PROFILE]
 */
#include <cipherlane/c/hsm.h>

#include <stdio.h>

#define WITHIN 5000 /* milliseconds */

static void print_hex(const char* what, const uint8_t* data, size_t size) {
    printf("%s", what);
    for (size_t i = 0; i < size; ++i)
        printf("%02X", data[i]);
    printf("\n");
}

static int run(cipherlane_hsm hsm, cipherlane_status* why) {
    cipherlane_hsm_key tpk, zpk, tak;
    if (cipherlane_hsm_generate_key(hsm, CIPHERLANE_HSM_TPK, CIPHERLANE_HSM_DOUBLE, WITHIN, NULL, &tpk, why) ||
        cipherlane_hsm_generate_key(hsm, CIPHERLANE_HSM_ZPK, CIPHERLANE_HSM_DOUBLE, WITHIN, NULL, &zpk, why) ||
        cipherlane_hsm_generate_key(hsm, CIPHERLANE_HSM_TAK, CIPHERLANE_HSM_DOUBLE, WITHIN, NULL, &tak, why))
        return 1;

    /* [translate] */
    /* A terminal would send a block under its TPK. These eight bytes are none, and the unit finds that out. */
    static const uint8_t block[8] = {0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A};
    cipherlane_block translated;
    const cipherlane_condition end =
        cipherlane_hsm_translate_pin(hsm, CIPHERLANE_HSM_TPK, tpk.under_lmk, zpk.under_lmk, CIPHERLANE_HSM_ISO0,
            CIPHERLANE_HSM_ISO0, block, sizeof block, "6225880000000006", WITHIN, NULL, &translated, why);
    if (end == CIPHERLANE_OK)
        print_hex("translated: ", translated.data, translated.size);
    else if (end == CIPHERLANE_REJECTED_BY_PEER)
        printf("the unit says no, code %s\n", why->peer_code);
    else
        return 1;
    /* [/translate] */

    /* From the message type to the field before 64, as on the wire. */
    static const char mab[] = "0200 and everything up to field 63";
    uint8_t mac[8];
    int32_t right = 0;
    if (cipherlane_hsm_make_pos_mac(hsm, tak.under_lmk, mab, sizeof mab - 1, WITHIN, NULL, mac, why) ||
        cipherlane_hsm_verify_pos_mac(hsm, tak.under_lmk, mab, sizeof mab - 1, mac, WITHIN, NULL, &right, why))
        return 1;
    print_hex("field 64: ", mac, sizeof mac);
    printf("verified: %s\n", right ? "yes" : "no");
    return right ? 0 : 1;
}

int main(int argc, char** argv) {
    cipherlane_status why;
    cipherlane_hsm hsm = NULL;
    if (argc < 2) {
        fprintf(stderr, "usage: %s HOST:PORT [PROFILE]\n", argv[0]);
        return 2;
    }
    if (cipherlane_hsm_open(argv[1], argc > 2 ? argv[2] : "payshield", &hsm, &why)) {
        fprintf(stderr, "%s\n", why.text);
        return 1;
    }
    const int failed = run(hsm, &why);
    if (failed) fprintf(stderr, "%s\n", why.text);
    cipherlane_hsm_close(hsm, NULL);
    return failed;
}
