/* The C interface against a simulated payShield under its published test keys: c_hsm_test HOST:PORT payshield */
#include "check.h"

#include <cipherlane/c/hsm.h>

#include <threads.h>
#include <time.h>

#define WITHIN 20000

/* tests/vectors/hsm_payshield.csv, hc-002, hc-006 and hc-016: keys of that unit, and what it answers. */
static const char zpk[] = "U1EF828AA8F6B80EB83E19FBC373F3A85";
static const char zmk[] = "U71979DEB8587E2734F1E99D5DCAEF9AC";
static const char zpk_under_zmk[] = "XC8E3118AFA853807EB7E92294663A5BA";
static const char single_zpk[] = "BAB32D775A38E4AB";
static const uint8_t pin_block[] = {0xF7, 0x80, 0x8F, 0x2C, 0xBE, 0xC6, 0x31, 0x68};
static const char card[] = "6225500000253210";

static void the_usual_calls(cipherlane_hsm hsm) {
    cipherlane_hsm_diagnosis unit;
    cipherlane_hsm_key key;
    cipherlane_block block;
    uint8_t data[64];
    uint8_t back[64];
    int32_t right = -1;
    GOOD(cipherlane_hsm_diagnose(hsm, WITHIN, NULL, &unit, &why));
    CHECK(is_hex(unit.lmk_check.data, 3, "268604")); /* the test LMK's check value, as the maker publishes it */

    GOOD(cipherlane_hsm_check_value(hsm, CIPHERLANE_HSM_ZPK, zpk, WITHIN, NULL, &block, &why));
    CHECK(is_hex(block.data, 3, "6F1E3F"));
    GOOD(cipherlane_hsm_import_key(hsm, CIPHERLANE_HSM_ZPK, zmk, zpk_under_zmk, CIPHERLANE_HSM_DOUBLE, "\x6F\x1E\x3F",
        3, WITHIN, NULL, &key, &why));
    CHECK(strcmp(key.under_lmk, zpk) == 0 && key.exported[0] == 0);
    CHECK(is_hex(key.check_value.data, 3, "6F1E3F"));
    GOOD(cipherlane_hsm_export_key(
        hsm, CIPHERLANE_HSM_ZPK, CIPHERLANE_HSM_ZMK, zmk, zpk, CIPHERLANE_HSM_DOUBLE_ECB, WITHIN, NULL, &key, &why));
    CHECK(strcmp(key.exported, zpk_under_zmk) == 0);

    GOOD(cipherlane_hsm_translate_pin(hsm, CIPHERLANE_HSM_ZPK, single_zpk, zpk, CIPHERLANE_HSM_DIEBOLD,
        CIPHERLANE_HSM_DIEBOLD, pin_block, sizeof pin_block, card, WITHIN, NULL, &block, &why));
    CHECK(is_hex(block.data, block.size, "82206CCD872229C2"));

    GOOD(cipherlane_hsm_generate_key(hsm, CIPHERLANE_HSM_TAK, CIPHERLANE_HSM_DOUBLE, WITHIN, NULL, &key, &why));
    GOOD(cipherlane_hsm_make_mac(hsm, CIPHERLANE_HSM_TAK, key.under_lmk, CIPHERLANE_HSM_X919,
        CIPHERLANE_HSM_PAD_ZEROS, "0200", 4, WITHIN, NULL, &block, &why));
    GOOD(cipherlane_hsm_verify_mac(hsm, CIPHERLANE_HSM_TAK, key.under_lmk, CIPHERLANE_HSM_X919,
        CIPHERLANE_HSM_PAD_ZEROS, "0200", 4, block.data, block.size, block.size, WITHIN, NULL, &right, &why));
    CHECK(right == 1);
    GOOD(cipherlane_hsm_verify_mac(hsm, CIPHERLANE_HSM_TAK, key.under_lmk, CIPHERLANE_HSM_X919,
        CIPHERLANE_HSM_PAD_ZEROS, "0201", 4, block.data, block.size, block.size, WITHIN, NULL, &right, &why));
    CHECK(right == 0);
    GOOD(cipherlane_hsm_make_pos_mac(hsm, key.under_lmk, "0200 to 63", 10, WITHIN, NULL, data, &why));
    GOOD(cipherlane_hsm_verify_pos_mac(hsm, key.under_lmk, "0200 to 63", 10, data, WITHIN, NULL, &right, &why));
    CHECK(right == 1);

    GOOD(cipherlane_hsm_generate_key(hsm, CIPHERLANE_HSM_DEK, CIPHERLANE_HSM_DOUBLE, WITHIN, NULL, &key, &why));
    cipherlane_buffer out = {data, sizeof data, 0};
    GOOD(cipherlane_hsm_encrypt(hsm, CIPHERLANE_HSM_DEK, key.under_lmk, CIPHERLANE_HSM_CBC, "\0\0\0\0\0\0\0\0", 8,
        "two blocks here.", 16, WITHIN, NULL, &out, &why));
    CHECK(out.size == 16 && memcmp(data, "two blocks here.", 16) != 0);
    cipherlane_buffer clear = {back, sizeof back, 0};
    GOOD(cipherlane_hsm_decrypt(hsm, CIPHERLANE_HSM_DEK, key.under_lmk, CIPHERLANE_HSM_CBC, "\0\0\0\0\0\0\0\0", 8,
        data, out.size, WITHIN, NULL, &clear, &why));
    CHECK(clear.size == 16 && memcmp(back, "two blocks here.", 16) == 0);
}

