#include "fail.hpp"

#include <cipherlane/iso8583/transaction.hpp>

#include <array>
#include <cassert>

namespace cipherlane::iso8583 {
namespace {

template <class Message>
result<void> check(const Message& what, const transaction_row& row) {
    for (const int field : row.required.without(what.fields())) {
        return fail(iso8583_errc::missing_field, row.name, number_text(field).view());
    }
    for (const int field : what.fields().without(row.required.with(row.optional))) {
        return fail(iso8583_errc::unknown_field, row.name, number_text(field).view());
    }
    return {};
}

bool network_fits(const transaction_row& row, std::string_view network) noexcept {
    if (row.network.empty() || network == row.network) return true;
    // 001, 003 and 004 differ in key lengths only.
    if (row.what == transaction::sign_in) return network != "401";
    const bool of_chip = row.what == transaction::upload_ic;
    if (of_chip && (network == upload_arpc_failed || network == upload_arpc_failed_unbalanced)) return true;
    return !row.network_unbalanced.empty() && network == row.network_unbalanced;
}

} // namespace

fixed_text<4> answer_mti(std::string_view mti) noexcept {
    assert(mti.size() == 4);
    const std::array<char, 4> digits{mti[0], mti[1], static_cast<char>(mti[2] + 1), mti[3]};
    return std::string_view(digits.data(), digits.size());
}

void prepare(message& what, const transaction_row& row) {
    what.set_mti(row.mti);
    if (!row.field3.empty()) what.set(3, row.field3);
    if (!row.field25.empty()) what.set(25, row.field25);
}

result<void> check_fields(const message& what, const transaction_row& row) {
    return check(what, row);
}
result<void> check_fields(const message_view& what, const transaction_row& row) {
    return check(what, row);
}

std::optional<transaction> identify(const message_view& request) {
    std::array<char, 17> room{};
    if (request.size(60) > room.size()) return std::nullopt;
    const auto digits = request.value(60, room);
    const auto type = digits.substr(0, 2);
    const auto network = digits.size() >= 11 ? digits.substr(8, 3) : std::string_view("000");
    std::array<char, 64> room22{};
    // A longer entry mode is none that a row knows.
    const auto entry = request.size(22) <= room22.size() ? request.value(22, room22) : std::string_view();
    const auto same = [&](int field, std::string_view wanted) {
        return wanted.empty() || request.equals(field, wanted);
    };
    std::optional<transaction> found;
    for (const auto& row : transaction_table) {
        if (request.mti() != row.mti || !same(3, row.field3) || !same(25, row.field25)) continue;
        if (!row.type.empty() && type != row.type) continue;
        // In transactions 60.3 may be left out or say nothing.
        const bool by_network = row.field3.empty();
        if (by_network && !network_fits(row, network)) continue;
        if (!row.entry.empty()) {
            if (entry.substr(0, row.entry.size()) == row.entry) return row.what;
            continue;
        }
        if (!found) found = row.what;
    }
    return found;
}

namespace {

/// Field 60.2, the batch; empty where there is none.
std::string_view batch_in(std::string_view field60) noexcept {
    return field60.size() < 8 ? std::string_view() : field60.substr(2, 6);
}

/// Traces come again in another batch. The answer to a sign-in tells the terminal its batch, and does not repeat it.
/// A host that fills the field with zeros has told none: there is no batch 0. To drop its answers would reverse each
/// of its trades.
bool same_batch(const message_view& answer, const message& request) {
    if (request.mti().starts_with("08") || !request.has(60) || !answer.has(60)) return true;
    std::array<char, 64> room{};
    if (answer.size(60) > room.size()) return true;
    const auto told = batch_in(answer.value(60, room));
    return told.find_first_not_of('0') == std::string_view::npos || told == batch_in(request.get(60));
}

} // namespace

bool answers(const message_view& answer, const message& request) {
    if (request.mti().size() != 4 || answer.mti() != answer_mti(request.mti()).view()) return false;
    for (const int field : {11, 41, 42}) {
        if (request.has(field) && !answer.equals(field, request.get(field))) return false;
    }
    const bool partial = answer.equals(39, "10");
    for (const int field : {3, 4}) {
        if (field == 4 && partial) continue;
        if (request.has(field) && answer.has(field) && !answer.equals(field, request.get(field))) return false;
    }
    return same_batch(answer, request);
}

} // namespace cipherlane::iso8583
