#pragma once

#include <cstdint>
#include <string>

namespace cipherlane::acquiring {

struct sign_in_report {
    std::uint32_t batch = 0;      ///< the open one
    std::uint32_t host_batch = 0; ///< field 60.2 of the answer; 0 where the host names none
    std::string host_date;        ///< YYYYMMDD, empty if the host gave none
    std::string host_time;        ///< hhmmss
    std::string acquirer;         ///< field 32
};

} // namespace cipherlane::acquiring
