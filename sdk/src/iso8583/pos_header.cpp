#include "fail.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/iso8583/pos_header.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::iso8583 {

result<pos_header> pos_header::parse(std::string_view digits) {
    if (digits.size() != 12 || !all_digits(digits)) return fail(iso8583_errc::bad_header, "parse", "header");
    pos_header out;
    out.digits_ = digits;
    return out;
}

pos_header pos_header::with_request(processing_request what) const noexcept {
    std::array<char, 12> changed{};
    std::copy_n(digits().begin(), changed.size(), changed.begin());
    changed[5] = static_cast<char>('0' + static_cast<int>(what));
    pos_header out;
    out.digits_ = std::string_view(changed.data(), changed.size());
    return out;
}

} // namespace cipherlane::iso8583
