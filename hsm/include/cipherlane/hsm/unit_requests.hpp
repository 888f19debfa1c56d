#pragma once

#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/reply.hpp>

#include <string>

namespace cipherlane::hsm {

/// What a unit says about itself (NC).
struct diagnosis {
    short_bytes lmk_check;
    std::string firmware;
    std::string serial; ///< where the dialect tells
    [[nodiscard]] static result<diagnosis> from(const reply& of);
};

class diagnose_request final : public operation_request {
  public:
    using response = diagnosis;
    diagnose_request()
        : operation_request(operation::diagnose) {}
};

/// The same bytes back (B2).
struct echoed {
    bytes data;
    [[nodiscard]] static result<echoed> from(const reply& of);
};

class echo_request final : public operation_request {
  public:
    using response = echoed;
    explicit echo_request(byte_view data);
};

/// Random bytes from the unit's source.
struct random_bytes {
    secret_bytes data;
    [[nodiscard]] static result<random_bytes> from(const reply& of);
};

class random_request final : public operation_request {
  public:
    using response = random_bytes;
    explicit random_request(std::size_t size);
};

} // namespace cipherlane::hsm
