#pragma once

#include <cipherlane/iso8583/field_set.hpp>
#include <cipherlane/iso8583/message_view.hpp>
#include <cipherlane/iso8583/transaction.hpp>

#include <optional>

namespace cipherlane::sim {

/// What the host wants to see in a request and what it will not have there, by a table of its own, written from the
/// dialect's table of transactions: a terminal that leaves out the same field as its own table does is found here.
/// @return the field that is missing or too much; nothing where all is right.
[[nodiscard]] std::optional<int> wrong_field(const iso8583::message_view& request, iso8583::transaction what);

} // namespace cipherlane::sim
