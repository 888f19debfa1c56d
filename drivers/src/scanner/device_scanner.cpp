#include "../one_call.hpp"

#include <cipherlane/drivers/scanner/device_scanner.hpp>
#include <cipherlane/drivers/scanner/scan_exchange.hpp>
#include <cipherlane/net/engine.hpp>

#include <utility>

namespace cipherlane::drivers {

device_scanner::device_scanner(std::unique_ptr<net::transport> link, std::unique_ptr<scan_reader> reader)
    : link_(std::move(link))
    , reader_(std::move(reader)) {}

device_scanner::~device_scanner() = default;

result<ports::scanned_code> device_scanner::scan(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    scan_exchange exchange(*reader_);
    auto code = net::run(exchange, *link_, bounds);
    if (!code) return std::move(code).error().during("scan").at_endpoint(link_->endpoint());
    return code;
}

} // namespace cipherlane::drivers
