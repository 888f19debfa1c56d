#include "acquirer-sim/exchange.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>

#include <nlohmann/json.hpp>

#include <cstdlib>

namespace cipherlane::sim {

namespace {

/// 60.3 of what asks for one entry by its name, which a query has listed.
bool names_an_entry(std::string_view network) {
    return network == "370" || network == "380";
}

} // namespace

void host_core::sign_off(exchange& on) {
    on.terminal->tpk.clear();
    on.terminal->tak.clear();
    books_.put_terminal(*on.terminal);
    on.accept();
}

void host_core::echo(exchange& on) {
    on.accept();
}

/// A list as the rig has set it, page by page: a request says how many pages it has had. One that names an entry gets
/// that entry.
void host_core::download(exchange& on) {
    const auto network = on.request.value(60).substr(8, 3);
    const auto asked = on.request.value(62);
    const auto list = lists_.find(network);
    wanted_.erase(network);
    if (names_an_entry(network)) {
        on.answer.set(62, "1" + asked);
    } else if (list != lists_.end() && asked.size() == 3 && all_digits(asked)) {
        const auto at = static_cast<std::size_t>(std::atoi(asked.substr(1).c_str()));
        const auto& pages = list->second;
        on.answer.set(62, at < pages.size() ? (at + 1 < pages.size() ? "2" : "1") + pages[at] : std::string("0"));
    } else if (!asked.empty()) {
        on.answer.set(62, "0");
    }
    on.accept();
}

/// What every answer asks for in its header: 1 parameters, 2 status, 3 a sign-in, 4 CA keys, 5 AIDs, 6 a remote
/// update; until a terminal has done it, a remote update once.
iso8583::processing_request host_core::header_request() {
    using iso8583::processing_request;
    if (ask_sign_in_) return processing_request::sign_in;
    if (wanted_.empty()) return processing_request::none;
    const auto [network, digit] = *wanted_.begin();
    if (digit == processing_request::remote_update) wanted_.erase(network);
    return digit;
}

nlohmann::json host_core::put_list(const nlohmann::json& request) {
    std::vector<std::string> pages;
    for (const auto& page : request.at("pages")) {
        auto data = from_hex(page.get<std::string>());
        if (!data) throw std::invalid_argument("pages must be hex");
        pages.emplace_back(as_text(*data));
    }
    lists_[request.at("network").get<std::string>()] = std::move(pages);
    return nlohmann::json::object();
}

nlohmann::json host_core::ask_in_header(const nlohmann::json& request) {
    using iso8583::processing_request;
    static const std::map<std::int64_t, std::string> networks{
        {1, "360"}, {2, "362"}, {4, "372"}, {5, "382"}, {6, ""}};
    const auto digit = whole_number(request, "request", 0, 1, 6);
    const auto found = networks.find(digit);
    if (found == networks.end()) {
        ask_sign_in_ = true;
    } else {
        wanted_[found->second] = static_cast<processing_request>(digit);
    }
    return nlohmann::json::object();
}

} // namespace cipherlane::sim
