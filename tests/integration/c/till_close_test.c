/* Tills that are closed from within an event that comes of nobody's call: c_till_close_test TILL.toml, where the
 * gateway fails at the first three requests by POST: at an order, its closing, and when the till asks by itself. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <cipherlane/c/till.h>

#include <stdatomic.h>
#include <threads.h>
#include <time.h>

struct scene {
    const char* word; /* of the events at the last of which it is closed */
    atomic_int left;  /* of those */
    cipherlane_till till;
    atomic_int closed;
};

static void on_event(void* user, const char* json) {
    struct scene* here = user;
    if (strstr(json, here->word) == NULL || atomic_fetch_sub(&here->left, 1) != 1) return;
    cipherlane_status inside;
    here->closed = cipherlane_till_close(here->till, &inside) == CIPHERLANE_OK ? 1 : -1;
}

static void rest(long milliseconds) {
    const struct timespec span = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    thrd_sleep(&span, NULL);
}

/* The one before it ends behind the event that has closed it. */
static void open_again(const char* settings, struct scene* here) {
    for (int tries = 0; tries < 600; ++tries) {
        if (cipherlane_till_open(settings, on_event, here, 20000, NULL, &here->till, &why) == CIPHERLANE_OK) return;
        rest(50);
    }
    fprintf(stderr, "%s\n", why.text);
    exit(1);
}

/* Asks soon what has become of an order: a word for those that choose among gateways. */
static void write_settings(const char* settings, const char* copy) {
    char line[2048];
    char key[2048] = "";
    FILE* from = fopen(settings, "r");
    FILE* to = fopen(copy, "w");
    if (from == NULL || to == NULL) exit(2);
    while (fgets(line, sizeof line, from) != NULL) {
        if (strncmp(line, "public_key_file", 15) == 0) snprintf(key, sizeof key, "%s", line);
        fputs(strcmp(line, "[gateway]\n") == 0 ? "[[gateway]]\nname = \"near\"\n" : line, to);
    }
    fprintf(to,
        "\n[[gateway]]\nname = \"far\"\naddress = \"127.0.0.1:1\"\n%s"
        "\n[routing]\ngateways = [\"near\", \"far\"]\nfirst_trial_ms = 200\n\n[qr]\nclosing_tries = 1\n",
        key);
    fclose(from);
    fclose(to);
}

static void is_closed(const struct scene* here) {
    for (int tries = 0; here->closed == 0 && tries < 1200; ++tries)
        rest(50);
    CHECK(here->closed == 1);
    if (here->closed != 1) exit(1);
}

int main(int argc, char** argv) {
    static struct scene first = {"cancel order", 2, NULL, 0};  /* told on the terminal's thread, of nobody's call */
    static struct scene second = {"was in doubt", 1, NULL, 0}; /* on the till's own */
    static struct scene last = {"nothing", 0, NULL, 0};
    char copy[1024];
    cipherlane_payment payment;
    cipherlane_trade order = CIPHERLANE_TRADE_INIT;
    int32_t found = 0;
    if (argc != 2) return 2;
    snprintf(copy, sizeof copy, "%s.close.toml", argv[1]);
    write_settings(argv[1], copy);
    open_again(copy, &first);
    order.trade = "QR sale";
    order.key = "cl-1";
    order.amount = 500;
    order.gateway = "near";
    GOOD(cipherlane_till_pay(first.till, &order, 60000, NULL, &payment, &why));
    CHECK(payment.outcome == CIPHERLANE_UNKNOWN);
    is_closed(&first);
    open_again(copy, &second);
    is_closed(&second);
    open_again(copy, &last);
    GOOD(cipherlane_till_lookup(last.till, order.key, 0, 20000, &found, &payment, &why));
    CHECK(found == 1 && payment.outcome == CIPHERLANE_DECLINED);
    GOOD(cipherlane_till_close(last.till, &why));
    return failures == 0 ? 0 : 1;
}
