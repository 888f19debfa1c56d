// Input: number of layout characters, the layout, a number. A layout that is read must read again as it is shown; a
// number that fits has a counter, which gives that number again.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/ff1.hpp>
#include <cipherlane/crypto/number_plan.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace cipherlane;
using namespace cipherlane::crypto;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

numbering_key key() {
    const auto clear = from_hex("000102030405060708090A0B0C0D0E0F").value();
    return numbering_key::create(algorithm::aes, clear, pci_policy).value();
}

void check_layout(const number_layout& layout) {
    must(layout.capacity() >= ff1_min_domain && layout.size() <= number_layout::max_size);
    const auto again = number_layout::parse(layout.text());
    must(again.has_value() && again->text() == layout.text() && again->capacity() == layout.capacity());
}

void check_number(const number_layout& layout, std::string_view number) {
    static const auto kept = key();
    auto plan = number_plan::create(kept.clone(), layout, "tenant").value();
    const auto last = plan.number_at(layout.capacity() - 1).value();
    must(plan.counter_of(last.view()).value() == layout.capacity() - 1);
    const auto counter = plan.counter_of(number);
    if (!counter) {
        must(counter.error().code() == make_error_code(crypto_errc::not_of_this_plan));
        must(!counter.error().offset() || *counter.error().offset() < number.size());
        return;
    }
    must(*counter < layout.capacity());
    must(plan.number_at(*counter).value() == number);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const byte_view rest(data + 1, size - 1);
    const std::size_t layout_size = std::min<std::size_t>(data[0], rest.size());
    const auto text = as_text(rest.first(layout_size));
    const auto layout = number_layout::parse(text);
    if (!layout) {
        must(layout.error().code() == make_error_code(crypto_errc::bad_layout) ||
             layout.error().code() == make_error_code(crypto_errc::domain_too_small));
        must(!layout.error().offset() || *layout.error().offset() < text.size());
        return 0;
    }
    check_layout(*layout);
    check_number(*layout, as_text(rest.subspan(layout_size)));
    return 0;
}
