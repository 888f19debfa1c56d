/* A till through the C interface, against the simulators of a lane: c_till_test TILL.toml */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <cipherlane/c/till.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

static int stages = 0;
static int rows = 0;
static int recovered = 0;

static void on_event(void* user, const char* json) {
    (void)user;
    if (strstr(json, "\"event\":\"stage\"") != NULL) ++stages;
    CHECK(strstr(json, "6222000000000017") == NULL); /* no whole card number */
}

static void on_row(void* user, const char* json) {
    char* last = user;
    ++rows;
    snprintf(last, 4096, "%s", json);
}

static void on_recovered(void* user, const cipherlane_payment* payment) {
    ++recovered;
    CHECK(cipherlane_till_acknowledge(user, payment->handle, 10000, &why) == CIPHERLANE_OK);
}

static cipherlane_payment pay(cipherlane_till till, const char* trade, const char* key, int64_t amount, uint64_t of) {
    cipherlane_payment payment;
    cipherlane_trade what = CIPHERLANE_TRADE_INIT;
    what.trade = trade;
    what.key = key;
    what.amount = amount;
    what.original = of;
    GOOD(cipherlane_till_pay(till, &what, 60000, NULL, &payment, &why));
    return payment;
}

static void a_sale_and_its_void(cipherlane_till till) {
    char text[8192];
    cipherlane_buffer out = {text, sizeof text, 0};
    cipherlane_payment again;
    int32_t found = 0;
    const cipherlane_payment sale = pay(till, "sale", "c-1", 1234, 0);
    CHECK(sale.outcome == CIPHERLANE_APPROVED && sale.ok == 1 && sale.approved == 1234 && sale.recorded == 0);
    CHECK(strcmp(sale.key, "c-1") == 0 && strcmp(sale.trade, "sale") == 0 && strchr(sale.card, '*') != NULL);
    CHECK(stages > 0);
    /* The same key again: nothing is sent. */
    again = pay(till, "sale", "c-1", 1234, 0);
    CHECK(again.recorded == 1 && again.handle == sale.handle);
    GOOD(cipherlane_till_lookup(till, "c-1", 0, 5000, &found, &again, &why));
    CHECK(found == 1 && again.handle == sale.handle);
    GOOD(cipherlane_till_lookup(till, "c-none", 0, 5000, &found, &again, &why));
    CHECK(found == 0);
    GOOD(cipherlane_till_payment(till, sale.handle, 5000, &out, &why));
    CHECK(strstr(text, "\"outcome\":\"approved\"") != NULL);
    GOOD(cipherlane_till_receipt(till, sale.handle, 0, 32, 5000, &out, &why));
    CHECK(strstr(text, "12.34") != NULL);
    GOOD(cipherlane_till_acknowledge(till, sale.handle, 5000, &why));
    const cipherlane_payment back = pay(till, "void", "c-2", 0, sale.handle);
    CHECK(back.ok == 1 && back.original == sale.handle);
    GOOD(cipherlane_till_lookup(till, NULL, sale.handle, 5000, &found, &again, &why));
    CHECK(found == 1 && again.outcome == CIPHERLANE_VOIDED);
}

static void books(cipherlane_till till) {
    char last[4096] = "";
    GOOD(cipherlane_till_recover(till, 0, 60000, NULL, on_recovered, till, &why));
    CHECK(recovered == 1); /* the void, which nobody has acknowledged */
    GOOD(cipherlane_till_journal(till, NULL, 0, 100, 5000, on_row, last, &why));
    CHECK(rows == 2 && strstr(last, "\"trade\":\"void\"") != NULL);
    rows = 0;
    GOOD(cipherlane_till_journal(till, NULL, 1, 100, 5000, on_row, last, &why));
    CHECK(rows == 0);
    GOOD(cipherlane_till_status(till, 5000, on_row, last, &why));
    CHECK(strstr(last, "\"signed_in\":true") != NULL && strstr(last, "\"host\":\"ready\"") != NULL);
    GOOD(cipherlane_till_ask(till, "settle", 60000, NULL, on_row, last, &why));
    CHECK(strstr(last, "\"host\":\"balanced\"") != NULL);
    GOOD(cipherlane_till_ask(till, "last-settlement", 60000, NULL, on_row, last, &why));
    CHECK(strstr(last, "\"host\":\"balanced\"") != NULL);
    GOOD(cipherlane_till_ask(till, "echo", 60000, NULL, on_row, last, &why));
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_till_ask(till, "tea", 1000, NULL, on_row, last, &why));
}

