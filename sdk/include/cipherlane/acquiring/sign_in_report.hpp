#pragma once

#include <cstdint>
#include <string>

namespace cipherlane::acquiring {

struct sign_in_report {
    std::uint32_t batch = 0;
    std::string host_date; ///< YYYYMMDD, empty if the host gave none
    std::string host_time; ///< hhmmss
    std::string acquirer;  ///< field 32
};

} // namespace cipherlane::acquiring
