#include <cipherlane/drivers/printer/escpos_status.hpp>

namespace cipherlane::drivers {
namespace {

// Bits as Epson's reference for DLE EOT, GS a and GS r gives them.
constexpr unsigned off_line_bit = 0x08;  // DLE EOT 1, first byte of the four
constexpr unsigned cover_bit = 0x04;     // DLE EOT 2
constexpr unsigned paper_end_bit = 0x20; // DLE EOT 2: it has stopped for that
constexpr unsigned fault_bit = 0x40;     // DLE EOT 2
constexpr unsigned unasked_cover = 0x20; // first byte
constexpr unsigned unasked_fault = 0x68; // second byte: cutter, beyond repair, overheated
constexpr unsigned two_bits = 0x03;

} // namespace

void escpos_status::note_paper(unsigned near_end, unsigned out) noexcept {
    paper_ = out != 0        ? ports::paper_level::out
             : near_end != 0 ? ports::paper_level::near_end
                             : ports::paper_level::enough;
}

void escpos_status::take(escpos_question what, std::uint8_t answer) noexcept {
    switch (what) {
    case escpos_question::printer: off_line_ = (answer & off_line_bit) != 0; break;
    case escpos_question::off_line:
        cover_open_ = (answer & cover_bit) != 0;
        stopped_by_paper_ = (answer & paper_end_bit) != 0;
        fault_ = (answer & fault_bit) != 0;
        break;
    case escpos_question::paper: note_paper((answer >> 2U) & two_bits, (answer >> 5U) & two_bits); break;
    }
}

void escpos_status::take(const std::array<std::uint8_t, 4>& unasked) noexcept {
    off_line_ = (unasked[0] & off_line_bit) != 0;
    cover_open_ = (unasked[0] & unasked_cover) != 0;
    fault_ = (unasked[1] & unasked_fault) != 0;
    note_paper(unasked[2] & two_bits, (unasked[2] >> 2U) & two_bits);
    stopped_by_paper_ = paper_ == ports::paper_level::out;
}

void escpos_status::take_processed(std::uint8_t answer) noexcept {
    note_paper(answer & two_bits, (answer >> 2U) & two_bits);
}

ports::printer_status escpos_status::now() const noexcept {
    using stop = ports::printer_stop;
    ports::printer_status made;
    made.paper = stopped_by_paper_ ? ports::paper_level::out : paper_;
    made.stopped_by = made.paper == ports::paper_level::out ? stop::no_paper
                      : cover_open_                         ? stop::cover_open
                      : fault_                              ? stop::fault
                      : off_line_                           ? stop::off_line
                                                            : stop::none;
    return made;
}

std::optional<escpos_status_reader::told> escpos_status_reader::take(std::uint8_t byte) noexcept {
    constexpr unsigned kind_mask = 0x93;
    constexpr unsigned plain_mask = 0x90;
    const unsigned kind = byte & kind_mask;
    if (kind == 0x11 || kind == 0x13) return std::nullopt; // XON, XOFF
    told made;
    made.value = byte;
    if (kind == 0x12) return made;
    if (kind == 0x10) {
        unasked_[0] = byte;
        held_ = 1;
        return std::nullopt;
    }
    if ((byte & plain_mask) != 0) { // none of a printer's
        held_ = 0;
        return std::nullopt;
    }
    if (held_ == 0) {
        made.what = told::kind::processed;
        return made;
    }
    unasked_.at(held_++) = byte;
    if (held_ < unasked_.size()) return std::nullopt;
    held_ = 0;
    made.what = told::kind::unasked;
    made.all = unasked_;
    return made;
}

} // namespace cipherlane::drivers
