/* The natives of keys in this process beyond their MACs: data, PINs, cards, components. */
#include "cipherlane_jni.h"

#include <cipherlane/c/crypto.h>

#include <stdlib.h>

typedef struct key_work {
    cipherlane_key key;
    int32_t number; /* a mode, a format, an index, a count */
    size_t size;    /* of one component */
    input first;
    input second;
    input third;
} key_work;

static void drop_work(key_work* of) {
    drop(&of->first);
    drop(&of->second);
    drop(&of->third);
}

/* False with an exception; then nothing is left to be dropped. */
static int take_work(JNIEnv* env, key_work* into, jbyteArray first, jbyteArray second, jbyteArray third) {
    into->first.data = into->second.data = into->third.data = NULL;
    if (take(env, first, &into->first) && take(env, second, &into->second) && take(env, third, &into->third))
        return 1;
    drop_work(into);
    return 0;
}

static jbyteArray worked(
    JNIEnv* env, filler fill, key_work* of, jbyteArray first, jbyteArray second, jbyteArray third) {
    if (!take_work(env, of, first, second, third)) return NULL;
    jbyteArray made = filled(env, fill, of);
    drop_work(of);
    return made;
}

NATIVE(jlong, keyOfTransaction)(JNIEnv* env, jclass type, jlong key, jbyteArray serial_number, jint purpose) {
    cipherlane_status why;
    cipherlane_key made = NULL;
    input number;
    (void)type;
    if (!take(env, serial_number, &number)) return 0;
    if (cipherlane_key_of_transaction(HANDLE(cipherlane_key, key), number.data, number.size, purpose, &made, &why) !=
        CIPHERLANE_OK)
        raise_status(env, &why);
    drop(&number);
    return (jlong)(intptr_t)made;
}

/* --- data: `first` is the IV, or what is bound --- */

static cipherlane_condition fill_encrypted(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    const key_work* of = with;
    return cipherlane_data_encrypt(
        of->key, of->number, of->first.data, of->first.size, of->second.data, of->second.size, into, why);
}
static cipherlane_condition fill_decrypted(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    const key_work* of = with;
    return cipherlane_data_decrypt(
        of->key, of->number, of->first.data, of->first.size, of->second.data, of->second.size, into, why);
}
static cipherlane_condition fill_sealed(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    const key_work* of = with;
    return cipherlane_data_seal(of->key, of->first.data, of->first.size, of->second.data, of->second.size, into, why);
}
static cipherlane_condition fill_opened(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    const key_work* of = with;
    return cipherlane_data_open(of->key, of->first.data, of->first.size, of->second.data, of->second.size, into, why);
}

/* 0 encrypt, 1 decrypt, 2 seal, 3 open. */
NATIVE(jbyteArray, keyData)
(JNIEnv* env, jclass type, jint what, jlong key, jint mode, jbyteArray first, jbyteArray data) {
    static const filler all[] = {fill_encrypted, fill_decrypted, fill_sealed, fill_opened};
    key_work of;
    (void)type;
    if (what < 0 || what > 3) return NULL;
    of.key = HANDLE(cipherlane_key, key);
    of.number = mode;
    return worked(env, all[what], &of, first, data, NULL);
}

/* --- PINs and cards --- */

NATIVE(jbyteArray, pinEncrypt)(JNIEnv* env, jclass type, jlong key, jint format, jbyteArray pin, jbyteArray card) {
    cipherlane_status why;
    cipherlane_block out = {{0}, 0};
    key_work of;
    (void)type;
    if (!take_work(env, &of, pin, card, NULL)) return NULL;
    const cipherlane_condition end =
        cipherlane_pin_encrypt(HANDLE(cipherlane_key, key), format, of.first.data, of.second.data, &out, &why);
    drop_work(&of);
    return block_or_raise(env, end, &out, &why);
}

static cipherlane_condition fill_pin(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    const key_work* of = with;
    return cipherlane_pin_decrypt(of->key, of->number, of->first.data, of->first.size, of->second.data, into, why);
}

NATIVE(jbyteArray, pinDecrypt)
(JNIEnv* env, jclass type, jlong key, jint format, jbyteArray pin_block, jbyteArray card) {
    key_work of;
    (void)type;
    of.key = HANDLE(cipherlane_key, key);
    of.number = format;
    return worked(env, fill_pin, &of, pin_block, card, NULL);
}

static cipherlane_condition fill_pvv(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    const key_work* of = with;
    return cipherlane_pin_pvv(of->key, of->first.data, of->number, of->second.data, into, why);
}
static cipherlane_condition fill_cvv(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    const key_work* of = with;
    return cipherlane_cvv_make(of->key, of->first.data, of->second.data, of->third.data, into, why);
}

/* 0 a PVV of a PIN by key `index`, 1 a CVV of expiry and service code. */
NATIVE(jbyteArray, cardValue)
(JNIEnv* env, jclass type, jint what, jlong key, jbyteArray card, jbyteArray first, jbyteArray second, jint index) {
    key_work of;
    (void)type;
    of.key = HANDLE(cipherlane_key, key);
    of.number = index;
    return worked(env, what == 0 ? fill_pvv : fill_cvv, &of, card, first, second);
}

/* --- what needs no key --- */

NATIVE(jbyteArray, random)(JNIEnv* env, jclass type, jint size) {
    cipherlane_status why;
    (void)type;
    unsigned char* drawn = malloc((size_t)size + 1);
    if (drawn == NULL) {
        raise_no_memory(env);
        return NULL;
    }
    jbyteArray made = NULL;
    if (cipherlane_random(drawn, (size_t)size, &why) == CIPHERLANE_OK) {
        made = array_of(env, drawn, (size_t)size);
    } else {
        raise_status(env, &why);
    }
    cipherlane_wipe(drawn, (size_t)size);
    free(drawn);
    return made;
}

static cipherlane_condition fill_combined(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    const key_work* of = with;
    return cipherlane_components_combine(of->first.data, (size_t)of->number, of->size, into, why);
}

NATIVE(jbyteArray, combine)(JNIEnv* env, jclass type, jbyteArray components, jint count, jint size) {
    key_work of;
    (void)type;
    of.number = count;
    of.size = (size_t)size;
    return worked(env, fill_combined, &of, components, NULL, NULL);
}