static void a_refusal_says_why(cipherlane_hsm hsm) {
    cipherlane_block block;
    char text[256];
    cipherlane_buffer out = {text, sizeof text, 0};
    static const uint8_t none[8] = {0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A};
    CHECK(cipherlane_hsm_translate_pin(hsm, CIPHERLANE_HSM_ZPK, zpk, zpk, CIPHERLANE_HSM_ISO0, CIPHERLANE_HSM_ISO0,
              none, sizeof none, card, WITHIN, NULL, &block, &why) == CIPHERLANE_REJECTED_BY_PEER);
    CHECK(strcmp(why.layer, "hsm") == 0 && strcmp(why.operation, "CC") == 0 && strcmp(why.peer_code, "20") == 0);
    CHECK(strstr(why.text, "6225500000253210") == NULL);
    const cipherlane_status refusal = why;
    GOOD(cipherlane_hsm_explain(hsm, &refusal, &out, &why));
    CHECK(out.size > 10);
}

static cipherlane_hsm_request translation(void) {
    cipherlane_hsm_request request = NULL;
    GOOD(cipherlane_hsm_request_create("translate_pin", &request, &why));
    GOOD(cipherlane_hsm_request_set_text(request, "source_type", "zpk", &why));
    GOOD(cipherlane_hsm_request_set_text(request, "source_key", single_zpk, &why));
    GOOD(cipherlane_hsm_request_set_text(request, "target_key", zpk, &why));
    GOOD(cipherlane_hsm_request_set_text(request, "source_format", "diebold", &why));
    GOOD(cipherlane_hsm_request_set_text(request, "target_format", "diebold", &why));
    GOOD(cipherlane_hsm_request_set_bytes(request, "pin_block", pin_block, sizeof pin_block, &why));
    GOOD(cipherlane_hsm_request_set_text(request, "card", card, &why));
    return request;
}

