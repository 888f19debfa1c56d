#pragma once

#include "provider.hpp"

#include <openssl/bio.h>
#include <openssl/x509.h>

#include <memory>
#include <string_view>

namespace cipherlane::crypto {

using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using memory_file = std::unique_ptr<BIO, freed_by<BIO_free_all>>;

/// PEM text as OpenSSL reads it; `text` outlives the reader.
inline memory_file pem_reader(std::string_view text) {
    return memory_file(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// A key file that asks for a passphrase is refused instead of asking on the terminal.
inline int no_passphrase(char*, int, int, void*) {
    return -1;
}

} // namespace cipherlane::crypto
