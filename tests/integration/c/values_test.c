/* The C interface without any peer: published values through it, and what a caller can do wrong.
 * c_values_test [CALLS [flat]]: again and again until so many calls were made; with `flat` the memory that the
 * program takes may not grow on the way. */
#include "check.h"

#include <cipherlane/c/iso8583.h>
#include <cipherlane/c/keyblock.h>
#include <cipherlane/c/qr.h>
#include <cipherlane/c/tlv.h>

static void versions_and_names(void) {
    CHECK(cipherlane_version()[0] != 0);
    CHECK(strcmp(cipherlane_condition_name(CIPHERLANE_OUTCOME_UNKNOWN), "outcome_unknown") == 0);
    CHECK(strcmp(cipherlane_condition_name(0), "ok") == 0);
    CHECK(strcmp(cipherlane_condition_name(99), "unknown") == 0);
    CHECK(strcmp(cipherlane_condition_name(-1), "unknown") == 0);
    CHECK(sizeof(cipherlane_status) == 1088); /* for the whole life of libcipherlane.so.0 */
    CHECK(sizeof(cipherlane_buffer) == 2 * sizeof(size_t) + sizeof(void*));
}

static cipherlane_key key_of(int32_t purpose, int32_t algorithm, const char* digits) {
    uint8_t material[256];
    cipherlane_key key = NULL;
    const size_t size = from_hex(digits, material);
    GOOD(cipherlane_key_create(purpose, algorithm, material, size, "legacy", &key, &why));
    cipherlane_wipe(material, sizeof material);
    CHECK(material[0] == 0);
    return key;
}

/* tests/vectors/kcv.csv, mac_unionpay_ecb.csv, cvv.csv, pinblock_format0.csv and dukpt_tdes.csv give the origins. */
static void published_cryptography(void) {
    cipherlane_block block;
    uint8_t data[256];
    char text[32];
    cipherlane_buffer out = {text, sizeof text, 0};
    cipherlane_key key = key_of(CIPHERLANE_KEY_DATA, CIPHERLANE_TDES, "0123456789ABCDEFFEDCBA9876543210");
    GOOD(cipherlane_key_check_value(key, CIPHERLANE_KCV_LEGACY, 3, &block, &why));
    CHECK(is_hex(block.data, block.size, "08D7B4"));
    GOOD(cipherlane_key_close(key, &why));

    key = key_of(CIPHERLANE_KEY_MAC, CIPHERLANE_DES, "2222222222222222");
    size_t size = from_hex("1234567890ABCDEFABCDEF1234567890", data);
    GOOD(cipherlane_mac_make(key, CIPHERLANE_MAC_UNIONPAY_ASCII, 0, data, size, &block, &why));
    CHECK(is_hex(block.data, block.size, "4532363742364532"));
    int32_t right = 0;
    GOOD(cipherlane_mac_verify(
        key, CIPHERLANE_MAC_UNIONPAY_ASCII, 0, data, size, block.data, block.size, 8, &right, &why));
    CHECK(right == 1);
    block.data[7] ^= 1;
    GOOD(cipherlane_mac_verify(
        key, CIPHERLANE_MAC_UNIONPAY_ASCII, 0, data, size, block.data, block.size, 8, &right, &why));
    CHECK(right == 0);
    /* A key serves its purpose and no other. */
    CHECK(
        cipherlane_pin_encrypt(key, CIPHERLANE_PIN_ISO0, "1234", "5555555551234567", &block, &why) != CIPHERLANE_OK);
    GOOD(cipherlane_key_close(key, &why));

    key = key_of(CIPHERLANE_KEY_CVV, CIPHERLANE_TDES, "12345678123456788765432187654321");
    GOOD(cipherlane_cvv_make(key, "123456789012", "1108", "000", &out, &why));
    CHECK(strcmp(text, "453") == 0);
    GOOD(cipherlane_key_close(key, &why));

    GOOD(cipherlane_digest("SM3", "abc", 3, &(cipherlane_buffer){data, sizeof data, 0}, &why));
    CHECK(is_hex(data, 32, "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0"));
}

