/* The natives of a till. */
#include "cipherlane_jni.h"

#include <cipherlane/c/till.h>

#include <stdlib.h>
#include <string.h>

/* --- payments --- */

/* Null with an exception. */
static jobject payment_of(JNIEnv* env, const cipherlane_payment* from) {
    const jlong numbers[] = {(jlong)from->handle, (jlong)from->original, from->requested, from->approved,
        from->refunded, from->outcome, from->recorded, from->currency, from->trace, from->batch};
    const char* texts[] = {from->key, from->trade, from->terminal, from->merchant, from->card, from->host_code,
        from->reference, from->authorization, from->date, from->time, from->order_number, from->voucher, from->reason,
        from->reason_zh};
    const jsize number_count = (jsize)(sizeof numbers / sizeof numbers[0]);
    const jsize text_count = (jsize)(sizeof texts / sizeof texts[0]);
    jlongArray all_numbers = (*env)->NewLongArray(env, number_count);
    jobjectArray all_texts = (*env)->NewObjectArray(env, text_count, bytes_class, NULL);
    if (all_numbers == NULL || all_texts == NULL) return NULL;
    (*env)->SetLongArrayRegion(env, all_numbers, 0, number_count, numbers);
    for (jsize i = 0; i < text_count; ++i) {
        jbyteArray one = array_of_text(env, texts[i]);
        if (one == NULL) return NULL;
        (*env)->SetObjectArrayElement(env, all_texts, i, one);
        (*env)->DeleteLocalRef(env, one);
    }
    jobject made = (*env)->CallStaticObjectMethod(env, payment_class, make_payment, all_numbers, all_texts);
    (*env)->DeleteLocalRef(env, all_numbers);
    (*env)->DeleteLocalRef(env, all_texts);
    return made;
}

static jobject payment_or_raise(
    JNIEnv* env, cipherlane_condition end, const cipherlane_payment* payment, const cipherlane_status* why) {
    if (end == CIPHERLANE_OK) return payment_of(env, payment);
    raise_status(env, why);
    return NULL;
}

/* --- lines --- */

/* What came line by line, with ends. */
typedef struct lines {
    char* text;
    size_t size;
    size_t room;
    int full; /* memory is */
} lines;

static void add_line(void* user, const char* json) {
    lines* all = user;
    const size_t size = strlen(json);
    if (all->size + size + 1 > all->room) {
        const size_t room = 2 * (all->size + size + 1024);
        char* more = realloc(all->text, room);
        if (more == NULL) {
            all->full = 1;
            return;
        }
        all->text = more;
        all->room = room;
    }
    memcpy(all->text + all->size, json, size);
    all->size += size;
    all->text[all->size++] = '\n';
}

static jbyteArray lines_or_raise(JNIEnv* env, cipherlane_condition end, lines* all, const cipherlane_status* why) {
    jbyteArray made = NULL;
    if (end != CIPHERLANE_OK) {
        raise_status(env, why);
    } else if (all->full) {
        raise_no_memory(env);
    } else {
        made = array_of(env, all->text, all->size);
    }
    free(all->text);
    return made;
}

/* --- the till --- */

/* On a thread of the till: `user` is a number that Java knows a listener by. */
static void on_event(void* user, const char* json) {
    int is_guest = 0;
    JNIEnv* env = enter_machine(&is_guest);
    if (env == NULL) return;
    if ((*env)->PushLocalFrame(env, 8) != 0) return leave_machine(is_guest);
    jbyteArray line = array_of_text(env, json);
    if (line != NULL) (*env)->CallStaticVoidMethod(env, native_class, event_method, (jlong)(intptr_t)user, line);
    (*env)->ExceptionClear(env); /* what it throws goes no further */
    (void)(*env)->PopLocalFrame(env, NULL);
    leave_machine(is_guest);
}

