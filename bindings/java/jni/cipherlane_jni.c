/*
 * The natives of cipherlane.Native over the C interface. Bytes in, bytes out: each array is copied once, what may be
 * secret is wiped, and each failure becomes a cipherlane.CipherlaneException. Handles are tokens of the C interface,
 * which judges them; no address of Java's or ours crosses.
 */
#include "cipherlane_jni.h"

#include <cipherlane/c/crypto.h>
#include <cipherlane/c/hsm.h>
#include <cipherlane/c/iso8583.h>
#include <cipherlane/c/qr.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static JavaVM* machine;
jclass exception_class;
jclass bytes_class;
jclass native_class;
jclass payment_class;
jmethodID make_payment;
jmethodID event_method;
jmethodID paid_method;
static jmethodID make_exception;
static jmethodID complete_method;
static pthread_key_t attached;

static void detach(void* value) {
    (void)value;
    (*machine)->DetachCurrentThread(machine);
}

static jclass find_class(JNIEnv* env, const char* name) {
    jclass found = (*env)->FindClass(env, name);
    return found == NULL ? NULL : (jclass)(*env)->NewGlobalRef(env, found);
}

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void* reserved) {
    JNIEnv* env = NULL;
    (void)reserved;
    machine = vm;
    if ((*vm)->GetEnv(vm, (void**)&env, JNI_VERSION_10) != JNI_OK) return JNI_ERR;
    exception_class = find_class(env, "cipherlane/CipherlaneException");
    bytes_class = find_class(env, "[B");
    native_class = find_class(env, "cipherlane/Native");
    payment_class = find_class(env, "cipherlane/Payment");
    if (payment_class == NULL || exception_class == NULL || bytes_class == NULL || native_class == NULL)
        return JNI_ERR;
    make_exception =
        (*env)->GetStaticMethodID(env, exception_class, "of", "(IIJJJ[[B)Lcipherlane/CipherlaneException;");
    complete_method = (*env)->GetStaticMethodID(
        env, native_class, "complete", "(Ljava/lang/Object;[[BLcipherlane/CipherlaneException;)V");
    make_payment = (*env)->GetStaticMethodID(env, payment_class, "of", "([J[[B)Lcipherlane/Payment;");
    event_method = (*env)->GetStaticMethodID(env, native_class, "event", "(J[B)V");
    paid_method = (*env)->GetStaticMethodID(
        env, native_class, "paid", "(Ljava/lang/Object;Lcipherlane/Payment;Lcipherlane/CipherlaneException;)V");
    if (make_payment == NULL || event_method == NULL || paid_method == NULL) return JNI_ERR;
    if (make_exception == NULL || complete_method == NULL || pthread_key_create(&attached, detach) != 0)
        return JNI_ERR;
    return JNI_VERSION_10;
}

/* --- bytes in --- */

void raise_no_memory(JNIEnv* env) {
    jclass type = (*env)->FindClass(env, "java/lang/OutOfMemoryError");
    if (type != NULL) (void)(*env)->ThrowNew(env, type, "cipherlane");
}

int take(JNIEnv* env, jbyteArray from, input* into) {
    into->data = NULL;
    into->size = 0;
    if (from == NULL) return 1;
    into->size = (size_t)(*env)->GetArrayLength(env, from);
    into->data = into->size < sizeof into->near ? into->near : malloc(into->size + 1);
    if (into->data == NULL) {
        raise_no_memory(env);
        return 0;
    }
    (*env)->GetByteArrayRegion(env, from, 0, (jsize)into->size, (jbyte*)into->data);
    into->data[into->size] = 0;
    return 1;
}

void drop(input* what) {
    if (what->data == NULL) return;
    cipherlane_wipe(what->data, what->size);
    if (what->data != what->near) free(what->data);
    what->data = NULL;
}

/* --- results out --- */

jbyteArray array_of(JNIEnv* env, const void* data, size_t size) {
    jbyteArray made = (*env)->NewByteArray(env, (jsize)size);
    if (made != NULL && size > 0) (*env)->SetByteArrayRegion(env, made, 0, (jsize)size, data);
    return made;
}

jbyteArray array_of_text(JNIEnv* env, const char* text) {
    return array_of(env, text, strlen(text));
}