static void wrong_use(cipherlane_till till) {
    cipherlane_payment payment;
    cipherlane_trade what = CIPHERLANE_TRADE_INIT;
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_till_pay(till, &what, 1000, NULL, &payment, &why));
    what.trade = "steal";
    REFUSED(CIPHERLANE_CODE_BAD_ARGUMENT, cipherlane_till_pay(till, &what, 1000, NULL, &payment, &why));
    what.trade = "sale";
    what.key = "c-3";
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_till_pay(till, &what, 1000, NULL, NULL, &why));
    what.amount = -1;
    CHECK(cipherlane_till_pay(till, &what, 1000, NULL, &payment, &why) != CIPHERLANE_OK);
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_till_pay(NULL, &what, 1000, NULL, &payment, &why));
    what.amount = 1;
    what.gateway = "wechat"; /* a sale by card goes to none */
    CHECK(cipherlane_till_pay(till, &what, 1000, NULL, &payment, &why) == CIPHERLANE_MISUSE);
    CHECK(strcmp(why.field, "gateway") == 0);
}

/* A key that paid one thing pays nothing else, with or without a code at hand. */
static void a_key_is_of_one_trade(cipherlane_till till) {
    cipherlane_payment payment;
    cipherlane_trade what = CIPHERLANE_TRADE_INIT;
    what.trade = "payment code sale";
    what.key = "c-4";
    what.amount = 100;
    what.payment_code = "134567890123456789";
    GOOD(cipherlane_till_pay(till, &what, 60000, NULL, &payment, &why));
    CHECK(payment.recorded == 0);
    what.payment_code = NULL;
    GOOD(cipherlane_till_pay(till, &what, 60000, NULL, &payment, &why));
    CHECK(payment.recorded == 1);
    what.amount = 99900;
    CHECK(cipherlane_till_pay(till, &what, 60000, NULL, &payment, &why) == CIPHERLANE_MISUSE);
    CHECK(strcmp(why.layer, "acquiring") == 0);
}

/* What a payment that was started is told to: gone with the closing. */
struct teller {
    atomic_int began;
    atomic_int ended;
};

static void slowly(void* user, const cipherlane_payment* payment, const cipherlane_status* how) {
    struct teller* to = user;
    const struct timespec while_others_close = {0, 300000000};
    (void)payment;
    (void)how;
    to->began = 1;
    thrd_sleep(&while_others_close, NULL);
    to->ended = 1;
}

static void closing_waits_for_done(cipherlane_till till) {
    struct teller to;
    cipherlane_trade what = CIPHERLANE_TRADE_INIT;
    atomic_init(&to.began, 0);
    atomic_init(&to.ended, 0);
    what.trade = "sale";
    what.key = "c-5";
    what.amount = 700;
    GOOD(cipherlane_till_start(till, &what, 60000, NULL, slowly, &to, &why));
    GOOD(cipherlane_till_close(till, &why));
    CHECK(to.began == 1 && to.ended == 1);
}

static void on_shift(void* user, const char* json) {
    snprintf(user, 4096, "%s", json);
}

