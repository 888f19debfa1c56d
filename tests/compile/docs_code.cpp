// The code of the pages in docs/, compiled. A page names the tag; docs_test.cpp holds the two to the same letter.
#include <cipherlane/core/error.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/drivers/pinpad/pinpad_keeper.hpp>
#include <cipherlane/drivers/timer.hpp>
#include <cipherlane/hsm/client.hpp>
#include <cipherlane/hsm/pool.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/ports/display.hpp>
#include <cipherlane/ports/pinpad.hpp>
#include <cipherlane/till/till.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>
#include <memory>
#include <string>

namespace {

using namespace cipherlane;
using namespace std::chrono_literals;

void ask_recovery() {}
void log(const std::string&) {}

} // namespace

/// docs: errors
void branch_on_a_condition(const result<int>& answer) {
    // [condition]
    if (!answer) {
        if (answer.error().is(cipherlane::condition::outcome_unknown))
            ask_recovery();
        else
            log(answer.error().to_string()); // "hsm CA at 10.0.0.7:1500: source key parity, peer's code 10"
    }
    // [/condition]
}

/// docs: ISO 8583
result<iso8583::message_view> read_with_a_file(byte_view received) {
    // [dialect-file]
    const auto bank = iso8583::loaded_dialect::load("bank.toml"); // once, at start
    if (!bank) return bank.error(); // "... at bank.toml: ..., field field.35.max, line 17: found 1000, expected ..."
    const auto view = iso8583::decode(bank->table(), received);
    // [/dialect-file]
    return view;
}

/// docs: devices
void keep_a_pad(boost::asio::io_context& io, const std::string& address, drivers::timer_source& timer) {
    // [pinpad-keeper]
    drivers::pinpad_keeper pad(
        [&](const call& bounds) { return drivers::open_pinpad(io.get_executor(), "abecs", address, {}, bounds); },
        timer);
    // [/pinpad-keeper]
    pad.start();
}

/// docs: TLS
void secure(hsm::client_settings& settings) {
    // [tls]
    net::tls_settings files;
    files.ca_file = "ca.pem";            // nobody else is trusted
    files.certificate_file = "till.pem"; // ours, with its chain
    files.key_file = "till.key";         // not encrypted, readable by us alone
    settings.tls = net::tls_client::create(files).value();
    // [/tls]
}

/// docs: a front with two units
result<hsm::translated_pin> translate(const hsm::translate_pin_request& request) {
    // [front-pool]
    hsm::pool_settings settings;
    settings.units = {net::parse_endpoint("10.0.0.7:1500").value(), net::parse_endpoint("10.0.0.8:1500").value()};
    settings.dialect = hsm::profile::find("payshield").value(); // or "ours.toml"
    settings.connections = 8;                                   // to each unit
    settings.answer_timeout = 2s;                               // what a silent unit costs a call, once
    settings.health_interval = 60s;
    settings.lmk_check = hsm::short_bytes(from_hex("2686040000000000").value()); // from the ceremony's sheets
    const auto pool = hsm::pool::create_with_thread(settings).value();           // one for the whole process

    auto translated = pool->translate_pin(request, call(5s)); // blocking; async_translate_pin with any token
    std::cout << hsm::to_prometheus(pool->stats());
    // [/front-pool]
    return translated;
}

/// docs: a till
void sell() {
    // [till]
    auto till = till::open("till.toml", call(20s)).value();
    auto paid = till.sale({"order-4711", amount::parse("12.34").value()}, call(120s)).value();
    std::cout << till.receipt(paid, receipt_copy::cardholder);
    // [/till]
    // [acknowledge]
    // The receipt is printed, the order is marked as paid.
    if (const auto noted = till.acknowledge(paid, call(5s)); !noted) log(noted.error().to_string());
    // [/acknowledge]
}

result<till> open_with_own_parts(ports::display& my_display, std::unique_ptr<ports::pinpad> my_pinpad) {
    // [parts]
    till::parts with;
    with.display = lend(my_display);    // lent: must outlive the till
    with.pinpad = std::move(my_pinpad); // the till's from here on
    auto till = till::open("till.toml", std::move(with), call(20s));
    // [/parts]
    return till;
}
