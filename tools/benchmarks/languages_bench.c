/* What a call from Java and from Python takes beyond the same call in C, and how much of the rate of eight threads in
 * C eight threads in Java reach on one pool: languages_bench, in the same run, each in turn with the others. The
 * programs of the languages (bindings/java/test/cipherlane/CallBench.java, call_bench.py here) print one figure each.
 *
 * Time is the thread's on a processor, so that what else the machine does counts for nothing; the pool's rate is one
 * of the wall. */
#define _GNU_SOURCE
#include <cipherlane/c/crypto.h>
#include <cipherlane/c/hsm.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 3, THREADS = 8, POOL_SECONDS = 2 };
static const double java_bar_ns = 2000, python_bar_ns = 20000, pool_bar = 0.9;

static void must(int good, const char* what) {
    if (good) return;
    fprintf(stderr, "languages_bench: %s\n", what);
    exit(2);
}

static double seconds(clockid_t which) {
    struct timespec now;
    clock_gettime(which, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Nanoseconds of a MAC over 64 bytes: what the programs of the languages do, too. */
static double mac_in_c(void) {
    static const uint8_t material[8] = {0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22};
    static const uint8_t data[64];
    cipherlane_key key = NULL;
    cipherlane_block mac;
    cipherlane_status why;
    double best = 1e9;
    must(cipherlane_key_create(CIPHERLANE_KEY_MAC, CIPHERLANE_DES, material, sizeof material, "legacy", &key, &why) ==
             CIPHERLANE_OK,
        "no key");
    for (int round = 0; round < 20; ++round) {
        const int batch = 20000;
        const double from = seconds(CLOCK_THREAD_CPUTIME_ID);
        for (int i = 0; i < batch; ++i)
            must(cipherlane_mac_make(key, CIPHERLANE_MAC_UNIONPAY_ASCII, 0, data, sizeof data, &mac, &why) ==
                     CIPHERLANE_OK,
                "no MAC");
        const double took = (seconds(CLOCK_THREAD_CPUTIME_ID) - from) * 1e9 / batch;
        if (took < best) best = took;
    }
    cipherlane_key_close(key, NULL);
    return best;
}

static double figure_of(const char* program, const char* argument) {
    char line[4096];
    double figure = -1;
    snprintf(line, sizeof line, "%s %s", program, argument);
    FILE* from = popen(line, "re");
    must(from != NULL, "popen");
    if (fscanf(from, "%lf", &figure) != 1) figure = -1;
    must(pclose(from) == 0 && figure >= 0, line);
    return figure;
}

static int call_row(const char* language, const char* program, double bar) {
    double c = 1e9, theirs = 1e9;
    for (int round = 0; round < ROUNDS; ++round) {
        const double ours = mac_in_c(), other = figure_of(program, "");
        if (ours < c) c = ours;
        if (other < theirs) theirs = other;
    }
    const int met = theirs - c <= bar;
    printf("a MAC of a message, %-10s %8.0f ns  C %7.0f ns  over %7.0f ns  bar %6.0f ns %s\n", language, theirs, c,
        theirs - c, bar, met ? "ok" : "MISSED");
    return met;
}

static atomic_int over = 0;
static atomic_long answered = 0;

static cipherlane_hsm_key tak;

static void* ask(void* pool) {
    static const uint8_t data[64];
    cipherlane_block mac;
    while (!over) {
        must(cipherlane_hsm_make_mac(pool, CIPHERLANE_HSM_TAK, tak.under_lmk, CIPHERLANE_HSM_X919,
                 CIPHERLANE_HSM_PAD_ZEROS, data, sizeof data, 20000, NULL, &mac, NULL) == CIPHERLANE_OK,
            "a call failed");
        ++answered;
    }
    return NULL;
}

static double pool_in_c(const char* unit) {
    cipherlane_hsm pool = NULL;
    pthread_t all[THREADS];
    must(cipherlane_hsm_open(unit, "payshield", &pool, NULL) == CIPHERLANE_OK, "no pool");
    must(cipherlane_hsm_generate_key(pool, CIPHERLANE_HSM_TAK, CIPHERLANE_HSM_DOUBLE, 20000, NULL, &tak, NULL) ==
             CIPHERLANE_OK,
        "no key");
    over = 0;
    answered = 0;
    const double from = seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < THREADS; ++i)
        must(pthread_create(&all[i], NULL, ask, pool) == 0, "no thread");
    nanosleep(&(struct timespec){POOL_SECONDS, 0}, NULL);
    over = 1;
    for (int i = 0; i < THREADS; ++i)
        pthread_join(all[i], NULL);
    const double rate = (double)answered / (seconds(CLOCK_MONOTONIC) - from);
    cipherlane_hsm_close(pool, NULL);
    return rate;
}

static int pool_row(const char* java, const char* simulator) {
    char line[1024], unit[128] = "";
    double c = 0, theirs = 0;
    snprintf(line, sizeof line, "exec %s --port 0 --profile payshield --die-with-parent 2>/dev/null", simulator);
    FILE* from = popen(line, "re");
    must(from != NULL && fgets(line, sizeof line, from) != NULL && sscanf(line, "listening on %127s", unit) == 1,
        "no simulator");
    for (int round = 0; round < ROUNDS; ++round) {
        const double ours = pool_in_c(unit), other = figure_of(java, unit);
        if (ours > c) c = ours;
        if (other > theirs) theirs = other;
    }
    const int met = theirs >= pool_bar * c;
    printf("eight threads on a pool, Java  %8.0f /s  C %7.0f /s  ratio %5.2f  bar %5.2f %s\n", theirs, c, theirs / c,
        pool_bar, met ? "ok" : "MISSED");
    return met;
}

int main(int argc, char** argv) {
    int met = 1;
    const char* java = getenv("CIPHERLANE_JAVA_BENCH");
    const char* python = getenv("CIPHERLANE_PYTHON_BENCH");
    const char* simulator = argc > 1 ? argv[1] : CIPHERLANE_SIMULATOR;
    (void)signal(SIGPIPE, SIG_IGN);
#ifdef CIPHERLANE_JAVA_BENCH
    if (java == NULL) java = CIPHERLANE_JAVA_BENCH;
#endif
#ifdef CIPHERLANE_PYTHON_BENCH
    if (python == NULL) python = CIPHERLANE_PYTHON_BENCH;
#endif
    if (java != NULL) met &= call_row("Java", java, java_bar_ns);
    if (python != NULL) met &= call_row("Python", python, python_bar_ns);
    if (java != NULL) met &= pool_row(java, simulator);
    fflush(stdout);
    _Exit(met ? 0 : 1); /* the simulator ends with its parent */
}
