#include "hsm-sim/westone/processor.hpp"

#include "hsm-sim/westone/commands.hpp"

namespace cipherlane::hsm_sim {
namespace {

const westone_row* row_of(byte_view code) {
    for (const auto group : {westone_key_commands(), westone_pin_commands(), westone_mac_commands(),
             westone_data_key_commands(), westone_data_commands()}) {
        for (const auto& row : group) {
            if (row.group == code[0] && row.number == code[1]) return &row;
        }
    }
    return nullptr;
}

void put_error(std::string& out, westone_error why) {
    out.push_back('E');
    out.push_back(static_cast<char>(why));
}

} // namespace

westone_processor::westone_processor(unit& of)
    : unit_(of)
    , lmks_(of.lmks()) {}

bool westone_processor::knows(std::string_view code) noexcept {
    return row_of(as_bytes(code)) != nullptr;
}

westone_processor::outcome westone_processor::answer_unknown(std::string_view stream, std::string& out) {
    put_error(out, westone_error::unknown_command);
    return {stream.size(), westone_error::unknown_command, true};
}

westone_processor::outcome westone_processor::answer(std::string_view stream, std::string& out) {
    if (lmks_->generation() != unit_.lmk_generation()) lmks_ = unit_.lmks();
    if (stream.size() < 2) return {};
    const auto* row = row_of(as_bytes(stream));
    if (row == nullptr) return answer_unknown(stream, out);
    const std::size_t start = out.size();
    out.push_back('A');
    westone_exchange x(unit_, *lmks_, stream, out);
    row->run(x);
    if (x.incomplete()) {
        out.resize(start);
        return {};
    }
    if (x.failed()) {
        out.resize(start);
        put_error(out, x.error());
    }
    return {x.hang_up() ? stream.size() : x.consumed(), x.error(), x.hang_up()};
}

} // namespace cipherlane::hsm_sim
