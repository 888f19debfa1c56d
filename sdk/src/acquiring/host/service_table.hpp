#pragma once

#include <cipherlane/acquiring/service_request.hpp>
#include <cipherlane/iso8583/pos_header.hpp>
#include <cipherlane/iso8583/transaction.hpp>

#include <span>
#include <string_view>

namespace cipherlane::acquiring {

/// How a service is asked for. The network codes are field 60.3 (UnionPay POS dialect).
struct service_row {
    service what;
    std::string_view name;
    iso8583::transaction message;
    std::string_view network; ///< of the one message, or of a page
    bool is_list = false;
    std::string_view query = {}; ///< of a list whose entries are asked for one by one: what lists them
    std::string_view end = {};   ///< told when the list has come
    iso8583::processing_request wish = iso8583::processing_request::none; ///< of the host's header, that asks for it
    bool says_serial = false;  ///< field 62 has the terminal's serial number
    bool ends_session = false; ///< the working keys are not used again
};

[[nodiscard]] std::span<const service_row> services() noexcept;
[[nodiscard]] const service_row& row_of(service what) noexcept;

} // namespace cipherlane::acquiring
