#include "hsm-sim/racal/processor.hpp"

#include <cassert>

namespace cipherlane::hsm_sim {
namespace {

/// The answer's code: the second character's successor.
char successor(char c) noexcept {
    return c == 'Z' ? 'A' : static_cast<char>(c + 1);
}

void put_status(std::string& out, std::size_t at, status value) {
    out[at] = value.first;
    out[at + 1] = value.second;
}

} // namespace

command_table::command_table(family dialect)
    : dialect_(dialect) {
    for (const auto group :
        {unit_commands(), monitoring_commands(), asymmetric_commands(), key_commands(), key_exchange_commands(),
            pin_commands(), pin_verification_commands(), mac_commands(), card_commands(), dukpt_commands(),
            data_commands(), emv_commands(), key_block_commands(), chinese_commands(), sm2_commands()}) {
        for (const auto& row : group) {
            if ((row.families & static_cast<std::uint8_t>(dialect)) == 0) continue;
            auto& slot = rows_[(static_cast<std::size_t>(row.code[0]) - least) * span +
                               (static_cast<std::size_t>(row.code[1]) - least)];
            assert(slot == nullptr);
            slot = &row;
            ++count_;
        }
    }
}

const command_row* command_table::find(std::string_view code) const noexcept {
    const auto first = static_cast<std::size_t>(static_cast<unsigned char>(code[0])) - least;
    const auto second = static_cast<std::size_t>(static_cast<unsigned char>(code[1])) - least;
    return first < span && second < span ? rows_[first * span + second] : nullptr;
}

racal_processor::racal_processor(unit& of)
    : racal_processor(of, of.settings().dialect) {}

racal_processor::racal_processor(unit& of, family builtin)
    : unit_(of)
    , table_(builtin)
    , lmks_(of.lmks()) {}

void racal_processor::refresh_keys() {
    if (lmks_->generation() != unit_.lmk_generation()) lmks_ = unit_.lmks();
}

processed racal_processor::answer(std::string_view request, std::string& out) {
    refresh_keys();
    if (request.size() < 2) {
        // Nothing to answer with but the code of a command that is none.
        out.append("ZZ15");
        return {{}, code::input_data};
    }
    const auto name = request.substr(0, 2);
    const command_row* row = table_.find(name);
    return row == nullptr ? answer_unknown(name, out) : run(*row, request.substr(2), out);
}

processed racal_processor::answer_unknown(std::string_view name, std::string& out) const {
    const bool payshield = (static_cast<std::uint8_t>(unit_.settings().dialect) & payshields) != 0;
    const status why = payshield ? code::not_licensed : code::unknown_command_cn;
    out.push_back(name[0]);
    out.push_back(successor(name[1]));
    out.append({why.first, why.second});
    return {name, why};
}

processed racal_processor::run(const command_row& row, std::string_view body, std::string& out) {
    const std::size_t start = out.size();
    out.push_back(row.code[0]);
    out.push_back(successor(row.code[1]));
    out.append("00");
    const std::size_t body_at = out.size();
    if (row.needs_authorised && !unit_.authorised()) {
        put_status(out, start + 2, code::not_authorised);
        return {row.code, code::not_authorised};
    }
    const auto length = unit_.settings().zmk;
    command first(unit_, *lmks_, body, length == zmk_length::single_length ? 16 : 32, out);
    first.found_in(table_.dialect());
    row.run(first);
    const command* ended = &first;
    command second(unit_, *lmks_, body, 16, out);
    second.found_in(table_.dialect());
    if (first.failed() && length == zmk_length::by_fit) {
        // The other length of an untagged ZMK, taken only where the request fits it whole. The body of a refusal is
        // a diagnostic and begins where the answer does.
        const std::size_t diagnostic = out.size();
        row.run(second);
        if (!second.failed()) {
            out.erase(body_at, diagnostic - body_at);
            ended = &second;
        } else {
            out.resize(diagnostic);
        }
    }
    const status verdict = ended->verdict();
    put_status(out, start + 2, verdict);
    if (!ended->has_body()) out.resize(body_at);
    if (!ended->trailer().empty()) {
        out.push_back('\x19');
        out.append(ended->trailer());
    }
    if (ended->failed() || ended->second_answer().empty()) return {row.code, verdict};
    const std::size_t second_at = out.size();
    out.append(ended->second_answer());
    out.append("00");
    return {row.code, verdict, second_at};
}

} // namespace cipherlane::hsm_sim