jthrowable exception_of(JNIEnv* env, const cipherlane_status* why) {
    const char* texts[] = {
        why->layer, why->operation, why->endpoint, why->field, why->peer_code, why->peer_text, why->hint, why->text};
    const jsize count = (jsize)(sizeof texts / sizeof texts[0]);
    jobjectArray all = (*env)->NewObjectArray(env, count, bytes_class, NULL);
    if (all == NULL) return NULL;
    for (jsize i = 0; i < count; ++i) {
        jbyteArray one = array_of_text(env, texts[i]);
        if (one == NULL) return NULL;
        (*env)->SetObjectArrayElement(env, all, i, one);
        (*env)->DeleteLocalRef(env, one);
    }
    jthrowable made = (jthrowable)(*env)->CallStaticObjectMethod(env, exception_class, make_exception,
        (jint)why->condition, (jint)why->code, (jlong)why->offset, (jlong)why->line, (jlong)why->trace, all);
    return (*env)->ExceptionCheck(env) ? NULL : made;
}

void raise_status(JNIEnv* env, const cipherlane_status* why) {
    jthrowable made = exception_of(env, why);
    if (made != NULL) (void)(*env)->Throw(env, made);
}

jbyteArray filled(JNIEnv* env, filler fill, void* with) {
    cipherlane_status why;
    char near[2048];
    cipherlane_buffer into = {near, sizeof near, 0};
    cipherlane_condition end = fill(with, &into, &why);
    char* far = NULL;
    if (end == CIPHERLANE_MISUSE && why.code == CIPHERLANE_CODE_NO_ROOM && into.size >= sizeof near) {
        const size_t room = into.size + 1;
        far = malloc(room);
        if (far == NULL) {
            raise_no_memory(env);
            return NULL;
        }
        into.data = far;
        into.room = room;
        end = fill(with, &into, &why);
    }
    jbyteArray made = NULL;
    if (end == CIPHERLANE_OK) {
        made = array_of(env, into.data, into.size);
    } else {
        raise_status(env, &why);
    }
    cipherlane_wipe(near, sizeof near);
    if (far != NULL) {
        cipherlane_wipe(far, into.room);
        free(far);
    }
    return made;
}

jbyteArray block_or_raise(
    JNIEnv* env, cipherlane_condition end, const cipherlane_block* block, const cipherlane_status* why) {
    if (end != CIPHERLANE_OK) {
        raise_status(env, why);
        return NULL;
    }
    return array_of(env, block->data, block->size);
}

/* --- what belongs to nothing --- */

NATIVE(jbyteArray, version)(JNIEnv* env, jclass type) {
    (void)type;
    return array_of_text(env, cipherlane_version());
}

NATIVE(jlong, stopCreate)(JNIEnv* env, jclass type) {
    cipherlane_status why;
    cipherlane_stop made = NULL;
    (void)type;
    if (cipherlane_stop_create(&made, &why) != CIPHERLANE_OK) raise_status(env, &why);
    return (jlong)(intptr_t)made;
}

NATIVE(void, stopRequest)(JNIEnv* env, jclass type, jlong stop) {
    (void)env;
    (void)type;
    (void)cipherlane_stop_request(HANDLE(cipherlane_stop, stop), NULL);
}

NATIVE(void, stopClose)(JNIEnv* env, jclass type, jlong stop) {
    (void)env;
    (void)type;
    (void)cipherlane_stop_close(HANDLE(cipherlane_stop, stop), NULL);
}

/* --- cipher machines --- */

NATIVE(jlong, hsmOpen)(JNIEnv* env, jclass type, jbyteArray units, jbyteArray profile) {
    cipherlane_status why;
    cipherlane_hsm made = NULL;
    input where, dialect;
    (void)type;
    if (!take(env, units, &where)) return 0;
    if (take(env, profile, &dialect)) {
        /* Without a profile: the first text is TOML. */
        const cipherlane_condition end = dialect.data == NULL
                                             ? cipherlane_hsm_open_toml(where.data, &made, &why)
                                             : cipherlane_hsm_open(where.data, dialect.data, &made, &why);
        if (end != CIPHERLANE_OK) raise_status(env, &why);
        drop(&dialect);
    }
    drop(&where);
    return (jlong)(intptr_t)made;
}

NATIVE(void, hsmClose)(JNIEnv* env, jclass type, jlong hsm) {
    (void)env;
    (void)type;
    (void)cipherlane_hsm_close(HANDLE(cipherlane_hsm, hsm), NULL);
}