static void any_operation_by_name(cipherlane_hsm hsm) {
    uint8_t data[64];
    char text[512];
    cipherlane_buffer out = {data, sizeof data, 0};
    cipherlane_buffer words = {text, sizeof text, 0};
    cipherlane_hsm_reply reply = NULL;
    cipherlane_hsm_request request = translation();
    GOOD(cipherlane_hsm_run(hsm, request, WITHIN, NULL, &reply, &why));
    GOOD(cipherlane_hsm_reply_bytes(reply, "pin_block", &out, &why));
    CHECK(is_hex(data, out.size, "82206CCD872229C2"));
    GOOD(cipherlane_hsm_reply_names(reply, &words, &why));
    CHECK(strncmp(text, "pin_block\n", 10) == 0);
    REFUSED(CIPHERLANE_CODE_NO_FIELD, cipherlane_hsm_reply_bytes(reply, "pin", &out, &why));
    GOOD(cipherlane_hsm_reply_close(reply, &why));
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_hsm_reply_bytes(reply, "pin_block", &out, &why));

    /* What is misspelt is seen before anything leaves, and so is what is missing. */
    GOOD(cipherlane_hsm_request_set_text(request, "sauce_key", "x", &why));
    REFUSED(CIPHERLANE_CODE_NO_FIELD, cipherlane_hsm_run(hsm, request, WITHIN, NULL, &reply, &why));
    CHECK(strcmp(why.field, "sauce_key") == 0);
    GOOD(cipherlane_hsm_request_close(request, &why));
    GOOD(cipherlane_hsm_request_create("make_mac", &request, &why));
    CHECK(cipherlane_hsm_run(hsm, request, WITHIN, NULL, &reply, &why) == CIPHERLANE_MISUSE);
    CHECK(strcmp(why.field, "key_type") == 0);
    CHECK(cipherlane_hsm_request_set_text(request, "pan", "12", &why) == CIPHERLANE_BAD_MESSAGE ||
          why.condition == CIPHERLANE_MISUSE);
    GOOD(cipherlane_hsm_request_close(request, &why));
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_hsm_request_create("transform_pin", &request, &why));

    /* Every operation says what it takes and gives. */
    GOOD(cipherlane_hsm_operations(&words, &why));
    int count = 0;
    for (char* name = strtok(text, "\n"); name != NULL; name = strtok(NULL, "\n"), ++count) {
        char fields[512];
        GOOD(cipherlane_hsm_request_fields(name, &(cipherlane_buffer){fields, sizeof fields, 0}, &why));
        GOOD(cipherlane_hsm_reply_fields(name, &(cipherlane_buffer){fields, sizeof fields, 0}, &why));
        CHECK(fields[0] != 0);
    }
    CHECK(count == 28);
}

static void a_command_as_bytes(cipherlane_hsm hsm) {
    /* hc-016 as it goes over the wire */
    static const char command[] =
        "CCBAB32D775A38E4ABU1EF828AA8F6B80EB83E19FBC373F3A8512F7808F2CBEC631680303550000025321";
    char text[256];
    cipherlane_buffer out = {text, sizeof text, 0};
    cipherlane_hsm_reply reply = NULL;
    GOOD(cipherlane_hsm_execute(hsm, command, strlen(command), WITHIN, NULL, &reply, &why));
    GOOD(cipherlane_hsm_reply_text(reply, "answer", &out, &why));
    CHECK(strcmp(text, "CD000482206CCD872229C203") == 0);
    GOOD(cipherlane_hsm_reply_text(reply, "status", &out, &why));
    CHECK(strcmp(text, "00") == 0);
    GOOD(cipherlane_hsm_reply_close(reply, &why));
}

/* What asynchronous calls told. */
struct told {
    mtx_t lock;
    cnd_t changed;
    int count;
    int good;
    int cancelled;
    cipherlane_hsm hsm;
    cipherlane_condition inside; /* of a call that waits, made where it must not */
};

static void on_done(void* user, cipherlane_hsm_reply reply, const cipherlane_status* end) {
    struct told* told = user;
    cipherlane_hsm_diagnosis unit;
    const cipherlane_condition inside =
        told->hsm == NULL ? CIPHERLANE_OK : cipherlane_hsm_diagnose(told->hsm, WITHIN, NULL, &unit, NULL);
    mtx_lock(&told->lock);
    told->inside = inside;
    ++told->count;
    if (end->condition == CIPHERLANE_OK && reply != NULL) ++told->good;
    if (end->condition == CIPHERLANE_CANCELLED && reply == NULL) ++told->cancelled;
    cnd_signal(&told->changed);
    mtx_unlock(&told->lock);
    if (reply != NULL) cipherlane_hsm_reply_close(reply, NULL);
}

static void wait_for(struct told* told, int count) {
    mtx_lock(&told->lock);
    while (told->count < count)
        cnd_wait(&told->changed, &told->lock);
    mtx_unlock(&told->lock);
}

struct worker {
    cipherlane_hsm hsm;
    int good;
};

