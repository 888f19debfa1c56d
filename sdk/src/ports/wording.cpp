#include <cipherlane/ports/wording.hpp>
#include <cipherlane/ports/words.hpp>

namespace cipherlane::ports {

wording::wording(language in)
    : approved(word("display.approved", in))
    , declined(word("display.declined", in))
    , cancelled(word("display.cancelled", in))
    , expired(word("display.expired", in))
    , unknown(word("display.unknown", in))
    , to_pay(word("display.to_pay", in))
    , scan(word("display.scan", in))
    , scan_brief(word("display.scan.brief", in))
    , expired_brief(word("display.expired.brief", in))
    , remaining(word("display.remaining", in))
    , currency_mark(in == language::chinese ? "¥" : "") {}

const std::string& wording::outcome(payment_outcome what) const noexcept {
    using enum payment_outcome;
    switch (what) {
    case approved: return this->approved;
    case declined: return this->declined;
    case cancelled: return this->cancelled;
    case expired: return this->expired;
    case unknown: break;
    }
    return this->unknown;
}

const std::string& wording::brief_outcome(payment_outcome what) const noexcept {
    return what == payment_outcome::expired ? expired_brief : outcome(what);
}

std::string wording::money(const amount& total) const {
    if (total.unit() == marked) return currency_mark + total.to_string();
    const std::string letters(letters_of(total.unit()));
    return letters.empty() ? total.to_string() : letters + " " + total.to_string();
}

} // namespace cipherlane::ports