NATIVE(jlong, tillOpen)(JNIEnv* env, jclass type, jbyteArray file, jlong listener, jlong deadline) {
    cipherlane_status why;
    cipherlane_till made = NULL;
    input name;
    (void)type;
    if (!take(env, file, &name)) return 0;
    const cipherlane_condition end = cipherlane_till_open(
        name.data, listener == 0 ? NULL : on_event, (void*)(intptr_t)listener, deadline, NULL, &made, &why);
    drop(&name);
    if (end != CIPHERLANE_OK) raise_status(env, &why);
    return (jlong)(intptr_t)made;
}

NATIVE(void, tillClose)(JNIEnv* env, jclass type, jlong till) {
    (void)env;
    (void)type;
    (void)cipherlane_till_close(HANDLE(cipherlane_till, till), NULL);
}

NATIVE(jlong, tillAt)(JNIEnv* env, jclass type, jlong till, jbyteArray terminal) {
    cipherlane_status why;
    cipherlane_till other = NULL;
    input name;
    (void)type;
    if (!take(env, terminal, &name)) return 0;
    if (cipherlane_till_at(HANDLE(cipherlane_till, till), name.data, &other, &why) != CIPHERLANE_OK)
        raise_status(env, &why);
    drop(&name);
    return (jlong)(intptr_t)other;
}

static cipherlane_condition fill_terminals(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_till_terminals(*(cipherlane_till*)with, into, why);
}
static cipherlane_condition fill_trades(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    (void)with;
    return cipherlane_till_trades(into, why);
}

/* Names, a line each: of the till's terminals, or with 0 of all trades. */
NATIVE(jbyteArray, tillNames)(JNIEnv* env, jclass type, jlong till) {
    cipherlane_till of = HANDLE(cipherlane_till, till);
    (void)type;
    return till == 0 ? filled(env, fill_trades, NULL) : filled(env, fill_terminals, &of);
}

/* The texts of a trade, in the order of its members. */
enum { text_trade, text_key, text_plan, text_subject, text_code, text_authorization, text_gateway, text_count };

typedef struct order {
    input texts[text_count];
    size_t taken;
    cipherlane_trade trade;
} order;

static void drop_order(order* what) {
    while (what->taken > 0)
        drop(&what->texts[--what->taken]);
}

/* `numbers`: amount, original, accept_partial, periods, no_credit. */
static int take_order(JNIEnv* env, jobjectArray texts, jlongArray numbers, order* into) {
    const cipherlane_trade empty = CIPHERLANE_TRADE_INIT;
    jlong values[5] = {0, 0, 0, 0, 0};
    into->trade = empty;
    into->taken = 0;
    for (jsize i = 0; i < text_count; ++i) {
        jbyteArray one = (*env)->GetObjectArrayElement(env, texts, i);
        const int done = take(env, one, &into->texts[i]);
        (*env)->DeleteLocalRef(env, one);
        if (!done) {
            drop_order(into);
            return 0;
        }
        ++into->taken;
    }
    (*env)->GetLongArrayRegion(env, numbers, 0, 5, values);
    into->trade.trade = into->texts[text_trade].data;
    into->trade.key = into->texts[text_key].data;
    into->trade.plan = into->texts[text_plan].data;
    into->trade.subject = into->texts[text_subject].data;
    into->trade.payment_code = into->texts[text_code].data;
    into->trade.authorization = into->texts[text_authorization].data;
    into->trade.gateway = into->texts[text_gateway].data;
    into->trade.amount = values[0];
    into->trade.original = (uint64_t)values[1];
    into->trade.accept_partial = (int32_t)values[2];
    into->trade.periods = (int32_t)values[3];
    into->trade.no_credit = (int32_t)values[4];
    return 1;
}

NATIVE(jobject, tillPay)
(JNIEnv* env, jclass type, jlong till, jobjectArray texts, jlongArray numbers, jlong deadline) {
    cipherlane_status why;
    cipherlane_payment payment;
    order what;
    (void)type;
    if (!take_order(env, texts, numbers, &what)) return NULL;
    const cipherlane_condition end =
        cipherlane_till_pay(HANDLE(cipherlane_till, till), &what.trade, deadline, NULL, &payment, &why);
    drop_order(&what);
    return payment_or_raise(env, end, &payment, &why);
}

