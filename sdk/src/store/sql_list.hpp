#pragma once

#include <cipherlane/ledger/enum_set.hpp>

#include <string>

namespace cipherlane::store {

/// A set of the ledger as SQL has it: "(3, 9)", in ascending order.
template <class Enum>
[[nodiscard]] std::string sql_list(ledger::enum_set<Enum> of) {
    std::string list;
    for (const auto value : of)
        list += (list.empty() ? "" : ", ") + std::to_string(static_cast<unsigned>(value));
    return "(" + list + ")";
}

} // namespace cipherlane::store
