#pragma once

#include "support/whole_file.hpp"

#include <cipherlane/reconcile/statement_reader.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace cipherlane::tests {

/// A statement of this folder, as it stands on the disk.
inline std::string statement_file(const std::string& name) {
    return whole_file(source_folder() / "tests/unit/reconcile/statements" / name);
}

struct read_statement {
    std::vector<reconcile::entry> rows;
    error fault;
    bool whole = false;
};

/// All rows of a text, or the first fault.
inline read_statement read_all(
    const std::string& text, const reconcile::statement_form& form, std::optional<std::int64_t> day = std::nullopt) {
    std::istringstream in(text);
    reconcile::statement_reader reader(in, form, "bill.csv", day);
    read_statement all;
    for (;;) {
        auto next = reader.next();
        if (!next) {
            all.fault = next.error();
            return all;
        }
        if (!*next) break;
        all.rows.push_back(**std::move(next));
    }
    all.whole = true;
    return all;
}

inline reconcile::statement_form shipped(std::string_view name) {
    return reconcile::find_statement_form(name).value();
}

} // namespace cipherlane::tests