static void deliver_payment(JNIEnv* env, pending* of) {
    if ((*env)->PushLocalFrame(env, 32) != 0) {
        complete_bare(env, paid_method, of->future);
        return forget_pending(env, of);
    }
    jobject made = NULL;
    jthrowable fault = NULL;
    if (of->has_payment) {
        made = payment_of(env, &of->payment);
    } else {
        fault = exception_of(env, &of->why);
    }
    (*env)->ExceptionClear(env);
    (*env)->CallStaticVoidMethod(env, native_class, paid_method, of->future, made, fault);
    if ((*env)->ExceptionCheck(env)) complete_bare(env, paid_method, of->future);
    forget_pending(env, of);
    (void)(*env)->PopLocalFrame(env, NULL);
}

static void on_paid(void* user, const cipherlane_payment* payment, const cipherlane_status* why) {
    pending* of = user;
    int is_guest = 0;
    of->has_payment = payment != NULL;
    if (payment != NULL) of->payment = *payment;
    of->why = *why;
    JNIEnv* env = enter_machine(&is_guest);
    if (env == NULL) return hand_over(of);
    deliver_payment(env, of);
    leave_machine(is_guest);
}

NATIVE(void, tillStart)
(JNIEnv* env, jclass type, jlong till, jobjectArray texts, jlongArray numbers, jlong deadline, jlong stop,
    jobject future) {
    cipherlane_status why;
    order what;
    (void)type;
    if (!take_order(env, texts, numbers, &what)) return;
    pending* kept = pending_for(env, future, deliver_payment);
    if (kept == NULL) {
        drop_order(&what);
        return;
    }
    const cipherlane_condition end = cipherlane_till_start(
        HANDLE(cipherlane_till, till), &what.trade, deadline, HANDLE(cipherlane_stop, stop), on_paid, kept, &why);
    drop_order(&what);
    if (end == CIPHERLANE_OK) return;
    forget_pending(env, kept);
    raise_status(env, &why);
}

/* Null where there is nothing, or with an exception. */
NATIVE(jobject, tillLookup)(JNIEnv* env, jclass type, jlong till, jbyteArray key, jlong handle, jlong deadline) {
    cipherlane_status why;
    cipherlane_payment payment;
    int32_t found = 0;
    input name;
    (void)type;
    if (!take(env, key, &name)) return NULL;
    const cipherlane_condition end = cipherlane_till_lookup(
        HANDLE(cipherlane_till, till), name.data, (uint64_t)handle, deadline, &found, &payment, &why);
    drop(&name);
    return end == CIPHERLANE_OK && !found ? NULL : payment_or_raise(env, end, &payment, &why);
}

typedef struct payments {
    cipherlane_payment* all;
    size_t count;
    size_t room;
    int full; /* memory is */
} payments;

static void add_payment(void* user, const cipherlane_payment* payment) {
    payments* into = user;
    if (into->count == into->room) {
        const size_t room = 2 * into->room + 8;
        cipherlane_payment* more = realloc(into->all, room * sizeof *more);
        if (more == NULL) {
            into->full = 1;
            return;
        }
        into->all = more;
        into->room = room;
    }
    into->all[into->count++] = *payment;
}

NATIVE(jobjectArray, tillRecover)(JNIEnv* env, jclass type, jlong till, jlong handle, jlong deadline) {
    cipherlane_status why;
    payments found = {NULL, 0, 0, 0};
    jobjectArray made = NULL;
    (void)type;
    const cipherlane_condition end = cipherlane_till_recover(
        HANDLE(cipherlane_till, till), (uint64_t)handle, deadline, NULL, add_payment, &found, &why);
    if (end != CIPHERLANE_OK) {
        raise_status(env, &why);
    } else if (found.full) {
        raise_no_memory(env);
    } else {
        made = (*env)->NewObjectArray(env, (jsize)found.count, payment_class, NULL);
    }
    for (size_t i = 0; made != NULL && i < found.count; ++i) {
        jobject one = payment_of(env, &found.all[i]);
        if (one == NULL) {
            made = NULL;
            break;
        }
        (*env)->SetObjectArrayElement(env, made, (jsize)i, one);
        (*env)->DeleteLocalRef(env, one);
    }
    free(found.all);
    return made;
}

