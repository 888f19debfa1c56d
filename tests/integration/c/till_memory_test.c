/* A payment that the host has answered is told, also where memory ends then: c_till_memory_test TILL.toml, at a host
 * that declines. */
#include "check.h"

#include <cipherlane/c/till.h>

#include <stdatomic.h>
#include <stddef.h>

extern void* __libc_malloc(size_t size);

static _Thread_local int pays = 0; /* the thread that waits for the outcome */
static atomic_int memory_ends = 0;
static atomic_int refused = 0;

/* Stands before the C library's own. */
void* malloc(size_t size) {
    if (pays && memory_ends) {
        refused = 1;
        return NULL;
    }
    return __libc_malloc(size);
}

static void on_event(void* user, const char* json) {
    (void)user;
    if (strstr(json, "\"stage\":\"sending\"") != NULL) memory_ends = 1;
}

int main(int argc, char** argv) {
    cipherlane_till till = NULL;
    cipherlane_payment payment;
    cipherlane_trade sale = CIPHERLANE_TRADE_INIT;
    cipherlane_condition end;
    if (argc != 2) return 2;
    GOOD(cipherlane_till_open(argv[1], on_event, NULL, 20000, NULL, &till, &why));
    sale.trade = "sale";
    sale.key = "m-1";
    sale.amount = 1234;
    pays = 1;
    end = cipherlane_till_pay(till, &sale, 60000, NULL, &payment, &why);
    pays = 0;
    if (end != CIPHERLANE_OK) fprintf(stderr, "%s\n", why.text);
    CHECK(refused == 1);
    CHECK(end == CIPHERLANE_OK);
    if (end == CIPHERLANE_OK) CHECK(payment.outcome == CIPHERLANE_DECLINED && payment.ok == 0);
    GOOD(cipherlane_till_close(till, &why));
    return failures == 0 ? 0 : 1;
}