static cipherlane_condition fill_stats(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_hsm_stats(*(cipherlane_hsm*)with, into, why);
}
static cipherlane_condition fill_profiles(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    (void)with;
    return cipherlane_hsm_profiles(into, why);
}
static cipherlane_condition fill_operations(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    (void)with;
    return cipherlane_hsm_operations(into, why);
}
static cipherlane_condition fill_request_fields(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_hsm_request_fields(with, into, why);
}
static cipherlane_condition fill_reply_fields(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_hsm_reply_fields(with, into, why);
}

NATIVE(jbyteArray, hsmStats)(JNIEnv* env, jclass type, jlong hsm) {
    cipherlane_hsm of = HANDLE(cipherlane_hsm, hsm);
    (void)type;
    return filled(env, fill_stats, &of);
}

NATIVE(void, hsmAdmit)(JNIEnv* env, jclass type, jlong hsm, jint unit, jboolean in) {
    cipherlane_status why;
    cipherlane_hsm of = HANDLE(cipherlane_hsm, hsm);
    (void)type;
    const cipherlane_condition end = in == JNI_TRUE ? cipherlane_hsm_restore(of, (size_t)unit, &why)
                                                    : cipherlane_hsm_drain(of, (size_t)unit, &why);
    if (end != CIPHERLANE_OK) raise_status(env, &why);
}

/* What a refusal is known by. */
typedef struct refusal {
    cipherlane_hsm hsm;
    cipherlane_status status;
} refusal;

static cipherlane_condition fill_meaning(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    refusal* of = with;
    return cipherlane_hsm_explain(of->hsm, &of->status, into, why);
}

static void copy_text(char* to, size_t room, const input* from) {
    const size_t size = from->size < room ? from->size : room - 1;
    if (size > 0) memcpy(to, from->data, size);
    to[size] = 0;
}

NATIVE(jbyteArray, hsmExplain)(JNIEnv* env, jclass type, jlong hsm, jbyteArray operation, jbyteArray peer_code) {
    refusal of;
    input name, code;
    (void)type;
    memset(&of, 0, sizeof of);
    of.hsm = HANDLE(cipherlane_hsm, hsm);
    of.status.condition = CIPHERLANE_REJECTED_BY_PEER;
    if (!take(env, operation, &name)) return NULL;
    jbyteArray made = NULL;
    if (take(env, peer_code, &code)) {
        copy_text(of.status.operation, sizeof of.status.operation, &name);
        copy_text(of.status.peer_code, sizeof of.status.peer_code, &code);
        made = filled(env, fill_meaning, &of);
        drop(&code);
    }
    drop(&name);
    return made;
}

/* Names, a line each: 0 profiles, 1 operations, 2 and 3 what `operation` takes and gives. */
NATIVE(jbyteArray, hsmNames)(JNIEnv* env, jclass type, jint what, jbyteArray operation) {
    static const filler all[] = {fill_profiles, fill_operations, fill_request_fields, fill_reply_fields};
    input of;
    (void)type;
    if (what < 0 || what > 3 || !take(env, operation, &of)) return NULL;
    jbyteArray made = filled(env, all[what], of.data);
    drop(&of);
    return made;
}

NATIVE(jboolean, hsmSupports)(JNIEnv* env, jclass type, jlong hsm, jbyteArray operation) {
    cipherlane_status why;
    int32_t supported = 0;
    input of;
    (void)type;
    if (!take(env, operation, &of)) return JNI_FALSE;
    if (cipherlane_hsm_supports(HANDLE(cipherlane_hsm, hsm), of.data, &supported, &why) != CIPHERLANE_OK)
        raise_status(env, &why);
    drop(&of);
    return supported != 0;
}