NATIVE(void, tillAcknowledge)(JNIEnv* env, jclass type, jlong till, jlong handle, jlong deadline) {
    cipherlane_status why;
    (void)type;
    if (cipherlane_till_acknowledge(HANDLE(cipherlane_till, till), (uint64_t)handle, deadline, &why) != CIPHERLANE_OK)
        raise_status(env, &why);
}

NATIVE(jbyteArray, tillNotices)(JNIEnv* env, jclass type, jlong till, jlong deadline) {
    cipherlane_status why;
    lines all = {NULL, 0, 0, 0};
    (void)type;
    const cipherlane_condition end =
        cipherlane_till_notices(HANDLE(cipherlane_till, till), deadline, add_line, &all, &why);
    return lines_or_raise(env, end, &all, &why);
}

NATIVE(void, tillAcknowledgeNotice)(JNIEnv* env, jclass type, jlong till, jlong notice, jlong deadline) {
    cipherlane_status why;
    (void)type;
    if (cipherlane_till_acknowledge_notice(HANDLE(cipherlane_till, till), (uint64_t)notice, deadline, &why) !=
        CIPHERLANE_OK)
        raise_status(env, &why);
}

typedef struct record {
    cipherlane_till till;
    uint64_t handle;
    int64_t deadline;
} record;

static cipherlane_condition fill_payment(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    const record* of = with;
    return cipherlane_till_payment(of->till, of->handle, of->deadline, into, why);
}

NATIVE(jbyteArray, tillPayment)(JNIEnv* env, jclass type, jlong till, jlong handle, jlong deadline) {
    record of = {HANDLE(cipherlane_till, till), (uint64_t)handle, deadline};
    (void)type;
    return filled(env, fill_payment, &of);
}

NATIVE(jboolean, tillPrint)(JNIEnv* env, jclass type, jlong till, jlong handle, jint copy, jlong deadline) {
    cipherlane_status why;
    int32_t printed = 0;
    (void)type;
    if (cipherlane_till_print_receipt(
            HANDLE(cipherlane_till, till), (uint64_t)handle, copy, deadline, &printed, &why) != CIPHERLANE_OK)
        raise_status(env, &why);
    return printed != 0;
}

NATIVE(jbyteArray, tillPreflight)(JNIEnv* env, jclass type, jbyteArray file, jlong deadline) {
    cipherlane_status why;
    lines all = {NULL, 0, 0, 0};
    int32_t good = 0;
    input name;
    (void)type;
    if (!take(env, file, &name)) return NULL;
    const cipherlane_condition end = cipherlane_till_preflight(name.data, deadline, add_line, &all, &good, &why);
    drop(&name);
    return lines_or_raise(env, end, &all, &why);
}

NATIVE(jobject, tillDecide)
(JNIEnv* env, jclass type, jlong till, jlong handle, jint paid, jlong moved, jbyteArray note, jlong deadline) {
    cipherlane_status why;
    cipherlane_payment payment;
    input words;
    (void)type;
    if (!take(env, note, &words)) return NULL;
    const cipherlane_condition end = cipherlane_till_decide(
        HANDLE(cipherlane_till, till), (uint64_t)handle, paid, moved, words.data, deadline, &payment, &why);
    drop(&words);
    return payment_or_raise(env, end, &payment, &why);
}

