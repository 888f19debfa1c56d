#include "cipherlane/tool_door.hpp"

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <array>
#include <iostream>

namespace cipherlane::cli {
namespace {

struct condition_row {
    condition is;
    std::string_view name;
    ending ends;
};

constexpr std::array rows{
    condition_row{condition::timed_out, "timed_out", ending::unreachable},
    condition_row{condition::cancelled, "cancelled", ending::refused},
    condition_row{condition::link_lost, "link_lost", ending::unreachable},
    condition_row{condition::bad_message, "bad_message", ending::unreachable},
    condition_row{condition::rejected_by_peer, "rejected_by_peer", ending::refused},
    condition_row{condition::misuse, "misuse", ending::wrong_use},
    condition_row{condition::outcome_unknown, "outcome_unknown", ending::unknown},
    condition_row{condition::unsupported, "unsupported", ending::wrong_use},
    condition_row{condition::local_fault, "local_fault", ending::own_fault},
};

const condition_row* row_of(const error& why) noexcept {
    for (const auto& row : rows) {
        if (why.is(row.is)) return &row;
    }
    return nullptr;
}

/// Bytes of a peer may be no UTF-8, which JSON wants.
std::string safe(std::string_view text) {
    std::string made(text);
    for (auto& c : made) {
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) c = '?';
    }
    return made;
}

} // namespace

ending ending_of(const error& why) noexcept {
    // What cannot be read here came from the user, not from a peer.
    const bool of_a_file = why.where() == layer::till || why.where() == layer::core;
    if (of_a_file && why.is(condition::bad_message)) return ending::wrong_use;
    const auto* row = row_of(why);
    return row == nullptr ? ending::own_fault : row->ends;
}

nlohmann::ordered_json to_json(const error& why) {
    const auto* row = row_of(why);
    nlohmann::ordered_json made{{"text", safe(why.to_string())}, {"condition", row == nullptr ? "?" : row->name},
        {"category", why.code().category().name()}, {"code", why.code().value()}, {"layer", to_string(why.where())}};
    const auto add = [&](const char* key, std::string_view value) {
        if (!value.empty()) made[key] = safe(value);
    };
    add("operation", why.operation());
    add("where", why.endpoint());
    add("field", why.field());
    add("peer_code", why.peer_code());
    add("hint", why.hint());
    if (why.offset()) made[why.counts_lines() ? "line" : "byte"] = *why.offset();
    if (why.trace()) made["trace"] = *why.trace();
    return made;
}

ending tell(std::string_view subcommand, const error& why, std::string_view advice, output_form form,
    std::optional<ending> wanted) {
    const auto ends = wanted.value_or(ending_of(why));
    if (form == output_form::json) {
        nlohmann::ordered_json made{{"error", to_json(why)}, {"exit", static_cast<int>(ends)}};
        if (!advice.empty()) made["error"]["advice"] = advice;
        std::cout << made.dump(2) << "\n";
    } else {
        std::cerr << "cipherlane " << subcommand << ": " << why;
        if (!advice.empty()) std::cerr << "; " << advice;
        std::cerr << "\n";
    }
    return ends;
}

void behind_door(std::string_view subcommand, output_form form, const std::function<void()>& work) {
    try {
        work();
    } catch (const tool_stop& stopped) {
        const auto ends = tell(subcommand, stopped.why(), stopped.advice(), form, stopped.ends());
        throw CLI::RuntimeError(static_cast<int>(ends));
    } catch (const tool_complaint& stopped) {
        const auto code = static_cast<int>(stopped.ends());
        if (form == output_form::json) {
            const nlohmann::ordered_json made{{"error", {{"text", safe(stopped.what())}}}, {"exit", code}};
            std::cout << made.dump(2) << "\n";
        } else {
            std::cerr << "cipherlane " << subcommand << ": " << stopped.what() << "\n";
        }
        throw CLI::RuntimeError(code);
    }
}

} // namespace cipherlane::cli
