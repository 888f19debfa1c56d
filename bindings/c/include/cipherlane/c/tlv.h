/*
 * EMV TLV: the objects of field 55. See status.h for the shape of it all.
 */
#ifndef CIPHERLANE_C_TLV_H
#define CIPHERLANE_C_TLV_H

#include <cipherlane/c/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Everything, templates included, as JSON: [{"tag": "9F26", "name": …, "value": "hex", "offset": 0, "means": …,
 * "inside": […]}, …]. `means` has PANs masked; `value` is whole for what the dictionary calls open, and null for
 * track data, PINs, names and card numbers. CIPHERLANE_BAD_MESSAGE says in `field` ("70/9F26") and `offset` what is
 * wrong. */
CIPHERLANE_API cipherlane_condition cipherlane_tlv_to_json(
    const void* data, size_t size, cipherlane_buffer* json, cipherlane_status* why);

/* The value of the first object with this tag (0x9F26) at any depth; CIPHERLANE_CODE_NO_FIELD where there is none. */
CIPHERLANE_API cipherlane_condition cipherlane_tlv_find(
    const void* data, size_t size, uint32_t tag, cipherlane_buffer* value, cipherlane_status* why);

/* One object more at the end of `out->data`: `out->size` bytes are there already, and grow. On
 * CIPHERLANE_CODE_NO_ROOM nothing has changed but `needed`, which may be null: the bytes of all of it. */
CIPHERLANE_API cipherlane_condition cipherlane_tlv_append(
    cipherlane_buffer* out, uint32_t tag, const void* value, size_t size, size_t* needed, cipherlane_status* why);

#ifdef __cplusplus
}
#endif

#endif