/* `kinds`: 't' text, 'b' bytes, 'n' a number as text. */
static cipherlane_hsm_request request_of(
    JNIEnv* env, jbyteArray operation, jobjectArray names, jobjectArray values, jbyteArray kinds) {
    cipherlane_status why;
    cipherlane_hsm_request made = NULL;
    input of, kind;
    if (!take(env, operation, &of)) return NULL;
    cipherlane_condition end = cipherlane_hsm_request_create(of.data, &made, &why);
    drop(&of);
    if (end != CIPHERLANE_OK) {
        raise_status(env, &why);
        return NULL;
    }
    if (!take(env, kinds, &kind)) {
        (void)cipherlane_hsm_request_close(made, NULL);
        return NULL;
    }
    int taken = 1;
    for (size_t i = 0; i < kind.size && end == CIPHERLANE_OK && taken; ++i) {
        jbyteArray name_array = (*env)->GetObjectArrayElement(env, names, (jsize)i);
        jbyteArray value_array = (*env)->GetObjectArrayElement(env, values, (jsize)i);
        input name, value;
        taken = take(env, name_array, &name);
        if (taken) {
            taken = take(env, value_array, &value);
            if (taken && kind.data[i] == 'n') {
                end = cipherlane_hsm_request_set_number(made, name.data, strtoull(value.data, NULL, 10), &why);
            } else if (taken && kind.data[i] == 't') {
                end = cipherlane_hsm_request_set_text(made, name.data, value.data, &why);
            } else if (taken) {
                end = cipherlane_hsm_request_set_bytes(made, name.data, value.data, value.size, &why);
            }
            if (taken) drop(&value);
            drop(&name);
        }
        (*env)->DeleteLocalRef(env, name_array);
        (*env)->DeleteLocalRef(env, value_array);
    }
    drop(&kind);
    if (end == CIPHERLANE_OK && taken) return made;
    if (end != CIPHERLANE_OK) raise_status(env, &why);
    (void)cipherlane_hsm_request_close(made, NULL);
    return NULL;
}

typedef struct reply_field {
    cipherlane_hsm_reply reply;
    const char* name;
} reply_field;

static cipherlane_condition fill_names(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_hsm_reply_names(((reply_field*)with)->reply, into, why);
}
static cipherlane_condition fill_field(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_hsm_reply_bytes(((reply_field*)with)->reply, ((reply_field*)with)->name, into, why);
}

/* Name, value, name, value …; closes the reply. Null with an exception. */
static jobjectArray fields_of(JNIEnv* env, cipherlane_hsm_reply reply) {
    reply_field at = {reply, NULL};
    jobjectArray made = NULL;
    jbyteArray lines = filled(env, fill_names, &at);
    input names;
    if (lines != NULL && take(env, lines, &names)) {
        jsize count = 0;
        for (size_t i = 0; i < names.size; ++i)
            count += names.data[i] == '\n';
        if (names.size > 0 && names.data[names.size - 1] != '\n') ++count;
        made = (*env)->NewObjectArray(env, 2 * count, bytes_class, NULL);
        char* next = names.data;
        for (jsize i = 0; made != NULL && i < count; ++i) {
            char* end = strchr(next, '\n');
            if (end != NULL) *end = 0;
            at.name = next;
            jbyteArray name = array_of_text(env, next);
            jbyteArray value = filled(env, fill_field, &at);
            if (name == NULL || value == NULL) {
                made = NULL;
                break;
            }
            (*env)->SetObjectArrayElement(env, made, 2 * i, name);
            (*env)->SetObjectArrayElement(env, made, 2 * i + 1, value);
            (*env)->DeleteLocalRef(env, name);
            (*env)->DeleteLocalRef(env, value);
            next = end == NULL ? next : end + 1;
        }
        drop(&names);
    }
    (void)cipherlane_hsm_reply_close(reply, NULL);
    return made;
}

NATIVE(jobjectArray, hsmRun)
(JNIEnv* env, jclass type, jlong hsm, jbyteArray operation, jobjectArray names, jobjectArray values, jbyteArray kinds,
    jlong deadline) {
    cipherlane_status why;
    cipherlane_hsm_reply reply = NULL;
    (void)type;
    cipherlane_hsm_request request = request_of(env, operation, names, values, kinds);
    if (request == NULL) return NULL;
    const cipherlane_condition end =
        cipherlane_hsm_run(HANDLE(cipherlane_hsm, hsm), request, deadline, NULL, &reply, &why);
    (void)cipherlane_hsm_request_close(request, NULL);
    if (end == CIPHERLANE_OK) return fields_of(env, reply);
    raise_status(env, &why);
    return NULL;
}

static atomic_int refuses_threads; /* in a test */

static int attach(JNIEnv** env) {
    if (atomic_load(&refuses_threads)) return 0;
    return (*machine)->AttachCurrentThreadAsDaemon(machine, (void**)env, NULL) == JNI_OK;
}

JNIEnv* own_environment(void) {
    JNIEnv* env = NULL;
    if ((*machine)->GetEnv(machine, (void**)&env, JNI_VERSION_10) == JNI_OK) return env;
    if (!attach(&env)) return NULL;
    (void)pthread_setspecific(attached, env);
    return env;
}

