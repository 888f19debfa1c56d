// What each merchant is paid for each day of a till's journal, by the agreed fees: as text, CSV, JSON and PDF.
#include "cipherlane/calendar_option.hpp"
#include "cipherlane/commands.hpp"
#include "cipherlane/tool_door.hpp"
#include "cipherlane/value_or_stop.hpp"

#include <cipherlane/clearing/largest_remainder.hpp>
#include <cipherlane/clearing/payout_book.hpp>
#include <cipherlane/clearing/statement_document.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/store/journal_check.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <limits>
#include <map>
#include <unordered_map>

namespace cipherlane::cli {
namespace {

using namespace cipherlane::clearing;

struct statement_options {
    std::string journal;
    std::string fees;
    std::string calendar;
    std::string category;
    std::vector<std::string> categories;
    std::vector<std::string> shares;
    std::string merchant;
    std::string from;
    std::string to;
    std::string pdf;
    document_settings print;
    unsigned days = 1;
    std::uint16_t currency = cny.number;
    output_form output = output_form::text;
    bool as_csv = false; ///< flags of the command line
    bool items = false;
};

std::int64_t day_or_stop(std::string_view name, const std::string& text, std::int64_t otherwise) {
    if (text.empty()) return otherwise;
    if (const auto day = reconcile::parse_day(text)) return *day;
    throw tool_complaint(ending::wrong_use, std::string(name) + ": found \"" + text + "\", expected YYYYMMDD");
}

std::pair<std::string, std::string> pair_or_stop(std::string_view name, const std::string& text) {
    const auto at = text.rfind('=');
    if (at != std::string::npos && at != 0 && at + 1 != text.size()) return {text.substr(0, at), text.substr(at + 1)};
    throw tool_complaint(ending::wrong_use, std::string(name) + ": found \"" + text + "\", expected NAME=VALUE");
}

std::vector<share> shares_or_stop(const std::vector<std::string>& all) {
    std::vector<share> made;
    for (const auto& one : all) {
        const auto [party, text] = pair_or_stop("--share", one);
        std::uint32_t weight = 0;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), weight);
        if (fault != std::errc() || end != text.data() + text.size() || weight > most_weight) {
            throw tool_complaint(ending::wrong_use,
                "--share: found \"" + one + "\", expected a weight of at most " + std::to_string(most_weight));
        }
        made.push_back({party, weight});
    }
    return made;
}

/// What a journal comes to.
struct statements {
    std::vector<merchant_day> days;
    std::map<std::pair<std::int64_t, std::string>, std::vector<statement_entry>> lines; ///< where they are printed
    std::string items;           ///< as CSV, where that is asked for
    std::uint64_t undecided = 0; ///< of these days: in no sum
    bool whole = true;           ///< no record is damaged; nothing in one that is would be certain
};

/// Reads a journal from its beginning, so that a refund's payment is known whatever days are asked for.
class statement_reading {
  public:
    explicit statement_reading(const statement_options& options)
        : options_(options)
        , fees_(value_or_stop(
              fee_schedule::load(options.fees), "docs/29-clearing.md says how fees are written", ending::wrong_use))
        , calendar_(calendar_or_weekends(options.calendar))
        , shares_(shares_or_stop(options.shares))
        , from_(day_or_stop("--from", options.from, std::numeric_limits<std::int64_t>::min()))
        , to_(day_or_stop("--to", options.to, std::numeric_limits<std::int64_t>::max())) {
        for (const auto& one : options.categories)
            categories_.insert(pair_or_stop("--category", one));
    }

    statements read() {
        payout_book books(fees_, calendar_, options_.days, unit());
        auto reader = value_or_stop(
            store::journal_reader::open(options_.journal), "name the journal's database", ending::wrong_use);
        while (const auto found =
                   value_or_stop(reader.next(), "cipherlane journal check says more", ending::wrong_use)) {
            made_.whole = made_.whole && found->intact;
            if (found->intact) take(found->record, books);
        }
        made_.whole = made_.whole && reader.lost().empty();
        made_.days = value_or_stop(books.finish(), "the calendar ends before a pay day", ending::wrong_use);
        return std::move(made_);
    }