/* The same settings with an operator in them: number 07, PIN 4711. */
static void an_operator_signs_on(const char* settings) {
    char copy[1024];
    char clerks[1024];
    char shift[4096] = "";
    cipherlane_till till = NULL;
    cipherlane_payment payment;
    cipherlane_trade sale = CIPHERLANE_TRADE_INIT;
    snprintf(copy, sizeof copy, "%s.clerks.toml", settings);
    snprintf(clerks, sizeof clerks, "%s.clerks", settings);
    FILE* from = fopen(settings, "r");
    FILE* to = fopen(copy, "w");
    for (int c = fgetc(from); c != EOF; c = fgetc(from))
        fputc(c, to);
    fprintf(to, "\n[clerks]\nfile = \"%s\"\n", clerks);
    fclose(from);
    fclose(to);
    to = fdopen(open(clerks, O_WRONLY | O_CREAT | O_TRUNC, 0600), "w");
    fputs("[[clerk]]\nid = \"07\"\nrights = [\"sell\"]\nsecret = \"scrypt:10:8:1:000102030405060708090A0B0C0D0E0F:733"
          "22BCFF7F111436CBEB6E47C911A6157BFF6CFE24C717235A87B9CDBC2FBD3\"\n",
        to);
    fclose(to);

    GOOD(cipherlane_till_open(copy, NULL, NULL, 20000, NULL, &till, &why));
    sale.trade = "sale";
    sale.key = "c-clerk";
    sale.amount = 300;
    CHECK(cipherlane_till_pay(till, &sale, 60000, NULL, &payment, &why) == CIPHERLANE_MISUSE);
    CHECK(cipherlane_till_sign_on(till, "07", "4712", 4, 20000, on_shift, shift, &why) == CIPHERLANE_MISUSE);
    REFUSED(
        CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_till_sign_on(till, "07", NULL, 4, 20000, on_shift, shift, &why));
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_till_sign_on(till, "07", "4711", 4, 20000, NULL, NULL, &why));
    GOOD(cipherlane_till_sign_on(till, "07", "4711", 4, 20000, on_shift, shift, &why));
    CHECK(strstr(shift, "\"rights\":[\"sell\"]") != NULL);
    GOOD(cipherlane_till_pay(till, &sale, 60000, NULL, &payment, &why));
    CHECK(payment.ok == 1);
    CHECK(cipherlane_till_ask(till, "settle", 60000, NULL, on_shift, shift, &why) == CIPHERLANE_MISUSE);
    GOOD(cipherlane_till_close_shift(till, 20000, NULL, on_shift, shift, &why));
    CHECK(strstr(shift, "\"debit\":{\"count\":1,\"minor\":300}") != NULL);
    GOOD(cipherlane_till_shifts(till, 10, 20000, on_shift, shift, &why));
    CHECK(strstr(shift, "\"shift\":1") != NULL);
    GOOD(cipherlane_till_sign_off(till, &why));
    GOOD(cipherlane_till_close(till, &why));
}

static void on_paid_back(void* user, const cipherlane_payment* payment) {
    (void)user;
    (void)payment;
}

/* What no flow can settle is told until somebody has seen to it. */
static void a_gateways_word_waits_for_a_person(const char* settings) {
    char command[2048];
    char last[4096] = "";
    const char* keep = getenv("CIPHERLANE_KEEP_NOTICE");
    cipherlane_till till = NULL;
    if (keep == NULL) return;
    snprintf(command, sizeof command, "\"%s\" \"%s\" NOBODYS-ORDER", keep, settings);
    CHECK(system(command) == 0);
    GOOD(cipherlane_till_open(settings, NULL, NULL, 20000, NULL, &till, &why));
    GOOD(cipherlane_till_recover(till, 0, 60000, NULL, on_paid_back, NULL, &why));
    REFUSED(CIPHERLANE_CODE_NULL_ARGUMENT, cipherlane_till_notices(till, 5000, NULL, NULL, &why));
    rows = 0;
    GOOD(cipherlane_till_notices(till, 5000, on_row, last, &why));
    CHECK(rows == 1 && strstr(last, "\"matter\":\"unknown order\"") != NULL);
    CHECK(strstr(last, "\"order\":\"NOBODYS-ORDER\"") != NULL && strstr(last, "\"paid\":500") != NULL);
    const char* number = strstr(last, "\"notice\":");
    CHECK(number != NULL);
    const uint64_t notice = number == NULL ? 0 : strtoull(number + strlen("\"notice\":"), NULL, 10);
    CHECK(cipherlane_till_acknowledge_notice(till, notice + 1, 5000, &why) == CIPHERLANE_MISUSE);
    GOOD(cipherlane_till_acknowledge_notice(till, notice, 5000, &why));
    CHECK(cipherlane_till_acknowledge_notice(till, notice, 5000, &why) == CIPHERLANE_MISUSE);
    rows = 0;
    GOOD(cipherlane_till_notices(till, 5000, on_row, last, &why));
    CHECK(rows == 0);
    GOOD(cipherlane_till_close(till, &why));
}

int main(int argc, char** argv) {
    cipherlane_till till = NULL;
    char names[256];
    cipherlane_buffer out = {names, sizeof names, 0};
    if (argc != 2) return 2;
    GOOD(cipherlane_till_open(argv[1], on_event, NULL, 20000, NULL, &till, &why));
    GOOD(cipherlane_till_terminals(till, &out, &why));
    a_sale_and_its_void(till);
    books(till);
    wrong_use(till);
    a_key_is_of_one_trade(till);
    closing_waits_for_done(till);
    REFUSED(CIPHERLANE_CODE_BAD_HANDLE, cipherlane_till_close(till, &why));
    a_gateways_word_waits_for_a_person(argv[1]);
    an_operator_signs_on(argv[1]);
    return failures == 0 ? 0 : 1;
}