JNIEnv* enter_machine(int* is_guest) {
    JNIEnv* env = NULL;
    *is_guest = 0;
    if ((*machine)->GetEnv(machine, (void**)&env, JNI_VERSION_10) == JNI_OK) return env;
    if (!attach(&env)) return NULL;
    *is_guest = 1;
    return env;
}

void leave_machine(int is_guest) {
    if (is_guest) (void)(*machine)->DetachCurrentThread(machine);
}

/* --- calls that do not wait --- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t more;
    pending* first; /* the newest */
} lost = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL};

pending* pending_for(JNIEnv* env, jobject future, void (*deliver)(JNIEnv* env, pending* of)) {
    pending* made = calloc(1, sizeof *made);
    if (made == NULL) {
        raise_no_memory(env);
        return NULL;
    }
    made->deliver = deliver;
    made->future = (*env)->NewGlobalRef(env, future);
    if (made->future != NULL) return made;
    free(made);
    if (!(*env)->ExceptionCheck(env)) raise_no_memory(env);
    return NULL;
}

void forget_pending(JNIEnv* env, pending* of) {
    (*env)->DeleteGlobalRef(env, of->future);
    free(of);
}

void hand_over(pending* of) {
    (void)pthread_mutex_lock(&lost.lock);
    of->next = lost.first;
    lost.first = of;
    (void)pthread_cond_signal(&lost.more);
    (void)pthread_mutex_unlock(&lost.lock);
}

/* The work of a thread of the machine's own, without end. */
NATIVE(void, tellLost)(JNIEnv* env, jclass type) {
    (void)type;
    for (;;) {
        (void)pthread_mutex_lock(&lost.lock);
        while (lost.first == NULL)
            (void)pthread_cond_wait(&lost.more, &lost.lock);
        pending* one = lost.first;
        lost.first = one->next;
        (void)pthread_mutex_unlock(&lost.lock);
        one->deliver(env, one);
    }
}

NATIVE(void, refuseThreads)(JNIEnv* env, jclass type, jboolean on) {
    (void)env;
    (void)type;
    atomic_store(&refuses_threads, on == JNI_TRUE);
}

void complete_bare(JNIEnv* env, jmethodID method, jobject future) {
    (*env)->ExceptionClear(env);
    (*env)->CallStaticVoidMethod(env, native_class, method, future, NULL, NULL);
    (*env)->ExceptionClear(env);
}

static void deliver_reply(JNIEnv* env, pending* of) {
    if ((*env)->PushLocalFrame(env, 32) != 0) {
        if (of->reply != NULL) (void)cipherlane_hsm_reply_close(of->reply, NULL);
        complete_bare(env, complete_method, of->future);
        return forget_pending(env, of);
    }
    jobjectArray fields = NULL;
    jthrowable fault = NULL;
    if (of->why.condition == CIPHERLANE_OK) {
        fields = fields_of(env, of->reply);
        fault = (*env)->ExceptionOccurred(env);
    } else {
        fault = exception_of(env, &of->why);
    }
    (*env)->ExceptionClear(env);
    if (fault != NULL && !(*env)->IsInstanceOf(env, fault, exception_class)) fault = NULL;
    (*env)->CallStaticVoidMethod(env, native_class, complete_method, of->future, fields, fault);
    if ((*env)->ExceptionCheck(env)) complete_bare(env, complete_method, of->future);
    forget_pending(env, of);
    (void)(*env)->PopLocalFrame(env, NULL);
}

static void on_done(void* user, cipherlane_hsm_reply reply, const cipherlane_status* why) {
    pending* of = user;
    of->reply = reply;
    of->why = *why;
    JNIEnv* env = own_environment();
    if (env == NULL) return hand_over(of);
    deliver_reply(env, of);
}

NATIVE(void, hsmStart)
(JNIEnv* env, jclass type, jlong hsm, jbyteArray operation, jobjectArray names, jobjectArray values, jbyteArray kinds,
    jlong deadline, jlong stop, jobject future) {
    cipherlane_status why;
    (void)type;
    cipherlane_hsm_request request = request_of(env, operation, names, values, kinds);
    if (request == NULL) return;
    pending* kept = pending_for(env, future, deliver_reply);
    if (kept == NULL) {
        (void)cipherlane_hsm_request_close(request, NULL);
        return;
    }
    const cipherlane_condition end = cipherlane_hsm_start(
        HANDLE(cipherlane_hsm, hsm), request, deadline, HANDLE(cipherlane_stop, stop), on_done, kept, &why);
    (void)cipherlane_hsm_request_close(request, NULL);
    if (end == CIPHERLANE_OK) return;
    forget_pending(env, kept);
    raise_status(env, &why);
}

