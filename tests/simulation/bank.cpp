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
struct kind_row {
    std::string_view type;
    char what;
    std::string_view made_of; ///< what its original may be; empty: it has none
};
constexpr auto kinds = std::to_array<kind_row>({
    {"22", 'S', ""},
    {"23", 'V', "S"},
    {"25", 'R', "SCAL"},
    {"10", 'P', ""},
    {"11", 'W', "P"},
    {"20", 'C', "P"},
    {"21", 'X', "C"},
    {"24", 'A', "P"},
    {"36", 'O', ""},
    {"30", 'L', ""},
    {"32", 'J', "SL"},
    {"34", 'T', "SL"},
    {"27", 'F', "O"},
});
/// To a message for a batch that is closed: wrong batch, sign in again.
constexpr std::string_view wrong_batch = "77";

/// The cardholders' currency and what one unit of the shop's is in it: 0.1386, as field 10 has it.
constexpr std::string_view offered_currency = "840";
constexpr std::string_view offered_rate = "60138600";
std::int64_t at_offered_rate(std::int64_t minor) {
    return (minor * 1'386 + 5'000) / 10'000;
}

constexpr std::string_view undoing = "VWX";
constexpr std::string_view completing = "CA";
constexpr std::string_view adding = "JT";
constexpr std::string_view told_later_kinds = "AOLJTF";
constexpr std::string_view credits = "VRXF";

char kind_of(std::string_view type) {
    for (const auto& row : kinds) {
        if (row.type == type) return row.what;
    }
    return '?';
}

std::string_view made_of(char what) {
    for (const auto& row : kinds) {
        if (row.what == what) return row.made_of;
    }
    return {};
}

/// A subfield of field 59: tag of two letters, length of three digits, value. Empty if it is not there.
std::string subfield(std::string_view field, std::string_view tag) {
    while (field.size() >= 5) {
        const auto size =
            std::min<std::size_t>(static_cast<std::size_t>(number(field.substr(2, 3))), field.size() - 5);
        if (field.substr(0, 2) == tag) return std::string(field.substr(5, size));
        field.remove_prefix(5 + size);
    }
    return {};
}

std::string voucher_of(std::string_view reference) {
    return "V" + std::string(reference);
}

} // namespace

/// One request and the answer that is being made for it.
struct bank::work {
    wire_message request;
    wire_message answer;
    std::string key;
    std::string_view terminal;
    std::uint32_t batch = 0;
    std::uint32_t trace = 0;

    void code(std::string value) { answer.set(39, std::move(value)); }
};