static void one_key_a_transaction(void) {
    uint8_t serial[256];
    char pin[16];
    cipherlane_buffer out = {pin, sizeof pin, 0};
    cipherlane_block block;
    cipherlane_key bdk = key_of(CIPHERLANE_KEY_DERIVATION, CIPHERLANE_TDES, "0123456789ABCDEFFEDCBA9876543210");
    cipherlane_key once = NULL;
    const size_t size = from_hex("FFFF9876543210E00001", serial);
    GOOD(cipherlane_key_of_transaction(bdk, serial, size, CIPHERLANE_KEY_PIN, &once, &why));
    GOOD(cipherlane_key_close(bdk, &why));
    GOOD(cipherlane_pin_encrypt(once, CIPHERLANE_PIN_ISO0, "1234", "4012345678909", &block, &why));
    CHECK(is_hex(block.data, block.size, "1B9C1845EB993A7A"));
    GOOD(cipherlane_pin_decrypt(once, CIPHERLANE_PIN_ISO0, block.data, block.size, "4012345678909", &out, &why));
    CHECK(strcmp(pin, "1234") == 0);
    /* The wrong card: no PIN comes out. */
    CHECK(cipherlane_pin_decrypt(once, CIPHERLANE_PIN_ISO0, block.data, block.size, "5555555551234567", &out, &why) ==
          CIPHERLANE_BAD_MESSAGE);
    /* To another format under the same key: it is held once. */
    GOOD(cipherlane_pin_translate(
        once, CIPHERLANE_PIN_ISO0, block.data, block.size, once, CIPHERLANE_PIN_ISO3, "4012345678909", &block, &why));
    GOOD(cipherlane_pin_decrypt(once, CIPHERLANE_PIN_ISO3, block.data, block.size, "4012345678909", &out, &why));
    CHECK(strcmp(pin, "1234") == 0);
    GOOD(cipherlane_key_close(once, &why));
}

/* tests/vectors/tr31.csv, t31-002. */
static void published_key_block(void) {
    static const char block[] =
        "B0096M3TC00E0000B6CD513680EF255FC0DC590726FD0129A7CF6602E7F271631AB4EE7350642F11181AF4"
        "CC12F12FD9";
    uint8_t clear[64];
    char text[2048];
    cipherlane_buffer out = {clear, sizeof clear, 0};
    cipherlane_key kbpk = key_of(CIPHERLANE_KEY_BLOCK, CIPHERLANE_TDES, "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB");
    cipherlane_keyblock by = NULL;
    GOOD(cipherlane_keyblock_create(kbpk, 'B', &by, &why));
    GOOD(cipherlane_key_close(kbpk, &why));
    GOOD(cipherlane_keyblock_unwrap(by, block, &out, &why));
    CHECK(is_hex(clear, out.size, "EEEEEEEEEEEEEEEE"));

    out = (cipherlane_buffer){text, sizeof text, 0};
    GOOD(cipherlane_keyblock_inspect(block, &out, &why));
    CHECK(out.size == strlen(text));
    CHECK(strstr(text, "\"usage\":{\"code\":\"M3\"") != NULL);
    GOOD(cipherlane_keyblock_wrap(by, "B0000M3TC00E0000", clear, 8, &out, &why));
    CHECK(strncmp(text, "B0", 2) == 0);
    cipherlane_key mac = NULL;
    GOOD(cipherlane_keyblock_unwrap_key(by, text, CIPHERLANE_KEY_MAC, "legacy", &mac, &why));
    GOOD(cipherlane_key_close(mac, &why));
    GOOD(cipherlane_keyblock_rewrap(by, block, by, "legacy", &out, &why));
    GOOD(cipherlane_keyblock_unwrap(by, text, &(cipherlane_buffer){clear, sizeof clear, 0}, &why));
    CHECK(is_hex(clear, 8, "EEEEEEEEEEEEEEEE"));
    CHECK(cipherlane_keyblock_unwrap_key(by, text, CIPHERLANE_KEY_PIN, "legacy", &mac, &why) != CIPHERLANE_OK);
    text[40] = text[40] == '0' ? '1' : '0';
    CHECK(cipherlane_keyblock_unwrap(by, text, &(cipherlane_buffer){clear, sizeof clear, 0}, &why) ==
          CIPHERLANE_BAD_MESSAGE);
    GOOD(cipherlane_keyblock_close(by, &why));
}

static void rooms(void) {
    uint8_t small[4];
    cipherlane_buffer out = {NULL, 0, 0};
    REFUSED(CIPHERLANE_CODE_NO_ROOM, cipherlane_digest("SHA256", "", 0, &out, &why));
    CHECK(out.size == 32);
    out = (cipherlane_buffer){small, sizeof small, 0};
    memset(small, 0x55, sizeof small);
    REFUSED(CIPHERLANE_CODE_NO_ROOM, cipherlane_digest("SHA256", "", 0, &out, &why));
    CHECK(is_hex(small, sizeof small, "55555555"));
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_digest("SHA256", "", 0, NULL, &why));
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_digest(NULL, "", 0, &out, &why));
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_digest("SHA256", NULL, 1, &out, &why));
    CHECK(strcmp(why.field, "data") == 0);
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_digest("SHA256", small, SIZE_MAX, &out, &why));
    CHECK(cipherlane_digest("MD5", "", 0, &out, &why) == CIPHERLANE_UNSUPPORTED);
    CHECK(strcmp(why.layer, "crypto") == 0 && why.text[0] != 0);
    /* Nobody need ask why. */
    CHECK(cipherlane_digest("MD5", "", 0, &out, NULL) == CIPHERLANE_UNSUPPORTED);
}