NATIVE(jbyteArray, tillStatus)(JNIEnv* env, jclass type, jlong till, jlong deadline) {
    cipherlane_status why;
    lines all = {NULL, 0, 0, 0};
    (void)type;
    const cipherlane_condition end =
        cipherlane_till_status(HANDLE(cipherlane_till, till), deadline, add_line, &all, &why);
    return lines_or_raise(env, end, &all, &why);
}

NATIVE(jbyteArray, tillJournal)
(JNIEnv* env, jclass type, jlong till, jbyteArray terminal, jint open, jint most, jlong deadline) {
    cipherlane_status why;
    lines all = {NULL, 0, 0, 0};
    input name;
    (void)type;
    if (!take(env, terminal, &name)) return NULL;
    const cipherlane_condition end = cipherlane_till_journal(
        HANDLE(cipherlane_till, till), name.data, open, (size_t)most, deadline, add_line, &all, &why);
    drop(&name);
    return lines_or_raise(env, end, &all, &why);
}

NATIVE(jbyteArray, tillAsk)(JNIEnv* env, jclass type, jlong till, jbyteArray what, jlong deadline) {
    cipherlane_status why;
    lines all = {NULL, 0, 0, 0};
    input name;
    (void)type;
    if (!take(env, what, &name)) return NULL;
    const cipherlane_condition end =
        cipherlane_till_ask(HANDLE(cipherlane_till, till), name.data, deadline, NULL, add_line, &all, &why);
    drop(&name);
    return lines_or_raise(env, end, &all, &why);
}

/* --- operators --- */

NATIVE(jbyteArray, tillSignOn)
(JNIEnv* env, jclass type, jlong till, jbyteArray operator, jbyteArray secret, jlong deadline) {
    cipherlane_status why;
    lines all = {NULL, 0, 0, 0};
    input who;
    input shown;
    (void)type;
    if (!take(env, operator, & who)) return NULL;
    if (!take(env, secret, &shown)) {
        drop(&who);
        return NULL;
    }
    const cipherlane_condition end = cipherlane_till_sign_on(
        HANDLE(cipherlane_till, till), who.data, shown.data, shown.size, deadline, add_line, &all, &why);
    drop(&shown);
    drop(&who);
    return lines_or_raise(env, end, &all, &why);
}

NATIVE(void, tillSignOff)(JNIEnv* env, jclass type, jlong till) {
    cipherlane_status why;
    (void)type;
    if (cipherlane_till_sign_off(HANDLE(cipherlane_till, till), &why) != CIPHERLANE_OK) raise_status(env, &why);
}

NATIVE(jbyteArray, tillCloseShift)(JNIEnv* env, jclass type, jlong till, jlong deadline) {
    cipherlane_status why;
    lines all = {NULL, 0, 0, 0};
    (void)type;
    const cipherlane_condition end =
        cipherlane_till_close_shift(HANDLE(cipherlane_till, till), deadline, NULL, add_line, &all, &why);
    return lines_or_raise(env, end, &all, &why);
}

NATIVE(jbyteArray, tillShifts)(JNIEnv* env, jclass type, jlong till, jint most, jlong deadline) {
    cipherlane_status why;
    lines all = {NULL, 0, 0, 0};
    (void)type;
    const cipherlane_condition end =
        cipherlane_till_shifts(HANDLE(cipherlane_till, till), (size_t)most, deadline, add_line, &all, &why);
    return lines_or_raise(env, end, &all, &why);
}

typedef struct slip {
    cipherlane_till till;
    uint64_t handle;
    int32_t copy;
    size_t columns;
    int64_t deadline;
} slip;

static cipherlane_condition fill_receipt(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    const slip* of = with;
    return cipherlane_till_receipt(of->till, of->handle, of->copy, of->columns, of->deadline, into, why);
}

NATIVE(jbyteArray, tillReceipt)
(JNIEnv* env, jclass type, jlong till, jlong handle, jint copy, jint columns, jlong deadline) {
    slip of = {HANDLE(cipherlane_till, till), (uint64_t)handle, copy, (size_t)columns, deadline};
    (void)type;
    return filled(env, fill_receipt, &of);
}