static int translate_often(void* with) {
    struct worker* self = with;
    for (int i = 0; i < 100; ++i) {
        cipherlane_block block;
        self->good += cipherlane_hsm_translate_pin(self->hsm, CIPHERLANE_HSM_ZPK, single_zpk, zpk,
                          CIPHERLANE_HSM_DIEBOLD, CIPHERLANE_HSM_DIEBOLD, pin_block, sizeof pin_block, card, WITHIN,
                          NULL, &block, NULL) == CIPHERLANE_OK;
    }
    return 0;
}

static void calls_that_do_not_wait(cipherlane_hsm hsm, const char* at) {
    struct told told = {.hsm = hsm};
    mtx_init(&told.lock, mtx_plain);
    cnd_init(&told.changed);
    cipherlane_hsm_request request = translation();
    for (int i = 0; i < 50; ++i)
        GOOD(cipherlane_hsm_start(hsm, request, WITHIN, NULL, on_done, &told, &why));
    wait_for(&told, 50);
    CHECK(told.good == 50);
    CHECK(told.inside == CIPHERLANE_MISUSE);
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_hsm_start(hsm, request, WITHIN, NULL, NULL, NULL, &why));

    /* Stopped before it began. */
    cipherlane_stop stop = NULL;
    told = (struct told){.lock = told.lock, .changed = told.changed};
    GOOD(cipherlane_stop_create(&stop, &why));
    GOOD(cipherlane_stop_request(stop, &why));
    GOOD(cipherlane_hsm_start(hsm, request, WITHIN, stop, on_done, &told, &why));
    wait_for(&told, 1);
    CHECK(told.cancelled == 1);
    GOOD(cipherlane_stop_close(stop, &why));
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_hsm_start(hsm, request, WITHIN, stop, on_done, &told, &why));

    /* When close has returned, all have been told. */
    cipherlane_hsm other = NULL;
    told.count = told.good = told.cancelled = 0;
    GOOD(cipherlane_hsm_open(at, "payshield", &other, &why));
    for (int i = 0; i < 200; ++i)
        GOOD(cipherlane_hsm_start(other, request, WITHIN, NULL, on_done, &told, &why));
    GOOD(cipherlane_hsm_close(other, &why));
    CHECK(told.count == 200);
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_hsm_close(other, &why));

    /* Also where other threads are inside: the last one out does not tell anything behind the closing. */
    for (int round = 0; round < 20; ++round) {
        struct worker inside[2];
        thrd_t threads[2];
        GOOD(cipherlane_hsm_open(at, "payshield", &other, &why));
        told.count = told.good = told.cancelled = 0;
        for (int i = 0; i < 2; ++i) {
            inside[i] = (struct worker){other, 0};
            CHECK(thrd_create(&threads[i], translate_often, &inside[i]) == thrd_success);
        }
        for (int i = 0; i < 40; ++i)
            GOOD(cipherlane_hsm_start(other, request, WITHIN, NULL, on_done, &told, &why));
        GOOD(cipherlane_hsm_close(other, &why));
        mtx_lock(&told.lock);
        CHECK(told.count == 40);
        mtx_unlock(&told.lock);
        for (int i = 0; i < 2; ++i)
            thrd_join(threads[i], NULL);
        CHECK(told.count == 40);
    }
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_hsm_start(other, request, WITHIN, NULL, on_done, &told, &why));
    GOOD(cipherlane_hsm_request_close(request, &why));
    cnd_destroy(&told.changed);
    mtx_destroy(&told.lock);
}

static void many_threads(cipherlane_hsm hsm) {
    struct worker workers[4];
    thrd_t threads[4];
    for (int i = 0; i < 4; ++i) {
        workers[i] = (struct worker){hsm, 0};
        CHECK(thrd_create(&threads[i], translate_often, &workers[i]) == thrd_success);
    }
    for (int i = 0; i < 4; ++i) {
        thrd_join(threads[i], NULL);
        CHECK(workers[i].good == 100);
    }
}