NATIVE(jobjectArray, hsmExecute)(JNIEnv* env, jclass type, jlong hsm, jbyteArray command, jlong deadline) {
    cipherlane_status why;
    cipherlane_hsm_reply reply = NULL;
    input bytes;
    (void)type;
    if (!take(env, command, &bytes)) return NULL;
    const cipherlane_condition end =
        cipherlane_hsm_execute(HANDLE(cipherlane_hsm, hsm), bytes.data, bytes.size, deadline, NULL, &reply, &why);
    drop(&bytes);
    if (end == CIPHERLANE_OK) return fields_of(env, reply);
    raise_status(env, &why);
    return NULL;
}

NATIVE(jbyteArray, hsmTranslatePin)
(JNIEnv* env, jclass type, jlong hsm, jint source_type, jbyteArray source_key, jbyteArray target_key,
    jint source_format, jint target_format, jbyteArray pin_block, jbyteArray card, jlong deadline) {
    cipherlane_status why;
    cipherlane_block out = {{0}, 0};
    input from, to, block, account;
    (void)type;
    jbyteArray made = NULL;
    if (!take(env, source_key, &from)) return NULL;
    if (take(env, target_key, &to)) {
        if (take(env, pin_block, &block)) {
            if (take(env, card, &account)) {
                const cipherlane_condition end = cipherlane_hsm_translate_pin(HANDLE(cipherlane_hsm, hsm),
                    source_type, from.data, to.data, source_format, target_format, block.data, block.size,
                    account.data, deadline, NULL, &out, &why);
                made = block_or_raise(env, end, &out, &why);
                drop(&account);
            }
            drop(&block);
        }
        drop(&to);
    }
    drop(&from);
    return made;
}

NATIVE(jbyteArray, hsmMakeMac)
(JNIEnv* env, jclass type, jlong hsm, jint key_type, jbyteArray key, jint algorithm, jint padding, jbyteArray data,
    jlong deadline) {
    cipherlane_status why;
    cipherlane_block out = {{0}, 0};
    input with, over;
    (void)type;
    jbyteArray made = NULL;
    if (!take(env, key, &with)) return NULL;
    if (take(env, data, &over)) {
        const cipherlane_condition end = cipherlane_hsm_make_mac(HANDLE(cipherlane_hsm, hsm), key_type, with.data,
            algorithm, padding, over.data, over.size, deadline, NULL, &out, &why);
        made = block_or_raise(env, end, &out, &why);
        drop(&over);
    }
    drop(&with);
    return made;
}

NATIVE(jboolean, hsmVerifyMac)
(JNIEnv* env, jclass type, jlong hsm, jint key_type, jbyteArray key, jint algorithm, jint padding, jbyteArray data,
    jbyteArray mac, jint length, jlong deadline) {
    cipherlane_status why;
    int32_t right = 0;
    input with, over, given;
    (void)type;
    if (!take(env, key, &with)) return JNI_FALSE;
    if (take(env, data, &over)) {
        if (take(env, mac, &given)) {
            if (cipherlane_hsm_verify_mac(HANDLE(cipherlane_hsm, hsm), key_type, with.data, algorithm, padding,
                    over.data, over.size, given.data, given.size, (size_t)length, deadline, NULL, &right,
                    &why) != CIPHERLANE_OK)
                raise_status(env, &why);
            drop(&given);
        }
        drop(&over);
    }
    drop(&with);
    return right != 0;
}

NATIVE(jbyteArray, hsmMakePosMac)
(JNIEnv* env, jclass type, jlong hsm, jbyteArray key, jbyteArray message, jlong deadline) {
    cipherlane_status why;
    cipherlane_block out = {{0}, 8};
    input with, over;
    (void)type;
    jbyteArray made = NULL;
    if (!take(env, key, &with)) return NULL;
    if (take(env, message, &over)) {
        const cipherlane_condition end = cipherlane_hsm_make_pos_mac(
            HANDLE(cipherlane_hsm, hsm), with.data, over.data, over.size, deadline, NULL, out.data, &why);
        made = block_or_raise(env, end, &out, &why);
        drop(&over);
    }
    drop(&with);
    return made;
}

