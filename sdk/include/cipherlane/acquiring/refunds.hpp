#pragma once

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ports/store.hpp>

namespace cipherlane::acquiring {

/// Fills in what has been given back of an approved payment; what is not decided is left out. One of which everything
/// went back becomes `refunded`.
[[nodiscard]] result<void> tell_refunds(ports::store& journal, payment& value, const call& bounds);

} // namespace cipherlane::acquiring
