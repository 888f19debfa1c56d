#include "simulation/bank.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace cipherlane::simulation {
namespace {

/// Fact sheet, K1: field 62 of the sign-in's answer, and the TAK in it.
constexpr std::string_view sign_in_keys =
    "6701EAD6A9AD51E51AA406E2C27FCFA98D0A74B8B651F9E9BACE9AE10000000000000000AB7153CA";
constexpr std::string_view mac_key = "5BB5C72CD00B7338";

std::uint64_t number(std::string_view digits) {
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

std::string padded(std::uint64_t value, std::size_t digits) {
    auto text = std::to_string(value);
    if (text.size() < digits) text.insert(0, digits - text.size(), '0');
    return text;
}

std::string mac_of(byte_view covered) {
    thread_local crypto::mac_key key =
        crypto::mac_key::create(crypto::algorithm::des, from_hex(mac_key).value(), crypto::legacy_policy).value();
    const auto field = crypto::unionpay_mac(key, covered, crypto::unionpay_mac_form::ascii8).value();
    return {field.begin(), field.end()};
}

/// Fact sheet, 1.4: field 60.1.
char kind_of(std::string_view type) {
    constexpr auto kinds = std::to_array<std::pair<std::string_view, char>>(
        {{"22", 'S'}, {"23", 'V'}, {"25", 'R'}, {"10", 'P'}, {"11", 'W'}, {"20", 'C'}, {"21", 'X'}});
    for (const auto& [digits, letter] : kinds) {
        if (digits == type) return letter;
    }
    return '?';
}

bool undoes(char what) {
    return what == 'V' || what == 'W' || what == 'X';
}
/// What a trade may be made of.
char original_of(char what) {
    switch (what) {
    case 'V':
    case 'R': return 'S';
    case 'W':
    case 'C': return 'P';
    case 'X': return 'C';
    default: return '?';
    }
}

} // namespace

/// One request and the answer that is being made for it.
struct bank::work {
    wire_message request;
    wire_message answer;
    std::string key;
    std::uint32_t batch = 0;
    std::uint32_t trace = 0;

