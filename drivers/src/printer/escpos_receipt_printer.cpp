#include "../escpos/escpos_text.hpp"
#include "../one_call.hpp"

#include <cipherlane/drivers/printer/escpos_receipt_printer.hpp>
#include <cipherlane/net/engine.hpp>

#include <initializer_list>
#include <utility>

namespace cipherlane::drivers {
namespace {

void add(bytes& to, std::initializer_list<std::uint8_t> what) {
    to.insert(to.end(), what);
}

void add_lines(bytes& to, std::string_view text, const escpos_printer_profile& paper) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = escpos_text_as_can_be(text.substr(0, end), paper);
        to.insert(to.end(), line.begin(), line.end());
        to.push_back('\n');
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

/// In letters of twice the width and height, the Chinese ones too.
void add_heading(bytes& to, std::string_view text, const escpos_printer_profile& paper) {
    const bool chinese = paper.text == escpos_printer_profile::text_set::gbk;
    add(to, {0x1B, 0x61, 0x01, 0x1B, 0x21, 0x30});
    if (chinese) add(to, {0x1C, 0x21, 0x0C});
    add_lines(to, text, paper);
    add(to, {0x1B, 0x21, 0x00, 0x1B, 0x61, 0x00});
    if (chinese) add(to, {0x1C, 0x21, 0x00});
}

void add_cut(bytes& to, const receipt_printer_profile& profile) {
    switch (profile.cut) {
    case receipt_printer_profile::cutting::none:
        add(to, {0x1B, 0x64, static_cast<std::uint8_t>(profile.paper.feed_lines)});
        return;
    case receipt_printer_profile::cutting::partial: add(to, {0x1D, 0x56, 66, 0}); return; // feeds to the cutter
    case receipt_printer_profile::cutting::full: add(to, {0x1D, 0x56, 65, 0}); return;
    }
}

} // namespace

result<void> receipt_printer_profile::validate() const {
    CIPHERLANE_CHECK(paper.validate());
    if (drawer_pin != 2 && drawer_pin != 5) return bad_setting("drawer_pin");
    if (columns > 200) return bad_setting("columns");
    if (timing.answer.count() <= 0) return bad_setting("timing.answer");
    if (timing.printing.count() <= 0) return bad_setting("timing.printing");
    return {};
}

bytes escpos_slip(const ports::print_job& job, const receipt_printer_profile& profile) {
    bytes out;
    out.reserve(job.text.size() + job.heading.size() + 64);
    escpos_start(out, profile.paper, escpos_place::left);
    if (!job.heading.empty()) add_heading(out, job.heading, profile.paper);
    add_lines(out, job.text, profile.paper);
    add_cut(out, profile);
    return out;
}

escpos_receipt_printer::escpos_receipt_printer(std::unique_ptr<net::transport> link, receipt_printer_profile profile)
    : link_(std::move(link))
    , profile_(std::move(profile)) {}

escpos_receipt_printer::~escpos_receipt_printer() = default;

result<ports::printer_status> escpos_receipt_printer::run(
    std::string_view name, bytes data, print_proof proof, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    escpos_exchange exchange(std::move(data), proof, profile_.timing, owed_);
    auto done = net::run(exchange, *link_, bounds);
    owed_ = exchange.owed();
    if (!done) return std::move(done).error().during(name).at_endpoint(link_->endpoint());
    return done;
}

result<void> escpos_receipt_printer::print(const ports::print_job& job, const call& bounds) {
    CIPHERLANE_CHECK(run("print", escpos_slip(job, profile_), profile_.proof, bounds));
    return {};
}

result<void> escpos_receipt_printer::open_drawer(const call& bounds) {
    // The pulse lasts 50 ms, and 500 ms are left before the next.
    const std::uint8_t pin = profile_.drawer_pin == 5 ? 1 : 0;
    const auto proof = profile_.proof == print_proof::none ? print_proof::none : print_proof::state;
    CIPHERLANE_CHECK(run("drawer", {0x1B, 0x70, pin, 25, 250}, proof, bounds));
    return {};
}

result<ports::printer_status> escpos_receipt_printer::status(const call& bounds) {
    return run("status", {}, profile_.proof, bounds);
}

ports::printer_capabilities escpos_receipt_printer::capabilities() const noexcept {
    ports::printer_capabilities can;
    can.tells_paper = profile_.proof != print_proof::none;
    can.confirms = profile_.proof == print_proof::printed;
    can.drawer = true;
    can.columns = profile_.columns != 0 ? profile_.columns : letters_across(profile_.paper.width_dots);
    return can;
}

} // namespace cipherlane::drivers