/* `mac` has 8 bytes. */
NATIVE(jboolean, hsmVerifyPosMac)
(JNIEnv* env, jclass type, jlong hsm, jbyteArray key, jbyteArray message, jbyteArray mac, jlong deadline) {
    cipherlane_status why;
    uint8_t given[8] = {0};
    int32_t right = 0;
    input with, over;
    (void)type;
    (*env)->GetByteArrayRegion(env, mac, 0, (jsize)sizeof given, (jbyte*)given);
    if ((*env)->ExceptionCheck(env) || !take(env, key, &with)) return JNI_FALSE;
    if (take(env, message, &over)) {
        if (cipherlane_hsm_verify_pos_mac(HANDLE(cipherlane_hsm, hsm), with.data, over.data, over.size, given,
                deadline, NULL, &right, &why) != CIPHERLANE_OK)
            raise_status(env, &why);
        drop(&over);
    }
    drop(&with);
    return right != 0;
}

/* --- keys of one's own --- */

NATIVE(jlong, keyCreate)
(JNIEnv* env, jclass type, jint purpose, jint algorithm, jbyteArray material, jbyteArray policy) {
    cipherlane_status why;
    cipherlane_key made = NULL;
    input secret, rule;
    (void)type;
    if (!take(env, material, &secret)) return 0;
    if (take(env, policy, &rule)) {
        if (cipherlane_key_create(purpose, algorithm, secret.data, secret.size, rule.data, &made, &why) !=
            CIPHERLANE_OK)
            raise_status(env, &why);
        drop(&rule);
    }
    drop(&secret);
    return (jlong)(intptr_t)made;
}

NATIVE(void, keyClose)(JNIEnv* env, jclass type, jlong key) {
    (void)env;
    (void)type;
    (void)cipherlane_key_close(HANDLE(cipherlane_key, key), NULL);
}

NATIVE(jbyteArray, keyCheckValue)(JNIEnv* env, jclass type, jlong key, jint method, jint length) {
    cipherlane_status why;
    cipherlane_block out = {{0}, 0};
    (void)type;
    const cipherlane_condition end =
        cipherlane_key_check_value(HANDLE(cipherlane_key, key), method, (size_t)length, &out, &why);
    return block_or_raise(env, end, &out, &why);
}

NATIVE(jbyteArray, macMake)
(JNIEnv* env, jclass type, jlong key, jint algorithm, jint padding, jbyteArray data) {
    cipherlane_status why;
    cipherlane_block out = {{0}, 0};
    input over;
    (void)type;
    if (!take(env, data, &over)) return NULL;
    const cipherlane_condition end =
        cipherlane_mac_make(HANDLE(cipherlane_key, key), algorithm, padding, over.data, over.size, &out, &why);
    drop(&over);
    return block_or_raise(env, end, &out, &why);
}

NATIVE(jboolean, macVerify)
(JNIEnv* env, jclass type, jlong key, jint algorithm, jint padding, jbyteArray data, jbyteArray mac, jint length) {
    cipherlane_status why;
    int32_t right = 0;
    input over, given;
    (void)type;
    if (!take(env, data, &over)) return JNI_FALSE;
    if (take(env, mac, &given)) {
        if (cipherlane_mac_verify(HANDLE(cipherlane_key, key), algorithm, padding, over.data, over.size, given.data,
                given.size, (size_t)length, &right, &why) != CIPHERLANE_OK)
            raise_status(env, &why);
        drop(&given);
    }
    drop(&over);
    return right != 0;
}

NATIVE(jbyteArray, pinTranslate)
(JNIEnv* env, jclass type, jlong source, jint source_format, jbyteArray pin_block, jlong target, jint target_format,
    jbyteArray card) {
    cipherlane_status why;
    cipherlane_block out = {{0}, 0};
    input block, account;
    (void)type;
    jbyteArray made = NULL;
    if (!take(env, pin_block, &block)) return NULL;
    if (take(env, card, &account)) {
        const cipherlane_condition end = cipherlane_pin_translate(HANDLE(cipherlane_key, source), source_format,
            block.data, block.size, HANDLE(cipherlane_key, target), target_format, account.data, &out, &why);
        made = block_or_raise(env, end, &out, &why);
        drop(&account);
    }
    drop(&block);
    return made;
}

