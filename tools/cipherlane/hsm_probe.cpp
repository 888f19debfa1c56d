#include "cipherlane/hsm_describe.hpp"
#include "cipherlane/hsm_link.hpp"
#include "cipherlane/hsm_tools.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/net/tcp.hpp>

#include <fstream>
#include <iostream>
#include <sstream>

namespace cipherlane::cli {
namespace {

/// What the unit turned out to be.
struct finding {
    std::string base;
    std::size_t header = 0;
    std::string firmware;
    std::size_t kcv_digits = 0;
    bool lower_case = false;
};

/// A profile that differs from its base in framing alone.
result<std::shared_ptr<const hsm::profile>> variant(const std::string& base, std::size_t header) {
    std::ostringstream toml;
    toml << "base = \"" << base << "\"\nname = \"probe\"\n[frame]\nheader_length = " << header
         << "\ncorrelates = false\n";
    return hsm::profile::parse(toml.str());
}

/// The unit, and how it is reached.
struct target {
    net::tcp_settings at;
    std::shared_ptr<const net::tls_client> tls;
};

/// One harmless command over a connection of its own: a unit that misunderstood may have hung up.
result<hsm::raw_answer> ask(const target& there, const std::shared_ptr<const hsm::profile>& how, const bytes& body) {
    hsm::client unit({there.at, how, logger::none(), there.tls});
    return unit.execute(hsm::raw_command(body), call(std::chrono::seconds(2)));
}

std::optional<finding> try_racal(const target& at, std::size_t header) {
    const auto how = variant("payshield", header);
    if (!how) return std::nullopt;
    const auto said = ask(at, *how, {'N', 'C'});
    if (!said || !as_text(said->body).starts_with("ND")) return std::nullopt;
    finding found{"payshield", header, {}, 0, false};
    const auto body = as_text(said->body);
    if (body.size() >= 20) {
        const auto check = body.substr(4, 16);
        found.lower_case = check.find_first_of("abcdef") != std::string_view::npos;
        found.firmware = body.substr(20);
    }
    // TASS says version and serial number in 36 characters.
    if (found.firmware.size() >= 36) found.base = "sjj1310";
    if (found.firmware.find("SJL06") != std::string::npos) found.base = "sjl06";
    if (found.firmware.find("SJL05") != std::string::npos) found.base = "sjl05";
    // A key that is generated and thrown away leaves nothing in the unit.
    const std::string generate = "A00002U";
    if (const auto made = ask(at, *how, bytes(generate.begin(), generate.end())); made && made->status == "00") {
        found.kcv_digits = made->body.size() - 4 - 33;
    }
    return found;
}

std::optional<finding> try_westone(const target& at, std::size_t header) {
    const auto how = variant("sjj1312", header);
    if (!how) return std::nullopt;
    const auto said = ask(at, *how, {0xD0, 0x06, 0x08});
    if (!said || (said->status != "00" && said->body.size() != 2)) return std::nullopt;
    return finding{"sjj1312", header, {}, 16, false};
}

void write_profile(const finding& found, const std::string& at, std::ostream& out) {
    out << "# Found by probing " << at << ". Values that a probe cannot see are those of the base.\n"
        << "base = \"" << found.base << "\"\nname = \"probed\"\n";
    if (found.kcv_digits != 0) out << "kcv_digits = " << found.kcv_digits << "\n";
    if (found.lower_case) out << "lower_case_hex = true\n";
    if (found.base == "sjj1312") out << "note = \"inferred from SJL05, not yet confirmed on an SJJ1312\"\n";
    out << "\n[frame]\nheader_length = " << found.header << "\n";
    if (found.header < 2) out << "correlates = false\n";
}

} // namespace

void probe(const probe_options& how) {
    const auto& at = how.at;
    const auto& file = how.file;
    const auto endpoint = net::parse_endpoint(at);
    if (!endpoint) give_up(endpoint.error());
    const target there{*endpoint, how.tls.client()};
    {
        hsm::client unit({there.at, *variant("payshield", 4), logger::none(), there.tls});
        if (auto linked = unit.connect(call(std::chrono::seconds(5))); !linked) give_up(linked.error());
    }
    std::optional<finding> found;
    for (const std::size_t header : {4, 0, 8}) {
        if (!found) found = try_racal(there, header);
        std::cout << "Racal ASCII, header " << header << ": " << (found ? "yes" : "no") << "\n";
        if (found) break;
    }
    for (const std::size_t header : {0, 4, 8}) {
        if (found) break;
        found = try_westone(there, header);
        std::cout << "Westone binary, header " << header << ": " << (found ? "yes" : "no") << "\n";
    }
    if (!found) {
        std::cerr << "cipherlane: " << at << " answers none of the harmless commands tried\n";
        throw CLI::RuntimeError(1);
    }
    if (!found->firmware.empty()) std::cout << "firmware: " << printable(found->firmware) << "\n";
    if (file.empty()) return write_profile(*found, at, std::cout);
    std::ofstream out(file);
    write_profile(*found, at, out);
    if (!out.flush()) {
        std::cerr << "cipherlane: cannot write " << file << "\n";
        throw CLI::RuntimeError(1);
    }
    std::cout << "profile written to " << file << "\n";
}

} // namespace cipherlane::cli
