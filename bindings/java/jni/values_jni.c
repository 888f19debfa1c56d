/* The natives of EMV objects and key blocks. */
#include "cipherlane_jni.h"

#include <cipherlane/c/keyblock.h>
#include <cipherlane/c/tlv.h>

#include <stdlib.h>
#include <string.h>

/* --- EMV objects --- */

typedef struct objects {
    input data;
    input value;
    uint32_t tag;
} objects;

static cipherlane_condition fill_tlv_json(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    objects* of = with;
    return cipherlane_tlv_to_json(of->data.data, of->data.size, into, why);
}

static cipherlane_condition fill_tlv_value(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    objects* of = with;
    return cipherlane_tlv_find(of->data.data, of->data.size, of->tag, into, why);
}

/* The one object alone; who wants several puts them one behind the other. */
static cipherlane_condition fill_tlv_object(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    objects* of = with;
    size_t needed = 0;
    into->size = 0;
    const cipherlane_condition end =
        cipherlane_tlv_append(into, of->tag, of->value.data, of->value.size, &needed, why);
    if (end != CIPHERLANE_OK) into->size = needed;
    return end;
}

/* 0 bytes to JSON, 1 the value of a tag at any depth. */
NATIVE(jbyteArray, tlv)(JNIEnv* env, jclass type, jint what, jbyteArray data, jint tag) {
    objects of;
    (void)type;
    of.tag = (uint32_t)tag;
    if (!take(env, data, &of.data)) return NULL;
    jbyteArray made = filled(env, what == 0 ? fill_tlv_json : fill_tlv_value, &of);
    drop(&of.data);
    return made;
}

NATIVE(jbyteArray, tlvObject)(JNIEnv* env, jclass type, jint tag, jbyteArray value) {
    objects of;
    (void)type;
    of.tag = (uint32_t)tag;
    if (!take(env, value, &of.value)) return NULL;
    jbyteArray made = filled(env, fill_tlv_object, &of);
    drop(&of.value);
    return made;
}

/* --- key blocks --- */

typedef struct block_work {
    cipherlane_keyblock blocks;
    cipherlane_keyblock other;
    input first;
    input second;
} block_work;

static cipherlane_condition fill_wrapped(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    block_work* of = with;
    return cipherlane_keyblock_wrap(of->blocks, of->first.data, of->second.data, of->second.size, into, why);
}
static cipherlane_condition fill_unwrapped(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    block_work* of = with;
    return cipherlane_keyblock_unwrap(of->blocks, of->first.data, into, why);
}
static cipherlane_condition fill_rewrapped(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    block_work* of = with;
    return cipherlane_keyblock_rewrap(of->blocks, of->first.data, of->other, of->second.data, into, why);
}
static cipherlane_condition fill_inspected(void* with, cipherlane_buffer* into, cipherlane_status* why) {
    return cipherlane_keyblock_inspect(((block_work*)with)->first.data, into, why);
}

NATIVE(jlong, keyBlocksCreate)(JNIEnv* env, jclass type, jlong protection, jint version) {
    cipherlane_status why;
    cipherlane_keyblock made = NULL;
    (void)type;
    if (cipherlane_keyblock_create(HANDLE(cipherlane_key, protection), (char)version, &made, &why) != CIPHERLANE_OK)
        raise_status(env, &why);
    return (jlong)(intptr_t)made;
}

NATIVE(void, keyBlocksClose)(JNIEnv* env, jclass type, jlong blocks) {
    (void)env;
    (void)type;
    (void)cipherlane_keyblock_close(HANDLE(cipherlane_keyblock, blocks), NULL);
}

/* 0 header and clear key to block, 1 block to clear key, 2 block and policy to the block of another, 3 block to
 * words. */
NATIVE(jbyteArray, keyBlocks)
(JNIEnv* env, jclass type, jint what, jlong blocks, jbyteArray first, jbyteArray second, jlong other) {
    static const filler all[] = {fill_wrapped, fill_unwrapped, fill_rewrapped, fill_inspected};
    block_work of;
    (void)type;
    of.blocks = HANDLE(cipherlane_keyblock, blocks);
    of.other = HANDLE(cipherlane_keyblock, other);
    if (what < 0 || what > 3 || !take(env, first, &of.first)) return NULL;
    jbyteArray made = NULL;
    if (take(env, second, &of.second)) {
        made = filled(env, all[what], &of);
        drop(&of.second);
    }
    drop(&of.first);
    return made;
}

NATIVE(jlong, keyBlocksUnwrapKey)
(JNIEnv* env, jclass type, jlong blocks, jbyteArray block, jint purpose, jbyteArray policy) {
    cipherlane_status why;
    cipherlane_key made = NULL;
    input text, rule;
    (void)type;
    if (!take(env, block, &text)) return 0;
    if (take(env, policy, &rule)) {
        if (cipherlane_keyblock_unwrap_key(
                HANDLE(cipherlane_keyblock, blocks), text.data, purpose, rule.data, &made, &why) != CIPHERLANE_OK)
            raise_status(env, &why);
        drop(&rule);
    }
    drop(&text);
    return (jlong)(intptr_t)made;
}
