// The operators of a till and their shifts.
#include "cipherlane/key_input.hpp"
#include "cipherlane/payment_json.hpp"
#include "cipherlane/settings_input.hpp"
#include "cipherlane/till_verbs.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/till/clerk_book.hpp>
#include <cipherlane/till/errc.hpp>

#include <filesystem>
#include <sstream>

namespace cipherlane::cli::till_verbs {
namespace {

using json = nlohmann::ordered_json;

json to_json(const clerk& one) {
    json rights = json::array();
    for (const auto what : one.rights)
        rights.push_back(to_string(what));
    return {{"id", one.id}, {"name", printable_text(one.name)}, {"rights", std::move(rights)}};
}

void say_all(const teller& by, const clerk_book& all) {
    json rows = json::array();
    std::string text;
    for (const auto& one : all.clerks()) {
        rows.push_back(to_json(one));
        text += one.id + "  " + printable_text(one.name) + "  " + words_of(one.rights) + "\n";
    }
    const auto count = rows.size();
    by.say({{"clerks", std::move(rows)}}, text + std::to_string(count) + " operator(s)", ending::done);
}

std::vector<right> read_rights(const teller& by, const std::vector<std::string>& words) {
    std::vector<right> made;
    for (const auto& word : words) {
        const auto found = find_right(word);
        if (!found) {
            by.fail(error(till_errc::bad_setting, layer::tools)
                        .during("clerks")
                        .in_field("rights")
                        .with_hint("expected of sell, void, refund, decide, settle, review"));
        }
        made.push_back(*found);
    }
    return made;
}

std::string to_text(const shift_report& one, const currency& unit) {
    std::ostringstream text;
    text << "terminal " << one.terminal_id << ", operator " << one.operator_id << " "
         << printable_text(one.operator_name) << ", shift " << one.number << "\n  from " << civil_stamp(one.opened)
         << " to " << (one.closed ? civil_stamp(*one.closed) : "now") << "\n";
    const auto side = [&](std::string_view name, const ports::batch_side& what) {
        text << "  " << name << ": " << what.count << ", " << amount(what.minor, unit).to_string() << "\n";
    };
    side("taken", one.totals.debit);
    side("given back", one.totals.credit);
    side("taken by QR order", one.totals.qr_debit);
    side("given back by QR order", one.totals.qr_credit);
    text << "  " << one.records << " record(s), " << one.undecided << " undecided\n";
    return text.str();
}

} // namespace

/// Whoever may write the file may say who is in it.
void clerks(const till_options& options) {
    const teller by("clerks", options);
    keep_secrets();
    const auto file = read_settings(options.settings).clerks.file;
    if (file.empty()) {
        by.fail(error(till_errc::missing_setting, layer::tools)
                    .during("clerks")
                    .in_field("clerks.file")
                    .with_hint("expected a file of operators in the settings"));
    }
    clerk_book all;
    std::error_code ignored;
    const bool there = std::filesystem::exists(file, ignored);
    if (there || options.put.empty()) all = by.need(clerk_book::load(file));
    if (!options.put.empty()) {
        const auto secret = read_secret_line("--secret", options.secret);
        const auto done = all.put(clerk{options.put, options.name, read_rights(by, options.rights)}, secret.expose());
        if (!done) by.fail(done.error());
    } else if (!options.remove.empty()) {
        if (!all.remove(options.remove)) {
            by.fail(error(till_errc::wrong_secret, layer::tools)
                        .during("clerks")
                        .in_field("remove")
                        .with_hint("no operator of this number"));
        }
    } else {
        return say_all(by, all);
    }
    if (const auto saved = all.save(file); !saved) by.fail(saved.error());
    say_all(by, all);
}

void shift(const till_options& options) {
    const teller by("shift", options);
    auto at = open_books(options, by);
    std::vector<shift_report> all;
    if (options.close) {
        all.push_back(by.need(at.close_shift(options.bounds())));
    } else {
        all = by.need(at.shifts(options.limit, options.bounds()));
    }
    json rows = json::array();
    std::string text;
    for (const auto& one : all) {
        rows.push_back(cli::to_json(one));
        text += to_text(one, at.terminal().unit);
    }
    by.say({{"shifts", std::move(rows)}}, text + std::to_string(all.size()) + " shift(s)", ending::done);
}

} // namespace cipherlane::cli::till_verbs