  private:
    [[nodiscard]] currency unit() const {
        const auto known = find_currency(options_.currency);
        if (known) return *known;
        throw tool_complaint(
            ending::wrong_use, "--currency: found " + std::to_string(options_.currency) + ", not a known currency");
    }
    [[nodiscard]] std::string_view category_of(const std::string& merchant) const {
        const auto own = categories_.find(merchant);
        return own == categories_.end() ? options_.category : own->second;
    }
    /// The payment that a refund is of, with what was given back of it before this one.
    std::optional<payment_given_back> payment_of(const ports::journal_record& record, const clearing_item& item) {
        if (item.way == reconcile::direction::payment) {
            payments_.emplace(record.id, payment_given_back{item.minor, 0});
            return std::nullopt;
        }
        const auto found = payments_.find(record.original);
        if (found == payments_.end()) return std::nullopt;
        const auto of = found->second;
        found->second.before += item.minor;
        return of;
    }
    void take(const ports::journal_record& record, payout_book& books) {
        if (!options_.merchant.empty() && record.merchant_id != options_.merchant) return;
        const auto entry = reconcile::own_entry(record, {});
        if (!entry || entry->unit != unit()) return;
        const auto day = reconcile::day_of(entry->moment);
        const bool asked = day >= from_ && day <= to_;
        if (asked && entry->stands == reconcile::standing::undecided) ++made_.undecided;
        auto item = item_of(record, category_of(record.merchant_id));
        if (!item) return;
        item->of = payment_of(record, *item);
        if (!asked) return;
        item->shares = shares_;
        const auto what = value_or_stop(
            books.add(*item), "--mcc and --category say of which category a merchant is", ending::wrong_use);
        if (options_.items) made_.items += to_csv(*item, what);
        if (options_.pdf.empty()) return;
        made_.lines[{item->day, item->merchant}].push_back({record.id, entry->moment, record.kind, item->way,
            record.order_number.empty() ? record.reference : record.order_number, what.gross, what.fee, what.net});
    }

    const statement_options& options_;
    fee_schedule fees_;
    business_calendar calendar_;
    std::vector<share> shares_;
    std::map<std::string, std::string> categories_;
    std::int64_t from_;
    std::int64_t to_;
    std::unordered_map<std::uint64_t, payment_given_back> payments_;
    statements made_;
};

void print(const statement_options& options, statements& all) {
    constexpr std::string_view advice = "--font names the file of a font with the letters that are needed";
    auto paper = value_or_stop(statement_document::create(options.pdf, options.print), advice);
    for (const auto& day : all.days) {
        auto& lines = all.lines[{day.day, day.merchant}];
        std::stable_sort(lines.begin(), lines.end(),
            [](const statement_entry& one, const statement_entry& other) { return one.moment < other.moment; });
        paper.begin(day);
        for (const auto& line : lines)
            paper.add(line);
        check_or_stop(paper.end());
    }
    check_or_stop(paper.finish());
}

std::string text_row(const std::string& what, const std::string& count, const std::string& sum) {
    std::string line(120, ' ');
    const int size = std::snprintf(line.data(), line.size(), "  %-24s %10s %18s\n", printable_text(what, 24).c_str(),
        count.c_str(), sum.c_str());
    line.resize(std::min(line.size(), static_cast<std::size_t>(std::max(size, 0))));
    return line;
}
std::string to_text(const merchant_day& day) {
    const auto money = [&](std::int64_t minor) { return signed_text(minor, day.unit); };
    auto text = printable_text(day.merchant) + ", " + reconcile::day_text(day.day) + ", paid out on " +
                reconcile::day_text(day.pay_day.time_since_epoch().count()) + "\n";
    text += text_row("payments", std::to_string(day.payments), money(day.gross));
    text += text_row("given back", std::to_string(day.give_backs), money(-day.refunds));
    text += text_row("fees", "", money(-day.fees));
    text += text_row("net", "", money(day.net));
    if (day.parties.size() < 2) return text;
    for (const auto& [party, part] : day.parties)
        text += text_row("  " + party, "", money(part));
    return text;
}

