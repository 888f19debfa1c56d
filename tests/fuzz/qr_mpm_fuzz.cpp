// Merchant-presented payloads: whatever is accepted must come back unchanged, and the strict check must stand it.
#include <cipherlane/qr/code_kind.hpp>
#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/mpm_check.hpp>

#include <cstdlib>
#include <string>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cipherlane;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)qr::kinds_of(text);
    for (const auto how : {qr::mpm_reading::exact, qr::mpm_reading::lenient}) {
        auto payload = qr::mpm_payload::parse(text, how);
        if (!payload) {
            require(payload.error().offset().has_value() && *payload.error().offset() <= size);
            continue;
        }
        (void)qr::to_string(qr::check_mpm(*payload));
        (void)qr::mpm_advice(*payload);
        (void)payload->total();
        (void)payload->find(qr::mpm_id::additional, 5);
        const auto written = payload->to_text();
        if (how == qr::mpm_reading::exact) {
            require(written.size() == size && written.compare(0, size - 4, text.substr(0, size - 4)) == 0);
        }
        const auto again = qr::mpm_payload::parse(written, how);
        require(again.has_value() && again->level() == payload->level() && again->crc() == qr::mpm_crc::right);
        const auto changed = payload->set(qr::mpm_id::additional, 5, "A1");
        require(!changed || payload->find(qr::mpm_id::additional, 5) == "A1");
    }
    return 0;
}
