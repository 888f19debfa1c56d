/* A program in C, by the installed library. */
#include <cipherlane/c/crypto.h>

#include <string.h>

int main(void) {
    unsigned char digest[32];
    static const unsigned char sm3_of_abc[4] = {0x66, 0xC7, 0xF0, 0xF4};
    cipherlane_buffer to = {digest, sizeof digest, 0};
    if (cipherlane_digest("SM3", "abc", 3, &to, NULL) != CIPHERLANE_OK) return 1;
    return memcmp(digest, sm3_of_abc, sizeof sm3_of_abc) != 0;
}
