#include "dialect/bound_fields.hpp"
#include "dialect/layout_parser.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

std::int16_t place_of(const layout& in, field_name name) {
    const auto* found = find_field(in, name);
    return found == nullptr ? std::int16_t{-1} : static_cast<std::int16_t>(found - in.data());
}

/// `request` is null for the request itself.
void link_layout(const profile& dialect, layout& fields, const layout* request) {
    for (auto& item : fields) {
        const auto subject = item.kind == field_kind::group ? item.subject : item.counts;
        item.place = subject == field_name() ? std::int16_t{-1} : place_of(fields, subject);
        item.sizes.clear();
        for (const auto name : item.sized_by) {
            size_link made;
            made.name = name;
            made.own = place_of(fields, name);
            made.request = request == nullptr ? std::int16_t{-1} : place_of(*request, name);
            const auto& by = made.own >= 0 ? fields[static_cast<std::size_t>(made.own)]
                                           : (*request)[static_cast<std::size_t>(made.request)];
            made.is_key = by.kind == field_kind::key;
            const auto* asks = dialect.code(by.domain, item.kind == field_kind::digits ? "plus" : "iso4");
            if (!made.is_key && asks != nullptr) {
                if (auto code = parse_field_value(by, *asks)) made.wide = *std::move(code);
            }
            item.sizes.push_back(std::move(made));
        }
    }
}

/// Whether `decode_flat` can read the answer.
void measure_answer(const profile& dialect, command_spec& command) {
    command.flat_size = 0;
    command.flat_answer = !dialect.lower_case_hex;
    for (const auto& field : command.answer) {
        const bool plain = field.kind == field_kind::digits || field.kind == field_kind::text ||
                           field.kind == field_kind::binary || field.kind == field_kind::hex;
        if (!plain || field.rule != length_rule::fixed) command.flat_answer = false;
        command.flat_size += field.least;
    }
}

void note_first_bindings(profile& dialect) {
    const auto& all = dialect.bindings;
    dialect.first_binding.fill(static_cast<std::uint16_t>(all.size()));
    for (auto i = all.size(); i-- > 0;) {
        dialect.first_binding[static_cast<std::size_t>(all[i].what)] = static_cast<std::uint16_t>(i);
    }
}

} // namespace

void profile::link() {
    for (auto& command : commands) {
        link_layout(*this, command.request, nullptr);
        for (auto* fields : {&command.answer, &command.second_answer, &command.diagnostic}) {
            link_layout(*this, *fields, &command.request);
        }
        for (auto& [field, record] : command.records) {
            link_layout(*this, record, &command.request);
        }
        measure_answer(*this, command);
    }
    note_first_bindings(*this);
    // Those of one operation stand together: who has edited a copy need not have seen to it.
    std::stable_sort(bindings.begin(), bindings.end(), [first = first_binding](const auto& one, const auto& other) {
        return first[static_cast<std::size_t>(one.what)] < first[static_cast<std::size_t>(other.what)];
    });
    note_first_bindings(*this);
    for (auto& each : bindings) {
        each.fields = std::make_shared<const bound_fields>(*this, each);
    }
}

} // namespace cipherlane::hsm