std::optional<bytes> bank::handle(byte_view request, const std::string& key, std::string_view now) {
    sealed_part seal;
    auto read = read_wire(request, &seal);
    if (!read || read->mti.size() != 4) return std::nullopt;
    work on{*std::move(read), {}, key, {}, 0, 0};
    const auto& from = on.request;
    on.terminal = from.get(41);
    on.answer.tpdu = from.tpdu.substr(0, 2) + from.tpdu.substr(6, 4) + from.tpdu.substr(2, 4);
    on.answer.header = from.header;
    on.answer.header[5] = manners.header_asks_sign_in ? '3' : '0';
    on.answer.mti = from.mti.substr(0, 2) + static_cast<char>(from.mti[2] + 1) + '0';
    for (const int field : {2, 3, 4, 6, 10, 11, 25, 41, 42, 49, 51, 60}) {
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

void bank::add_to(fingerprint& state) const {
    for (const auto& one : books_) {
        state.add(one.terminal);
        state.add(std::uint64_t{one.batch} << 32U | one.trace);
        state.add(static_cast<std::uint64_t>(one.minor));
        state.add(static_cast<std::uint64_t>(one.converted));
        state.add(static_cast<std::uint64_t>(one.taken));
        state.add(static_cast<std::uint64_t>(one.what) << 16U | static_cast<std::uint64_t>(one.at) << 8U |
                  static_cast<std::uint64_t>(one.undone));
        state.add(one.original ? *one.original + 1 : 0);
        state.add(one.key);
        state.add(one.reference);
        state.add(one.authorization);
    }
    for (const auto& [which, batch] : closed_) {
        state.add(which.first);
        state.add(std::uint64_t{which.second} << 2U | static_cast<std::uint64_t>(batch.equal) << 1U |
                  static_cast<std::uint64_t>(batch.ended));
        state.add(static_cast<std::uint64_t>(batch.uploaded.size()));
        for (const auto trace : batch.uploaded)
            state.add(trace);
    }
    state.add(static_cast<std::uint64_t>(manners.miscounts));
    state.add(used_twice_);
    state.add(references_);
    state.add(says_instead);
    state.add(manners.code);
    state.add(static_cast<std::uint64_t>(manners.trades_unanswered) << 8U |
              static_cast<std::uint64_t>(manners.header_asks_sign_in) << 1U |
              static_cast<std::uint64_t>(does_nothing));
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
    if (mti == "0100" && on.request.get(3) == "330000") return offer_rate(on);
    if (mti == "0100" || mti == "0200" || mti == "0220") return trade(on);
    on.code("12");
}

std::optional<std::size_t> bank::find(std::string_view terminal, std::uint32_t batch, std::uint32_t trace) const {
    for (std::size_t i = books_.size(); i-- > 0;) {
        if (books_[i].batch == batch && books_[i].trace == trace && books_[i].terminal == terminal) return i;
    }
    return std::nullopt;
}

std::string bank::code_for(const booking& wish) const {
    if (wish.what == '?' || wish.minor <= 0) return "12";
    if (made_of(wish.what).empty()) return manners.code;
    if (!wish.original) return "25";
    return code_for(wish, books_[*wish.original]);
}

std::string bank::code_for(const booking& wish, const booking& original) const {
    const bool fits = made_of(wish.what).find(original.what) != std::string_view::npos;
    if (!fits || original.at != booking::state::standing || original.undone) return "12";
    if (undoing.find(wish.what) != std::string_view::npos) {
        if (original.taken != 0) return "12";
        if (original.what != 'P' && original.batch != wish.batch) return "12";
        return original.minor == wish.minor ? manners.code : "64";
    }
    if (completing.find(wish.what) != std::string_view::npos) {
        if (original.taken != 0) return "12";
        return wish.minor <= original.minor * 115 / 100 ? manners.code : "61";
    }
    if (adding.find(wish.what) != std::string_view::npos) {
        return original.batch == wish.batch && wish.minor <= original.minor ? manners.code : "12";
    }
    return original.taken + wish.minor <= original.minor ? manners.code : "61";
}

/// What a trade does to its original, and no longer does once it is reversed.
void bank::carry_out(const booking& what, int direction) {
    if (!what.original) return;
    auto& original = books_[*what.original];
    if (adding.find(what.what) != std::string_view::npos) return;
    if (undoing.find(what.what) != std::string_view::npos) {
        original.undone = direction > 0;
        // A completion that was voided gives its reservation back.
        if (what.what == 'X' && original.original) books_[*original.original].taken -= direction * original.minor;
    } else {
        original.taken += direction * what.minor;
    }
}

void bank::trade(work& on) {
    if (const auto known = find(on.terminal, on.batch, on.trace)) {
        const auto& entry = books_[*known];
        const bool later = told_later_kinds.find(entry.what) != std::string_view::npos;
        const bool same =
            later ? entry.minor == static_cast<std::int64_t>(number(on.request.get(4))) : entry.key == on.key;
        if (!same && entry.at != booking::state::tomb) ++used_twice_;
        return on.code("94");
    }
    if (closed(on) != nullptr) return on.code(std::string(wrong_batch));
    booking made;
    made.terminal = on.terminal;
    made.batch = on.batch;
    made.trace = on.trace;
    made.minor = static_cast<std::int64_t>(number(on.request.get(4)));
    made.what = kind_of(on.request.get(60).substr(0, 2));
    made.key = on.key;
    if (on.request.has(6)) {
        made.converted = static_cast<std::int64_t>(number(on.request.get(6)));
        const bool agreed = made.converted == at_offered_rate(made.minor) && on.request.get(10) == offered_rate &&
                            on.request.get(51) == offered_currency;
        if (!agreed) return on.code("13");
    }
    if (const auto original = on.request.get(61); original.size() >= 12) {
        made.original = find(on.terminal, static_cast<std::uint32_t>(number(original.substr(0, 6))),
            static_cast<std::uint32_t>(number(original.substr(6, 6))));
    }
    if (told_later_kinds.find(made.what) != std::string_view::npos) {
        const auto whose = told_later.find(made.minor);
        if (whose != told_later.end()) made.key = whose->second;
    }
    if (on.request.get(22) == "032" && !fits_code(on, made)) return on.code("14");
    book(on, std::move(made));
    if (on.request.get(22) == "032") {
        const auto voucher = voucher_of(books_.back().reference);
        on.answer.set(59, "A4" + padded(voucher.size(), 3) + voucher);
    }
}

/// A payment names the payer's code, what comes after it the voucher that was given for it.
bool bank::fits_code(work& on, const booking& made) const {
    const auto field = on.request.get(59);
    if (made.what == 'S') return !subfield(field, "A3").empty();
    return made.original && subfield(field, "A4") == voucher_of(books_[*made.original].reference);
}

/// What a payment in the cardholder's currency would cost.
void bank::offer_rate(work& on) {
    if (!manners.offers_rate) return on.code("57");
    on.answer.set(
        6, padded(static_cast<std::uint64_t>(at_offered_rate(static_cast<std::int64_t>(number(on.request.get(4))))),
               12));
    on.answer.set(10, std::string(offered_rate));
    on.answer.set(51, std::string(offered_currency));
    on.code("00");
}

void bank::book(work& on, booking made) {
    auto code = code_for(made);
    made.at = code == "00" ? booking::state::standing : booking::state::declined;
    made.reference = padded(++references_, 12);
    made.authorization = padded(references_, 6);
    on.answer.set(37, made.reference);
    if (code == "00" && manners.partly && made.what == 'S') {
        made.minor /= 2;
        on.answer.set(4, padded(static_cast<std::uint64_t>(made.minor), 12));
        code = "10";
    }
    if (made.at == booking::state::standing) {
        on.answer.set(38, made.authorization);
        carry_out(made, 1);
    }
    books_.push_back(std::move(made));
    on.code(code);
}

void bank::reverse(work& on) {
    const auto found = find(on.terminal, on.batch, on.trace);
    if (!found) {
        if (manners.entombs) {
            booking tomb;
            tomb.terminal = on.terminal;
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

std::string bank::totals_of(std::string_view terminal, std::uint32_t batch) const {
    std::array<std::uint64_t, 4> sums{}; // debit, its count, credit, its count
    for (const auto& entry : books_) {
        if (entry.terminal != terminal || entry.batch != batch || entry.at != booking::state::standing ||
            entry.what == 'P' || entry.what == 'W')
            continue;
        const std::size_t side = credits.find(entry.what) == std::string_view::npos ? 0 : 2;
        sums[side] += static_cast<std::uint64_t>(entry.minor);
        ++sums[side + 1];
    }
    return padded(sums[0], 12) + padded(sums[1], 3) + padded(sums[2], 12) + padded(sums[3], 3);
}

bank::closed_batch* bank::closed(const work& on) {
    const auto found = closed_.find(std::pair(std::string(on.terminal), on.batch));
    return found == closed_.end() ? nullptr : &found->second;
}

bank::batch_end bank::end_of(std::string_view terminal, std::uint32_t batch) const {
    const auto found = closed_.find(std::pair(std::string(terminal), batch));
    if (found == closed_.end()) return batch_end::open;
    return found->second.equal ? batch_end::equal : batch_end::different;
}

/// The answer ends the batch for trades; records of it are taken until the end message.
void bank::settle(work& on) {
    if (closed(on) != nullptr) return on.code(std::string(wrong_batch));
    auto field = std::string(on.request.get(48));
    if (field.size() < 31) return on.code("30");
    const bool equal = field.substr(0, 30) == totals_of(on.terminal, on.batch);
    const bool balanced = equal && manners.miscounts == 0;
    if (manners.miscounts > 0) --manners.miscounts;
    closed_.emplace(std::pair(std::string(on.terminal), on.batch), closed_batch{equal, false, {}});
    field[30] = balanced ? '1' : '2';
    if (field.size() >= 62) field[61] = '1';
    on.answer.set(48, field);
    on.code("00");
}

/// Fact sheet, 1.4: records of stripes come together in field 48, the others one by one under their own numbers.
void bank::upload(work& on) {
    auto* const batch = closed(on);
    if (batch == nullptr) return on.code("12");
    if (batch->ended) return on.code(std::string(wrong_batch));
    const auto what = on.request.get(60).substr(std::min<std::size_t>(8, on.request.get(60).size()), 3);
    if (what == "207" || what == "202") return end_upload(on);
    if (what != "201") {
        batch->uploaded.insert(on.trace);
        return on.code("00");
    }
    constexpr std::size_t record_digits = 40;
    auto records = on.request.get(48);
    const auto count = number(records.substr(0, 2));
    records.remove_prefix(std::min<std::size_t>(2, records.size()));
    if (records.size() != count * record_digits) return on.code("30");
    for (; !records.empty(); records.remove_prefix(record_digits))
        batch->uploaded.insert(static_cast<std::uint32_t>(number(records.substr(2, 6))));
    on.code("00");
}

void bank::end_upload(work& on) {
    auto& batch = *closed(on);
    const bool all_here = number(on.request.get(48)) == batch.uploaded.size();
    batch.ended = all_here;
    on.code(all_here ? "00" : "06");
}

} // namespace cipherlane::simulation