    void code(std::string value) { answer.set(39, std::move(value)); }
};

std::optional<bytes> bank::handle(byte_view request, const std::string& key, std::string_view now) {
    sealed_part seal;
    auto read = read_wire(request, &seal);
    if (!read || read->mti.size() != 4) return std::nullopt;
    work on{*std::move(read), {}, key, 0, 0};
    const auto& from = on.request;
    on.answer.tpdu = from.tpdu.substr(0, 2) + from.tpdu.substr(6, 4) + from.tpdu.substr(2, 4);
    on.answer.header = from.header;
    on.answer.header[5] = manners.header_asks_sign_in ? '3' : '0';
    on.answer.mti = from.mti.substr(0, 2) + static_cast<char>(from.mti[2] + 1) + '0';
    for (const int field : {2, 3, 4, 11, 25, 41, 42, 49, 60}) {
        if (from.has(field)) on.answer.set(field, std::string(from.get(field)));
    }
    on.answer.set(12, std::string(now.substr(8, 6)));
    on.answer.set(13, std::string(now.substr(4, 4)));
    on.batch =
        static_cast<std::uint32_t>(number(from.get(60).substr(std::min<std::size_t>(2, from.get(60).size()), 6)));
    on.trace = static_cast<std::uint32_t>(number(from.get(11)));
    const bool sealed = from.has(64);
    const auto instead = std::exchange(says_instead, {});
    const bool idle = std::exchange(does_nothing, false);
    if (sealed && !std::equal(seal.mac.begin(), seal.mac.end(), mac_of(seal.covered).begin())) {
        on.code("A0");
    } else if (!idle) {
        decide(on);
    }
    if (!instead.empty()) on.code(instead);
    const bool trades = from.mti != "0800" && from.mti != "0400" && from.mti != "0500" && from.mti != "0320";
    if (trades && manners.trades_unanswered > 0) {
        --manners.trades_unanswered;
        return std::nullopt;
    }
    if (!sealed) return write_wire(on.answer);
    on.answer.set(63, "CUPTEXT OF THE BANK ");
    on.answer.set(64, "00000000");
    auto data = write_wire(on.answer);
    sealed_part part;
    if (!read_wire(data, &part)) return std::nullopt;
    const auto mac = mac_of(part.covered);
    std::copy(mac.begin(), mac.end(), data.end() - static_cast<std::ptrdiff_t>(mac.size()));
    return data;
}

void bank::decide(work& on) {
    const auto& mti = on.request.mti;
    if (mti == "0800") {
        const auto keys = from_hex(sign_in_keys).value();
        on.answer.set(62, std::string(keys.begin(), keys.end()));
        on.answer.set(32, "48000000");
        manners.header_asks_sign_in = false;
        return on.code("00");
    }
    if (mti == "0400") return reverse(on);
    if (mti == "0500") return settle(on);
    if (mti == "0320") return upload(on);
    if (mti == "0100" || mti == "0200" || mti == "0220") return trade(on);
    on.code("12");
}

std::optional<std::size_t> bank::find(std::uint32_t batch, std::uint32_t trace) const {
    for (std::size_t i = books_.size(); i-- > 0;) {
        if (books_[i].batch == batch && books_[i].trace == trace) return i;
    }
    return std::nullopt;
}

std::string bank::code_for(const booking& wish) {
    if (wish.what == '?' || wish.minor <= 0) return "12";
    if (original_of(wish.what) == '?') return manners.code;
    if (!wish.original) return "25";
    const auto& original = books_[*wish.original];
    const bool fits = original.what == original_of(wish.what) || (wish.what == 'R' && original.what == 'C');
    if (!fits || original.at != booking::state::standing || original.undone) return "12";
    if (undoes(wish.what)) {
        if (original.taken != 0) return "12";
        if (original.what != 'P' && original.batch != wish.batch) return "12";
        return original.minor == wish.minor ? manners.code : "64";
    }
    if (wish.what == 'C') {
        if (original.taken != 0) return "12";
        return wish.minor <= original.minor * 115 / 100 ? manners.code : "61";
    }
    return original.taken + wish.minor <= original.minor ? manners.code : "61";
}

/// What a trade does to its original, and no longer does once it is reversed.
void bank::carry_out(const booking& what, int direction) {
    if (!what.original) return;
    auto& original = books_[*what.original];
    if (undoes(what.what)) {
        original.undone = direction > 0;
        // A completion that was voided gives its reservation back.
        if (what.what == 'X' && original.original) books_[*original.original].taken -= direction * original.minor;
    } else {
        original.taken += direction * what.minor;
    }
}

void bank::trade(work& on) {
    if (const auto known = find(on.batch, on.trace)) {
        if (books_[*known].key != on.key && books_[*known].at != booking::state::tomb) ++used_twice_;
        return on.code("94");
    }
    booking made;
    made.batch = on.batch;
    made.trace = on.trace;
    made.minor = static_cast<std::int64_t>(number(on.request.get(4)));
    made.what = kind_of(on.request.get(60).substr(0, 2));
    made.key = on.key;
    if (const auto original = on.request.get(61); original.size() >= 12) {
        made.original = find(static_cast<std::uint32_t>(number(original.substr(0, 6))),
            static_cast<std::uint32_t>(number(original.substr(6, 6))));
    }
    book(on, std::move(made));
}

void bank::book(work& on, booking made) {
    const auto code = code_for(made);
    made.at = code == "00" ? booking::state::standing : booking::state::declined;
    made.reference = padded(++references_, 12);
    made.authorization = padded(references_, 6);
    on.answer.set(37, made.reference);
    if (code == "00") {
        on.answer.set(38, made.authorization);
        carry_out(made, 1);
    }
    books_.push_back(std::move(made));
    on.code(code);
}

void bank::reverse(work& on) {
    const auto found = find(on.batch, on.trace);
    if (!found) {
        if (manners.entombs) {
            booking tomb;
            tomb.batch = on.batch;
            tomb.trace = on.trace;
            tomb.at = booking::state::tomb;
            tomb.key = on.key;
            books_.push_back(std::move(tomb));
            return on.code("00"); // never seen, and refused if it still comes: as good as undone
        }
        return on.code("25");
    }
    auto& entry = books_[*found];
    if (entry.at == booking::state::standing) {
        if (entry.undone || entry.taken != 0) return on.code("12");
        entry.at = booking::state::reversed;
        carry_out(entry, -1);
    }
    on.code("00");
}

std::string bank::totals_of(std::uint32_t batch) const {
    std::array<std::uint64_t, 4> sums{}; // debit, its count, credit, its count
    for (const auto& entry : books_) {
        if (entry.batch != batch || entry.at != booking::state::standing || entry.what == 'P' || entry.what == 'W')
            continue;
        const std::size_t side = entry.what == 'S' || entry.what == 'C' ? 0 : 2;
        sums[side] += static_cast<std::uint64_t>(entry.minor);
        ++sums[side + 1];
    }
    return padded(sums[0], 12) + padded(sums[1], 3) + padded(sums[2], 12) + padded(sums[3], 3);
}

void bank::settle(work& on) {
    auto field = std::string(on.request.get(48));
    if (field.size() < 31) return on.code("30");
    const bool balanced = field.substr(0, 30) == totals_of(on.batch);
    if (!balanced) ++not_balanced_;
    field[30] = balanced ? '1' : '2';
    if (field.size() >= 62) field[61] = '1';
    on.answer.set(48, field);
    on.code("00");
}

void bank::upload(work& on) {
    const auto network = on.request.get(60).substr(std::min<std::size_t>(8, on.request.get(60).size()), 3);
    if (network == "207" || network == "202") settled_.insert(on.batch);
    on.code("00");
}

} // namespace cipherlane::simulation
