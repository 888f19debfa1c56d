#include "cipherlane/hsm_hint.hpp"

#include "cipherlane/hsm_describe.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/reply.hpp>
#include <cipherlane/net/errc.hpp>

#include <array>

namespace cipherlane::cli {
namespace {

using hsm::hsm_errc;

constexpr std::string_view other_set_up =
    "another header length or dialect? `cipherlane hsm probe HOST:PORT` finds out";
constexpr std::string_view hung_up =
    "the unit may have another header length or dialect, or speak TLS: `cipherlane hsm probe HOST:PORT` finds out";
constexpr std::string_view no_tls =
    "the unit may speak no TLS at that port (leave --tls out), or no version that both accept (--tls-least)";
constexpr std::string_view wants_tls = "the unit speaks TLS: --tls and --ca FILE";

struct hint_row {
    boost::system::error_code code;
    std::string_view words;
};

const auto& rows() {
    static const std::array all{
        hint_row{make_error_code(hsm_errc::unreadable_answer), other_set_up},
        hint_row{make_error_code(hsm_errc::wrong_header), other_set_up},
        hint_row{make_error_code(hsm_errc::wrong_answer), other_set_up},
        hint_row{make_error_code(hsm_errc::bad_length), other_set_up},
        hint_row{make_error_code(hsm_errc::left_over), other_set_up},
        hint_row{make_error_code(hsm_errc::lost_answer), hung_up},
        hint_row{make_error_code(hsm_errc::late_answer), hung_up},
        hint_row{make_error_code(net_errc::closed_by_peer), hung_up},
        hint_row{make_error_code(net_errc::lost), hung_up},
        hint_row{make_error_code(net_errc::timed_out), hung_up},
        hint_row{make_error_code(net_errc::tls_failed), no_tls},
        hint_row{make_error_code(net_errc::refused), "nothing listens there: is the port right, and the unit on?"},
        hint_row{make_error_code(net_errc::certificate_refused),
            "the unit wants a certificate that it knows: --cert, --key"},
    };
    return all;
}

std::string built_in() {
    std::string names = "built in:";
    for (const auto& name : hsm::profile::builtin_names()) {
        names.append(" ").append(name);
    }
    return names;
}

std::string by_code(const error& why) {
    // What came says more than that nothing of use did.
    if (why.hint().find("looks like TLS") != std::string_view::npos) return std::string(wants_tls);
    if (why.hint().find("TLS handshake") != std::string_view::npos) return std::string(no_tls);
    for (const auto& row : rows()) {
        if (row.code == why.code()) return std::string(row.words);
    }
    return {};
}

} // namespace

std::string hint_for(const error& why, const hsm::profile* dialect) {
    if (why.code() == make_error_code(hsm_errc::no_profile)) return built_in();
    auto words = escaped_text(why.untrusted_peer_text());
    const auto more = by_code(why);
    if (!more.empty()) return words + (words.empty() ? "" : "; ") + more;
    return dialect != nullptr ? printable_text(hsm::explain(*dialect, why), 1'000) : std::string();
}

} // namespace cipherlane::cli
