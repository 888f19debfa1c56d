#pragma once

#include "cipherlane/till_session.hpp"
#include "cipherlane/till_trade_rows.hpp"

/// What `cipherlane till` does, a function a verb.
namespace cipherlane::cli::till_verbs {

void init(const till_options& options);

/// By key and amount, and what its row needs besides; till_trades.cpp.
void trade(const till_options& options, const till_trade& row);

// till_clerks.cpp
void clerks(const till_options& options);
void shift(const till_options& options);

/// How the routes are, and what somebody says by hand; till_routes.cpp.
void route(const till_options& options);

// till_books.cpp
void ask_host(const till_options& options);
void balance(const till_options& options);
void sign_in(const till_options& options);
void settle(const till_options& options);
void recover(const till_options& options);
void status(const till_options& options);
void notices(const till_options& options);
void receipt(const till_options& options);

} // namespace cipherlane::cli::till_verbs
