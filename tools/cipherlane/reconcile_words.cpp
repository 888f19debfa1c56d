#include "cipherlane/reconcile_words.hpp"

#include <cipherlane/clearing/payout_book.hpp>
#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/csv_cell.hpp>
#include <cipherlane/core/printable_text.hpp>

#include <nlohmann/json.hpp>

namespace cipherlane::cli {
namespace {

using reconcile::difference;
using json = nlohmann::ordered_json;

std::string_view word(reconcile::direction way) {
    return way == reconcile::direction::payment ? "payment" : "given back";
}
std::string_view word(reconcile::standing stands) {
    switch (stands) {
    case reconcile::standing::moved: return "moved";
    case reconcile::standing::undecided: return "undecided";
    case reconcile::standing::not_moved: return "not moved";
    }
    return "?";
}

std::string side_text(std::string_view who, const reconcile::side& one, const currency& unit) {
    std::string text(who);
    return text.append(std::to_string(one.place))
        .append(" ")
        .append(amount(one.minor, one.unit).to_string())
        .append(one.unit == unit ? " " : " " + std::string(letters_of(one.unit)) + " ")
        .append(word(one.stands))
        .append(" ")
        .append(reconcile::moment_text(one.moment));
}

json side_json(const std::optional<reconcile::side>& one) {
    if (!one) return nullptr;
    json made{{"place", one->place}, {"minor", one->minor}, {"currency", one->unit.number},
        {"status", word(one->stands)}, {"time", reconcile::moment_text(one->moment)}};
    made["fee"] = one->fee ? json(*one->fee) : json(nullptr);
    return made;
}

json side_json(const reconcile::side_total& sum) {
    return {{"payments", sum.payments}, {"paid", sum.paid_minor}, {"given_back_count", sum.give_backs},
        {"given_back", sum.given_back_minor}};
}

std::string side_text(std::string_view who, const reconcile::side_total& sum, const currency& unit) {
    std::string text(who);
    return text.append(std::to_string(sum.payments))
        .append(" payment(s) ")
        .append(amount(sum.paid_minor, unit).to_string())
        .append(", ")
        .append(std::to_string(sum.give_backs))
        .append(" given back ")
        .append(amount(sum.given_back_minor, unit).to_string())
        .append("\n");
}

} // namespace

std::string to_text(const difference& what, const currency& unit) {
    std::string text(reconcile::to_string(what.kind));
    text.append(": ").append(word(what.way)).append(" ").append(printable_text(what.key));
    if (what.ours) text.append("; ").append(side_text("ours, record ", *what.ours, unit));
    if (what.theirs) text.append("; ").append(side_text("theirs, line ", *what.theirs, unit));
    if (what.kind == reconcile::difference_kind::fee) {
        text.append(", fee ").append(clearing::signed_text(what.theirs->fee.value_or(0), unit));
        text.append(", agreed ").append(clearing::signed_text(what.agreed_fee, unit));
    }
    return text.append("\n    ").append(reconcile::to_string(what.action)).append("\n");
}

std::string to_text(const reconcile::comparison_summary& sums, const currency& unit) {
    std::string text = "days " + reconcile::day_text(sums.first_day) + " to " + reconcile::day_text(sums.last_day) +
                       ", " + std::to_string(sums.matched) + " row(s) matched\n";
    text += side_text("ours:   ", sums.ours, unit);
    text += side_text("theirs: ", sums.theirs, unit);
    for (std::size_t i = 0; i < reconcile::difference_kinds; ++i) {
        if (sums.found[i] == 0) continue;
        text.append(reconcile::to_string(static_cast<reconcile::difference_kind>(i)));
        text.append(" ").append(std::to_string(sums.found[i])).append("\n");
    }
    return text + std::to_string(sums.to_do()) + " difference(s) to look at\n";
}

json to_json(const difference& what) {
    json made{{"kind", reconcile::to_string(what.kind)}, {"way", word(what.way)}, {"key", printable_text(what.key)},
        {"ours", side_json(what.ours)}, {"theirs", side_json(what.theirs)},
        {"action", reconcile::name_of(what.action)}, {"todo", reconcile::to_string(what.action)}};
    if (what.kind == reconcile::difference_kind::fee) made["agreed_fee"] = what.agreed_fee;
    return made;
}

json to_json(const reconcile::comparison_summary& sums) {
    json made{{"first_day", reconcile::day_text(sums.first_day)}, {"last_day", reconcile::day_text(sums.last_day)},
        {"matched", sums.matched}, {"ours", side_json(sums.ours)}, {"theirs", side_json(sums.theirs)},
        {"fees", sums.fees_minor}};
    for (std::size_t i = 0; i < reconcile::difference_kinds; ++i) {
        const std::string name(reconcile::to_string(static_cast<reconcile::difference_kind>(i)));
        made["differences"][name] = sums.found[i];
    }
    made["to_do"] = sums.to_do();
    return made;
}

std::string difference_names() {
    return "kind,way,key,record,ours,ours_status,ours_time,line,theirs,theirs_status,theirs_time,fee,action,todo,"
           "ours_currency,theirs_currency\r\n";
}

std::string to_csv(const difference& what) {
    std::string line(reconcile::to_string(what.kind));
    line.append(",").append(word(what.way)).append(",").append(csv_cell(printable_text(what.key)));
    for (const auto* one : {&what.ours, &what.theirs}) {
        if (!*one) {
            line += ",,,,";
            continue;
        }
        line.append(",").append(std::to_string((*one)->place)).append(",").append(std::to_string((*one)->minor));
        line.append(",").append(word((*one)->stands)).append(",").append(reconcile::moment_text((*one)->moment));
    }
    const bool has_fee = what.theirs && what.theirs->fee;
    line.append(",").append(has_fee ? std::to_string(*what.theirs->fee) : "");
    line.append(",").append(reconcile::name_of(what.action));
    line.append(",").append(csv_cell(std::string(reconcile::to_string(what.action))));
    for (const auto* one : {&what.ours, &what.theirs})
        line.append(",").append(*one ? std::to_string((*one)->unit.number) : "");
    return line.append("\r\n");
}

} // namespace cipherlane::cli
