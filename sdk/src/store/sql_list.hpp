#pragma once

#include <cipherlane/ledger/enum_set.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ledger/record_sum.hpp>

#include <span>
#include <string>

namespace cipherlane::store {

/// That a column's value is in a set of the ledger, as a chain of comparisons: "(state = 3 OR state = 9)". SQLite
/// goes through it at once; of a list it makes a table each time that it looks, in the condition of an index at each
/// change.
template <class Enum>
[[nodiscard]] std::string sql_chain(const std::string& column, ledger::enum_set<Enum> of) {
    std::string chain;
    for (const auto value : of) {
        chain += chain.empty() ? "(" : " OR ";
        chain += column + " = " + std::to_string(static_cast<unsigned>(value));
    }
    return chain.empty() ? "(1 = 0)" : chain + ")";
}

/// A set of records as a condition on a row of `records`. A batch is settled where `settled_at` is there.
[[nodiscard]] inline std::string sql_condition(const ledger::record_set& of) {
    auto sql = sql_chain("state", of.states);
    if (of.kinds) sql += " AND " + sql_chain("kind", *of.kinds);
    if (of.closed) sql += *of.closed ? " AND closed = 1" : " AND closed = 0";
    if (of.at_card) sql += *of.at_card ? " AND at_card != 0" : " AND at_card = 0";
    if (of.in_shift) sql += *of.in_shift ? " AND shift != 0" : " AND shift = 0";
    if (of.settled) sql += *of.settled ? " AND settled_at IS NOT NULL" : " AND settled_at IS NULL";
    return sql;
}
/// Of what is in one of several.
[[nodiscard]] inline std::string sql_condition(std::span<const ledger::record_set> any_of) {
    std::string sql;
    for (const auto& one : any_of)
        sql += (sql.empty() ? "(" : " OR ") + sql_condition(one);
    return sql + ")";
}

/// The amount that a sum of the ledger adds up, over the rows that are chosen.
[[nodiscard]] inline std::string sql_sum(const ledger::record_sum& of) {
    const std::string column = of.what == ledger::record_amount::requested ? "requested" : "approved";
    return "CAST(coalesce(sum(" + column + "), 0) AS BIGINT)";
}

/// The sum over the records that follow one. By the index of those that have an original, which SQLite uses where the
/// question says so, too: without it the whole journal is read.
[[nodiscard]] inline std::string sql_sum_of_followers(const ledger::record_sum& of) {
    return "SELECT " + sql_sum(of) + " FROM records WHERE original = ? AND original != 0 AND " +
           sql_condition(of.which);
}

} // namespace cipherlane::store
