#include "host/service_table.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::acquiring {
namespace {

using iso8583::processing_request;
using iso8583::transaction;

constexpr service_row plain(service what, std::string_view name, transaction message, std::string_view network) {
    service_row row{what, name, message, network};
    return row;
}

constexpr service_row list(service what, std::string_view name, std::string_view query, std::string_view page,
    std::string_view end, processing_request wish = processing_request::none) {
    service_row row{what, name, transaction::download, page};
    row.is_list = true;
    row.query = query;
    row.end = end;
    row.wish = wish;
    return row;
}

constexpr auto table = [] {
    auto sign_off = plain(service::sign_off, "sign-off", transaction::sign_off, "002");
    sign_off.ends_session = true;
    auto status = plain(service::status, "status", transaction::download, "362");
    status.says_serial = true;
    status.wish = processing_request::upload_status;
    using wish = processing_request;
    return std::to_array<service_row>({
        sign_off,
        plain(service::echo, "echo", transaction::echo, "301"),
        plain(service::master_key, "master key", transaction::master_key_download, "401"),
        status,
        list(service::parameters, "parameters", "", "360", "361", wish::download_parameters),
        list(service::ca_keys, "CA keys", "372", "370", "371", wish::download_ca_keys),
        list(service::sm_ca_keys, "SM CA keys", "373", "370", "371"),
        list(service::aids, "AIDs", "382", "380", "381", wish::download_ic_parameters),
        list(service::contactless, "contactless parameters", "", "394", "395"),
        list(service::qps_bins, "small amount BINs", "", "396", "397"),
        list(service::blacklist, "blacklist", "", "398", "399"),
        list(service::card_bins, "card BINs", "", "960", "961"),
    });
}();

constexpr bool in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].what) != i) return false;
    }
    return true;
}
static_assert(in_order());

} // namespace

std::span<const service_row> services() noexcept {
    return table;
}

const service_row& row_of(service what) noexcept {
    return table[static_cast<std::size_t>(what)];
}

std::string_view to_string(service value) noexcept {
    return row_of(value).name;
}

std::optional<service> find_service(std::string_view name) noexcept {
    const auto same = [&](const service_row& row) {
        return std::equal(row.name.begin(), row.name.end(), name.begin(), name.end(),
            [](char a, char b) { return a == b || (a == ' ' && b == '-'); });
    };
    const auto found = std::find_if(table.begin(), table.end(), same);
    return found != table.end() ? std::optional(found->what) : std::nullopt;
}

} // namespace cipherlane::acquiring
