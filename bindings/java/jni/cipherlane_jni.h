/* What the natives share: bytes in, bytes out, failures as exceptions. */
#ifndef CIPHERLANE_JNI_H
#define CIPHERLANE_JNI_H

#include <cipherlane/c/hsm.h>
#include <cipherlane/c/status.h>
#include <cipherlane/c/till.h>

#include <jni.h>
#include <stddef.h>
#include <stdint.h>

#define NATIVE(type, name) JNIEXPORT type JNICALL Java_cipherlane_Native_##name
#define HANDLE(type, value) ((type)(intptr_t)(value))

extern jclass exception_class;
extern jclass bytes_class;
extern jclass native_class;
extern jclass payment_class;
extern jmethodID make_payment; /* static, of Payment */
extern jmethodID event_method; /* static, of Native, as the next */
extern jmethodID paid_method;

/* A copy of an array, with a zero behind it so that it is text, too. Wiped when it is dropped. */
typedef struct input {
    char* data; /* null for a null array */
    size_t size;
    char near[512];
} input;

/* False with an exception. */
int take(JNIEnv* env, jbyteArray from, input* into);
void drop(input* what);

jbyteArray array_of(JNIEnv* env, const void* data, size_t size);
jbyteArray array_of_text(JNIEnv* env, const char* text);
/* A block, or the exception of what the call said instead. */
jbyteArray block_or_raise(
    JNIEnv* env, cipherlane_condition end, const cipherlane_block* block, const cipherlane_status* why);
/* Null where not even that could be made; no exception is pending then. */
jthrowable exception_of(JNIEnv* env, const cipherlane_status* why);
void raise_status(JNIEnv* env, const cipherlane_status* why);
void raise_no_memory(JNIEnv* env);

/* What `fill` writes, once more with more room where that is too little. Null with an exception. */
typedef cipherlane_condition (*filler)(void* with, cipherlane_buffer* into, cipherlane_status* why);
jbyteArray filled(JNIEnv* env, filler fill, void* with);

/* The environment of a thread that the library has made: attached once, until it ends. Null where the machine ends.
 */
JNIEnv* own_environment(void);
/* The same for one callback, on a thread that ends only with the process: left attached it would wait for a machine
 * that has ended. */
JNIEnv* enter_machine(int* is_guest);
/* A call that does not wait, from its start until its future has been ended: nothing more is needed for that. */
typedef struct pending {
    struct pending* next;
    jobject future; /* a global reference */
    void (*deliver)(JNIEnv* env, struct pending* of);
    cipherlane_hsm_reply reply;
    cipherlane_payment payment;
    int has_payment;
    cipherlane_status why;
} pending;
/* Null with an exception. */
pending* pending_for(JNIEnv* env, jobject future, void (*deliver)(JNIEnv* env, pending* of));
/* It never began, or its future has been ended. */
void forget_pending(JNIEnv* env, pending* of);
/* The machine did not take this thread in: a thread of its own delivers instead. */
void hand_over(pending* of);
/* Ends a future whose result could not be told: with no answer and no reason. */
void complete_bare(JNIEnv* env, jmethodID method, jobject future);
void leave_machine(int is_guest);

#endif