nlohmann::ordered_json to_json(const merchant_day& day) {
    auto parts = nlohmann::ordered_json::object();
    for (const auto& [party, part] : day.parties)
        parts[printable_text(party)] = part;
    return {{"merchant", printable_text(day.merchant)}, {"day", reconcile::day_text(day.day)},
        {"pay_day", reconcile::day_text(day.pay_day.time_since_epoch().count())}, {"currency", day.unit.number},
        {"payments", day.payments}, {"gross", day.gross}, {"given_back", day.give_backs}, {"refunds", day.refunds},
        {"fees", day.fees}, {"net", day.net}, {"parts", std::move(parts)}};
}

void tell_json(const statement_options& options, const statements& all) {
    nlohmann::ordered_json made{
        {"days", nlohmann::json::array()}, {"undecided", all.undecided}, {"journal_whole", all.whole}};
    for (const auto& day : all.days)
        made["days"].push_back(to_json(day));
    if (!options.pdf.empty()) made["pdf"] = options.pdf;
    std::cout << made.dump(2) << "\n";
}

void make_statement(const statement_options& options) {
    auto all = statement_reading(options).read();
    if (!options.pdf.empty()) print(options, all);
    if (options.output == output_form::json) {
        tell_json(options, all);
    } else if (options.items) {
        std::cout << item_names() << all.items;
    } else if (options.as_csv) {
        std::cout << day_names();
        for (const auto& day : all.days)
            std::cout << to_csv(day);
    } else {
        for (const auto& day : all.days)
            std::cout << to_text(day);
        if (all.days.empty()) std::cout << "no payments\n";
    }
    std::cout << std::flush;
    if (all.undecided != 0) {
        std::cerr << "cipherlane statement: " << all.undecided
                  << " payment(s) of these days are not decided and in no sum: journal list --open\n";
    }
    if (all.whole) return;
    std::cerr << "cipherlane statement: some records of the journal are damaged and in no sum: journal check says "
                 "more\n";
    throw CLI::RuntimeError(static_cast<int>(ending::difference));
}

} // namespace

void add_statement_command(CLI::App& tool) {
    auto options = std::make_shared<statement_options>();
    auto* app =
        tool.add_subcommand("statement", "What each merchant is paid for each day of a till's journal, by the "
                                         "agreed fees: as text, CSV and PDF");
    app->add_option("journal", options->journal, "The journal's database; a till may be running")->required();
    app->add_option("--fees", options->fees, "The agreed fees (TOML)")->required();
    app->add_option("--calendar", options->calendar, "Working days and holidays (TOML); default: weekends");
    app->add_option("--days", options->days, "Paid out so many working days later (T+1: 1)")
        ->check(CLI::Range(0, 60));
    app->add_option("--mcc", options->category, "Category (MCC) of all merchants that --category does not name");
    app->add_option("--category", options->categories, "Category of one merchant: MERCHANT=MCC; more than once")
        ->allow_extra_args(false);
    app->add_option("--share", options->shares, "A party's part of every order: PARTY=WEIGHT; more than once")
        ->allow_extra_args(false);
    app->add_option("--merchant", options->merchant, "One merchant only");
    app->add_option("--currency", options->currency, "By its number of ISO 4217; default: 156, CNY");
    app->add_option("--from", options->from, "First day, YYYYMMDD");
    app->add_option("--to", options->to, "Last day");
    app->add_option("--pdf", options->pdf, "Print it into this file");
    app->add_option("--issuer", options->print.issuer, "Who pays out: printed above the title");
    app->add_option_function<std::string>(
           "--language",
           [options](const std::string& word) {
               options->print.speech = word == "english" ? language::english : language::chinese;
           },
           "Of the print: chinese (default) or english")
        ->check(CLI::IsMember({"chinese", "english"}));
    app->add_option("--font", options->print.font_file, "File of the font; default: WenQuanYi Zen Hei");
    auto* csv = app->add_flag("--csv", options->as_csv, "Merchants' days as CSV with a line of names");
    auto* items = app->add_flag("--items", options->items, "All payments as CSV with a line of names");
    add_json_flag(*app, options->output);
    csv->excludes("--json");
    items->excludes("--json")->excludes(csv);
    app->callback([options] { make_statement(*options); });
}

} // namespace cipherlane::cli
