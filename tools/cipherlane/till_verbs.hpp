#pragma once

#include "cipherlane/till_session.hpp"

/// What `cipherlane till` does, a function a verb.
namespace cipherlane::cli::till_verbs {

void init(const till_options& options);

// till_trades.cpp
void sale(const till_options& options);
void qr(const till_options& options);
void void_payment(const till_options& options);
void refund(const till_options& options);
void preauth(const till_options& options);
void complete(const till_options& options);
void advise(const till_options& options);
void offline(const till_options& options);
void by_telephone(const till_options& options);
void adjust(const till_options& options);
void tip(const till_options& options);
void scan(const till_options& options);
void instalments(const till_options& options);

// till_books.cpp
void ask_host(const till_options& options);
void balance(const till_options& options);
void sign_in(const till_options& options);
void settle(const till_options& options);
void recover(const till_options& options);
void status(const till_options& options);
void receipt(const till_options& options);

} // namespace cipherlane::cli::till_verbs