static void settings(const char* at) {
    cipherlane_hsm hsm = NULL;
    char toml[512];
    char stats[4096];
    int32_t supported = -1;
    snprintf(
        toml, sizeof toml, "units = [\"%s\"]\nprofile = \"payshield\"\nconnections = 1\nretry = \"never\"\n", at);
    GOOD(cipherlane_hsm_open_toml(toml, &hsm, &why));
    GOOD(cipherlane_hsm_supports(hsm, "translate_pin", &supported, &why));
    CHECK(supported == 1);
    GOOD(cipherlane_hsm_stats(hsm, &(cipherlane_buffer){stats, sizeof stats, 0}, &why));
    CHECK(strstr(stats, at) != NULL);
    GOOD(cipherlane_hsm_drain(hsm, 0, &why));
    GOOD(cipherlane_hsm_restore(hsm, 0, &why));
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_hsm_drain(hsm, 1, &why));
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_hsm_restore(hsm, (size_t)-1, &why));
    GOOD(cipherlane_hsm_close(hsm, &why));
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_hsm_open("", "payshield", &hsm, &why));
    CHECK(cipherlane_hsm_open_toml("units = []\nprofile = \"payshield\"\n", &hsm, &why) == CIPHERLANE_MISUSE);
    CHECK(cipherlane_hsm_open_toml("units = [\"127.0.0.1:1\"]\nprofil = \"payshield\"\n", &hsm, &why) ==
          CIPHERLANE_MISUSE);
    CHECK(why.line == 2 && strcmp(why.field, "profil") == 0);
    CHECK(cipherlane_hsm_open("127.0.0.1", "payshield", &hsm, &why) == CIPHERLANE_MISUSE);
    CHECK(cipherlane_hsm_open(at, "paysheild", &hsm, &why) == CIPHERLANE_MISUSE);
    CHECK(strstr(why.text, "found \"paysheild\"; allowed: FILE.toml, payshield, ") != NULL);
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_hsm_open(NULL, "payshield", &hsm, &why));
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_hsm_open(at, "payshield", NULL, &why));
}

/* Nobody listens there, and nobody has since the pool was opened: no call waits for that to change. */
static void nobody_there_is_told_at_once(void) {
    cipherlane_hsm hsm = NULL;
    uint8_t drawn[8];
    const time_t begun = time(NULL);
    GOOD(cipherlane_hsm_open("127.0.0.1:1", "payshield", &hsm, &why));
    CHECK(cipherlane_hsm_random(hsm, drawn, sizeof drawn, 600000, NULL, &why) != CIPHERLANE_OK);
    CHECK(strstr(why.text, "onnection refused") != NULL && strcmp(why.endpoint, "127.0.0.1:1") == 0);
    CHECK(time(NULL) - begun < 300);
    GOOD(cipherlane_hsm_close(hsm, &why));
}

static void wrong_arguments(cipherlane_hsm hsm) {
    cipherlane_block block;
    cipherlane_hsm_key key;
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_hsm_check_value(hsm, 99, zpk, WITHIN, NULL, &block, &why));
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_hsm_check_value(hsm, 1, zpk, -1, NULL, &block, &why));
    CHECK(strcmp(why.field, "deadline_ms") == 0);
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_hsm_check_value(hsm, 1, NULL, WITHIN, NULL, &block, &why));
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_hsm_generate_key(hsm, 1, 1, WITHIN, NULL, NULL, &why));
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_hsm_generate_key(NULL, 1, 1, WITHIN, NULL, &key, &why));
    CHECK(cipherlane_hsm_check_value(hsm, 1, zpk, 0, NULL, &block, &why) == CIPHERLANE_TIMED_OUT);
}

int main(int argc, char** argv) {
    cipherlane_hsm hsm = NULL;
    if (argc < 3) return 2;
    GOOD(cipherlane_hsm_open(argv[1], argv[2], &hsm, &why));
    the_usual_calls(hsm);
    a_refusal_says_why(hsm);
    any_operation_by_name(hsm);
    a_command_as_bytes(hsm);
    calls_that_do_not_wait(hsm, argv[1]);
    many_threads(hsm);
    wrong_arguments(hsm);
    settings(argv[1]);
    nobody_there_is_told_at_once();
    GOOD(cipherlane_hsm_close(hsm, &why));
    return failures == 0 ? 0 : 1;
}
