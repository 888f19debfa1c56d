/*
 * A till in C: what the last run left open is decided, one card sale is made, and its receipt printed.
 *
 *     c_02_till TILL.toml
 */
#include <cipherlane/c/till.h>

#include <stdio.h>

static void on_event(void* user, const char* json) {
    (void)user;
    fprintf(stderr, "%s\n", json); /* for a screen: "stage" says what the customer is asked for */
}

static void on_recovered(void* user, const cipherlane_payment* payment) {
    cipherlane_till till = user;
    printf("from before: %s, outcome %d\n", payment->key, (int)payment->outcome);
    cipherlane_till_acknowledge(till, payment->handle, 5000, NULL);
}

static int sell(cipherlane_till till, cipherlane_status* why) {
    char receipt[4096];
    cipherlane_buffer text = {receipt, sizeof receipt, 0};
    cipherlane_payment paid;
    /* [sale] */
    cipherlane_trade sale = CIPHERLANE_TRADE_INIT;
    sale.trade = "sale";
    sale.key = "order-4711"; /* after a crash the same key gives the recorded outcome, never a second charge */
    sale.amount = 1234;      /* fen */
    if (cipherlane_till_recover(till, 0, 60000, NULL, on_recovered, till, why)) return 1;
    if (cipherlane_till_pay(till, &sale, 120000, NULL, &paid, why)) return 1;
    /* [/sale] */
    if (!paid.ok) {
        printf("%s\n", paid.reason);
        return 1;
    }
    if (cipherlane_till_receipt(till, paid.handle, 1, 32, 5000, &text, why)) return 1;
    printf("%s", receipt);
    return cipherlane_till_acknowledge(till, paid.handle, 5000, why) != CIPHERLANE_OK;
}

int main(int argc, char** argv) {
    cipherlane_status why;
    cipherlane_till till = NULL;
    if (argc != 2) {
        fprintf(stderr, "usage: %s TILL.toml\n", argv[0]);
        return 2;
    }
    if (cipherlane_till_open(argv[1], on_event, NULL, 20000, NULL, &till, &why)) {
        fprintf(stderr, "%s\n", why.text);
        return 1;
    }
    const int failed = sell(till, &why);
    if (failed && why.condition != CIPHERLANE_OK) fprintf(stderr, "%s\n", why.text);
    cipherlane_till_close(till, NULL);
    return failed;
}