/* What one function of text or bytes gives. */
typedef struct converted {
    input first;
    input second;
    cipherlane_iso8583_dialect dialect;
    int32_t number;
} converted;

static cipherlane_condition fill_digest(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    converted* of = with;
    return cipherlane_digest(of->first.data, of->second.data, of->second.size, into, why);
}

NATIVE(jbyteArray, digest)(JNIEnv* env, jclass type, jbyteArray algorithm, jbyteArray data) {
    converted of;
    (void)type;
    if (!take(env, algorithm, &of.first)) return NULL;
    jbyteArray made = NULL;
    if (take(env, data, &of.second)) {
        made = filled(env, fill_digest, &of);
        drop(&of.second);
    }
    drop(&of.first);
    return made;
}

/* --- messages --- */

NATIVE(jlong, dialectOpen)(JNIEnv* env, jclass type, jbyteArray name) {
    cipherlane_status why;
    cipherlane_iso8583_dialect made = NULL;
    input of;
    (void)type;
    if (!take(env, name, &of)) return 0;
    if (cipherlane_iso8583_dialect_open(of.data, &made, &why) != CIPHERLANE_OK) raise_status(env, &why);
    drop(&of);
    return (jlong)(intptr_t)made;
}

NATIVE(void, dialectClose)(JNIEnv* env, jclass type, jlong dialect) {
    (void)env;
    (void)type;
    (void)cipherlane_iso8583_dialect_close(HANDLE(cipherlane_iso8583_dialect, dialect), NULL);
}

static cipherlane_condition fill_dialects(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    (void)with;
    return cipherlane_iso8583_dialects(into, why);
}
static cipherlane_condition fill_json(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    converted* of = with;
    return cipherlane_iso8583_to_json(of->dialect, of->number, of->first.data, of->first.size, into, why);
}
static cipherlane_condition fill_message(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    converted* of = with;
    return cipherlane_iso8583_from_json(of->dialect, of->number, of->first.data, into, why);
}
static cipherlane_condition fill_words(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    converted* of = with;
    const cipherlane_condition end =
        cipherlane_iso8583_explain(of->dialect, of->first.data, of->first.size, into, why);
    /* A broken message is explained as far as it can be read: that is the result. */
    return end == CIPHERLANE_BAD_MESSAGE && into->size > 0 && into->size < into->room ? CIPHERLANE_OK : end;
}

NATIVE(jbyteArray, dialects)(JNIEnv* env, jclass type) {
    (void)type;
    return filled(env, fill_dialects, NULL);
}

/* 0 bytes to JSON, 1 JSON to bytes, 2 bytes to words. */
NATIVE(jbyteArray, iso8583)(JNIEnv* env, jclass type, jint what, jlong dialect, jint part, jbyteArray from) {
    static const filler all[] = {fill_json, fill_message, fill_words};
    converted of;
    (void)type;
    of.dialect = HANDLE(cipherlane_iso8583_dialect, dialect);
    of.number = part;
    if (what < 0 || what > 2 || !take(env, from, &of.first)) return NULL;
    jbyteArray made = filled(env, all[what], &of);
    drop(&of.first);
    return made;
}

/* --- payment codes --- */

static cipherlane_condition fill_qr_encode(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_qr_encode(((converted*)with)->first.data, into, why);
}
static cipherlane_condition fill_qr_decode(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_qr_decode(((converted*)with)->first.data, into, why);
}
static cipherlane_condition fill_qr_check(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_qr_check(((converted*)with)->first.data, into, why);
}
static cipherlane_condition fill_qr_kinds(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_qr_kinds(((converted*)with)->first.data, into, why);
}
static cipherlane_condition fill_qr_png(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_qr_png(((converted*)with)->first.data, ((converted*)with)->number, into, why);
}

/* 0 JSON to text, 1 text to JSON, 2 what it breaks, 3 what it can be, 4 its symbol as PNG. */
NATIVE(jbyteArray, qr)(JNIEnv* env, jclass type, jint what, jbyteArray text, jint scale) {
    static const filler all[] = {fill_qr_encode, fill_qr_decode, fill_qr_check, fill_qr_kinds, fill_qr_png};
    converted of;
    (void)type;
    of.number = scale;
    if (what < 0 || what > 4 || !take(env, text, &of.first)) return NULL;
    jbyteArray made = filled(env, all[what], &of);
    drop(&of.first);
    return made;
}