static void handles(void) {
    cipherlane_stop stop = NULL;
    cipherlane_key key = key_of(CIPHERLANE_KEY_MAC, CIPHERLANE_DES, "2222222222222222");
    cipherlane_block block;
    GOOD(cipherlane_stop_create(&stop, &why));
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_stop_create(NULL, &why));
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_stop_close(NULL, &why));
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_stop_close((cipherlane_stop)key, &why));
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_key_check_value((cipherlane_key)stop, 0, 3, &block, &why));
    for (size_t i = 1; i != 0 && i < SIZE_MAX / 3; i *= 3)
        CHECK(cipherlane_stop_request((cipherlane_stop)i, NULL) == CIPHERLANE_MISUSE);
    GOOD(cipherlane_stop_request(stop, &why));
    GOOD(cipherlane_stop_close(stop, &why));
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_stop_close(stop, &why));
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_stop_request(stop, &why));
    /* The next one in the same place is another one. */
    cipherlane_stop next = NULL;
    GOOD(cipherlane_stop_create(&next, &why));
    CHECK(next != stop);
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_stop_request(stop, &why));
    GOOD(cipherlane_stop_close(next, &why));
    GOOD(cipherlane_key_close(key, &why));
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_key_close(key, &why));
}

/* A network management request of 1987: bitmap and fields written by hand from the standard. */
static void messages(void) {
    static const char json[] = "{\"mti\":\"0800\",\"fields\":{\"11\":\"000001\",\"70\":\"301\"}}";
    static const char body[] = "0800"
                               "80200000000000000400000000000000"
                               "000001"
                               "301";
    static const uint8_t amount[] = {0x9F, 0x02, 0x06, 0, 0, 0, 0, 0x10, 0};
    char text[512];
    cipherlane_buffer out = {text, sizeof text, 0};
    cipherlane_iso8583_dialect dialect = NULL;
    cipherlane_iso8583_message message = NULL;
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_iso8583_dialect_open("cup_pos", &dialect, &why));
    CHECK(strstr(why.text, "allowed: FILE.toml, ") != NULL && strstr(why.text, " cup-pos") != NULL);
    GOOD(cipherlane_iso8583_dialect_open("iso87-ascii", &dialect, &why));
    GOOD(cipherlane_iso8583_from_json(dialect, CIPHERLANE_ISO8583_BODY, json, &out, &why));
    CHECK(out.size == sizeof body - 1 && memcmp(text, body, out.size) == 0);
    GOOD(cipherlane_iso8583_message_create(&message, &why));
    GOOD(cipherlane_iso8583_decode(dialect, CIPHERLANE_ISO8583_BODY, body, sizeof body - 1, message, &why));
    GOOD(cipherlane_iso8583_field(message, 70, &out, &why));
    CHECK(out.size == 3 && memcmp(text, "301", 3) == 0);
    GOOD(cipherlane_iso8583_set_field(message, 11, "000002", 6, &why));
    GOOD(cipherlane_iso8583_encode(dialect, CIPHERLANE_ISO8583_BODY, message, &out, NULL, &why));
    CHECK(out.size == sizeof body - 1 && memcmp(text + out.size - 9, "000002301", 9) == 0);
    GOOD(cipherlane_iso8583_message_close(message, &why));
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_iso8583_message_close(message, &why));
    GOOD(cipherlane_iso8583_dialect_close(dialect, &why));
    GOOD(cipherlane_tlv_find(amount, sizeof amount, 0x9F02, &out, &why));
    CHECK(out.size == 6 && is_hex(text, 6, "000000001000"));
    GOOD(cipherlane_tlv_to_json(amount, sizeof amount, &out, &why));
    CHECK(strstr(text, "9F02") != NULL);
}

static long resident_bytes(void) {
    long whole = 0, resident = 0;
    FILE* from = fopen("/proc/self/statm", "r");
    if (from == NULL || fscanf(from, "%ld %ld", &whole, &resident) != 2) resident = 0;
    if (from != NULL) fclose(from);
    return resident * 4096;
}

/* Under valgrind this shows that nothing is kept; without it, over millions of calls, `flat` does. */
static void again_and_again(long wanted, int flat) {
    const long slack = 512 * 1024;
    long warm = 0;
    calls = 0;
    while (calls < wanted) {
        published_cryptography();
        one_key_a_transaction();
        published_key_block();
        handles();
        messages();
        if (warm == 0 && calls > wanted / 10) warm = resident_bytes();
    }
    const long grown = resident_bytes() - warm;
    if (flat) {
        printf("%ld calls, %ld KiB resident, %ld KiB more than after the first tenth\n", calls,
            resident_bytes() / 1024, grown / 1024);
        CHECK(grown <= slack);
    }
}

int main(int argc, char** argv) {
    versions_and_names();
    rooms();
    again_and_again(argc > 1 ? atol(argv[1]) : 100, argc > 2);
    return failures == 0 ? 0 : 1;
}
