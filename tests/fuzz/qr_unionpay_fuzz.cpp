// UnionPay's merchant codes: from any values, a code is refused, or obeys every rule and reads as what was put in.
#include <cipherlane/qr/mpm_check.hpp>
#include <cipherlane/qr/unionpay_merchant.hpp>

#include <cstdlib>
#include <string>

namespace {

using namespace cipherlane;

void require(bool holds) {
    if (!holds) std::abort();
}

/// The next of the values, which stand one after the other with a line feed behind each.
std::string take(std::string_view& from) {
    const auto end = from.find('\n');
    const std::string value(from.substr(0, end));
    from.remove_prefix(end == std::string_view::npos ? from.size() : end + 1);
    return value;
}

void judge(const result<qr::mpm_payload>& made, const qr::unionpay_merchant& merchant) {
    if (!made) {
        require(!made.error().field().empty());
        return;
    }
    require(qr::check_mpm(*made).empty());
    const auto read = qr::mpm_payload::parse(made->to_text());
    require(read.has_value() && read->level() == made->level());
    require(read->find(qr::mpm_id::unionpay) == merchant.acquirer + merchant.forwarder + merchant.merchant);
    require(read->find(qr::mpm_id::name) == merchant.name && read->find(qr::mpm_id::city) == merchant.city);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    qr::unionpay_merchant merchant;
    for (auto* value : {&merchant.acquirer, &merchant.forwarder, &merchant.merchant, &merchant.category,
             &merchant.name, &merchant.city, &merchant.country, &merchant.postal_code, &merchant.local_language,
             &merchant.local_name, &merchant.local_city}) {
        *value = take(text);
    }
    const auto reference = take(text);
    const auto terminal = take(text);
    const auto total = amount::parse(take(text));
    judge(qr::make_static_code(merchant, cny, terminal), merchant);
    if (total) judge(qr::make_dynamic_code(merchant, *total, reference, terminal), merchant);
    return 0;
}
