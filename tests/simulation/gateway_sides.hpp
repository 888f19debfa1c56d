#pragma once

#include "gateway-sim/notifier.hpp"
#include "gateway-sim/order_book.hpp"
#include "simulation/gateway_days.hpp"

#include <cipherlane/hostlink/host_connector.hpp>
#include <cipherlane/hostlink/notice_reader.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace cipherlane::simulation {

using face_request = boost::beast::http::request<boost::beast::http::string_body>;
using face_response = boost::beast::http::response<boost::beast::http::string_body>;

/// What a side is made of.
struct side_parts {
    std::string keys;   ///< a folder for test keys
    std::uint64_t seed; ///< of the day
    sim::order_book& orders;
    const ports::clock& clock;
    std::chrono::seconds code_valid; ///< of the till's settings
    std::function<std::string(const char* verb, const std::string& number)> faults;
    std::function<void(const sim::gateway_order&)> paid;
};

/// A gateway's simulator, called in place, and what a till has of it: its client, and who reads its notices.
class gateway_side {
  public:
    gateway_side() = default;
    gateway_side(const gateway_side&) = delete;
    gateway_side& operator=(const gateway_side&) = delete;
    virtual ~gateway_side() = default;

    [[nodiscard]] virtual face_response serve(const face_request& request) = 0;
    /// The till's number of the order of which a request speaks; empty: of none, or it does not say.
    [[nodiscard]] virtual std::string number_in(const face_request& request) const = 0;
    /// Header and body of a notice.
    [[nodiscard]] virtual std::pair<hostlink::http_fields, std::string> notice(
        const sim::gateway_order& order, sim::signature how) = 0;
    [[nodiscard]] virtual std::string payment_code(std::uint64_t chance) const = 0;
    /// Each call makes another one, which knows nothing of what those before it have asked.
    [[nodiscard]] virtual std::unique_ptr<ports::qr_gateway> client(const hostlink::host_connector& connect) = 0;
    [[nodiscard]] virtual std::unique_ptr<hostlink::notice_reader> reader() = 0;
    /// Whether it tells of payments by a payer's code.
    [[nodiscard]] virtual bool tells_of_charges() const { return true; }
    /// Whether a payment by a payer's code can be given back there.
    [[nodiscard]] virtual bool refunds_charges() const { return true; }
    /// When a query says that there is no such charge; else a person must.
    enum class knowledge : std::uint8_t { always, on_its_day, never };
    [[nodiscard]] virtual knowledge of_charges() const { return knowledge::always; }
    /// Whether its answers carry signatures, so that one without, or a wrong one, is no answer.
    [[nodiscard]] virtual bool signs_answers() const { return true; }
};

/// @param merchant the till's, in what it is told.
[[nodiscard]] std::unique_ptr<gateway_side> make_side(
    gateway_days_wish::speech speaks, side_parts parts, const std::string& merchant);

} // namespace cipherlane::simulation
