#include "../../description/description_loader.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/nearest_word.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_description.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_frame.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

using value = mispos_value;
using form = mispos_form;
using trade = mispos_trade;

constexpr std::array<std::string_view, mispos_values> value_words{"kind", "trade", "number", "amount", "original",
    "till", "cashier", "payload", "code", "receipt", "trace", "batch", "reference", "authorization", "date", "time",
    "terminal_id", "card_number", "card_name", "text"};
constexpr std::array<std::string_view, mispos_trades> trade_words{
    "sale", "void", "refund", "pre_auth", "pre_auth_void", "completion", "settle", "last", "status", "print_again"};

/// What a request may carry, in the order in which it goes out.
constexpr std::array requested{value::kind, value::trade, value::amount, value::number, value::original, value::till,
    value::cashier, value::payload};

bool may_be_asked(value what) {
    return std::find(requested.begin(), requested.end(), what) != requested.end();
}

bool may_be_told(value what) {
    return what != value::kind && what != value::till && what != value::cashier && what != value::original;
}

/// "DF03 n12", "DF46 a10", "DF2C a", "DF03 money", "DF06 raw", "DF06 block".
std::optional<mispos_field> parse_field(std::string_view text) {
    constexpr std::size_t tag_digits = 4;
    if (text.size() < tag_digits + 2 || text[tag_digits] != ' ') return std::nullopt;
    const auto tag = from_hex(text.substr(0, tag_digits));
    if (!tag) return std::nullopt;
    mispos_field made;
    made.tag = load_be16(tag->data());
    const auto how = text.substr(tag_digits + 1);
    if (how == "money") made.form = form::money;
    if (how == "raw") made.form = form::raw;
    if (how == "block") made.form = form::block;
    if (how == "money" || how == "raw" || how == "block") return made;
    const auto size = how.substr(1);
    if ((how[0] != 'n' && how[0] != 'a') || !all_digits(size) || size.size() > 3) return std::nullopt;
    made.form = how[0] == 'n' ? form::digits : form::text;
    if (!size.empty()) made.size = static_cast<std::size_t>(std::stoul(std::string(size)));
    if (made.form == form::digits && made.size % 2 != 0) return std::nullopt;
    return made;
}

class mispos_loader {
  public:
    mispos_loader(const toml_value& root, std::string_view source)
        : root_(root)
        , report_(description_faults(), source) {}

    result<mispos_description> load() {
        toml_reader top(root_, "", report_);
        read_names(top, made_.name, made_.title);
        read_link(top);
        read_fields(top, "request", made_.request, may_be_asked);
        read_fields(top, "told", made_.told, may_be_told);
        read_values(top);
        made_.constants = read_constants(top);
        read_trades(top);
        check(top);
        top.finish();
        CIPHERLANE_CHECK(report_.outcome());
        return std::move(made_);
    }

  private:
    void read_link(toml_reader& top) {
        auto frame = top.section("frame");
        frame.number("largest", made_.largest, 16, mispos_largest);
        frame.number("repeats", made_.repeats, 0, 9);
        constexpr std::int64_t longest_time = 3'600'000;
        frame.span("acknowledge_ms", made_.acknowledge, 1, longest_time);
        frame.span("inter_byte_ms", made_.inter_byte, 1, longest_time);
        frame.span("answer_ms", made_.answer, 1, longest_time);
        frame.span("result_ms", made_.result, 1, longest_time);
        frame.span("stopping_ms", made_.stopping, 1, longest_time);
        frame.span("rest_ms", made_.rest, 1, longest_time);
        frame.span("longest_ms", made_.longest, 1, longest_time);
        using cancelling = mispos_description::cancelling;
        frame.choice("cancel", made_.cancel, {{"none", cancelling::none}, {"eot", cancelling::eot}});
        frame.finish();
        auto kinds = top.section("kinds");
        kinds.text("request", made_.request_kind);
        kinds.text("result", made_.result_kind);
        kinds.text("host", made_.host_kind);
        kinds.finish();
    }

    void read_fields(
        toml_reader& top, std::string_view section, mispos_description::fields& into, bool (*allowed)(value)) {
        auto in = top.section(section);
        for (std::size_t at = 0; at < mispos_values; ++at) {
            if (!allowed(static_cast<value>(at))) continue;
            std::string text;
            in.text(value_words[at], text);
            if (text.empty()) continue;
            into[at] = parse_field(text);
            if (!into[at])
                in.fail(value_words[at], "expected a tag and a form: \"DF03 n12\", a10, a, money, raw or block");
        }
        in.finish();
    }

    void read_values(toml_reader& top) {
        auto values = top.section("values");
        values.text("till", made_.till);
        values.text("cashier", made_.cashier);
        values.finish();
        auto codes = top.section("codes");
        codes.texts("approved", made_.approved);
        codes.texts("doubtful", made_.doubtful);
        codes.texts("busy", made_.busy);
        codes.texts("nothing", made_.nothing);
        if (made_.approved.empty()) codes.fail("approved", "at least one code");
        const auto apart = [&](std::string_view name, const std::vector<std::string>& from, const auto& in,
                               const char* which) {
            for (const auto& code : from) {
                if (std::ranges::find(in, code) != in.end())
                    codes.fail(name, "\"" + code + "\" is " + which + ", too");
            }
        };
        apart("doubtful", made_.doubtful, made_.approved, "approved");
        apart("busy", made_.busy, made_.approved, "approved");
        apart("busy", made_.busy, made_.doubtful, "doubtful");
        codes.finish();
    }

    /// `DF08 = "5555"`: the keys are tags.
    mispos_constants read_constants(toml_reader& in) {
        mispos_constants made;
        const auto* table = in.table("constants");
        if (table == nullptr) return made;
        for (const auto& item : table->items()) {
            const auto path = "constants." + item.key();
            const auto tag = from_hex(item.key());
            const auto data = item.text() != nullptr ? from_hex(*item.text()) : result<bytes>(bytes());
            if (!tag || tag->size() != 2 || item.text() == nullptr || !data) {
                in.fail(path, "expected a tag of four hex digits and bytes in hex");
                continue;
            }
            made.emplace_back(load_be16(tag->data()), *data);
        }
        return made;
    }

    void read_trades(toml_reader& top) {
        const auto* all = top.table("trade");
        if (all == nullptr) return top.need("trade");
        for (const auto& item : all->items()) {
            const auto path = "trade." + item.key();
            const auto* const found = std::ranges::find(trade_words, item.key());
            if (found == trade_words.end()) {
                const auto near = nearest_word(item.key(), trade_words);
                top.fail(path, near.empty() ? "unknown" : "unknown; did you mean \"" + std::string(near) + "\"?");
                continue;
            }
            toml_reader in(item, path, report_);
            mispos_description::trade made;
            in.text("code", made.code);
            in.need("code");
            made.constants = read_constants(in);
            const auto& place = made_.asked(value::trade);
            if (place && (!all_digits(made.code) || made.code.size() != place->size))
                in.fail("code", "expected " + std::to_string(place->size) + " digits");
            in.finish();
            made_.trades[static_cast<std::size_t>(found - trade_words.begin())] = std::move(made);
        }
    }

    /// A field of a request that is needed, and its form.
    void need(toml_reader& top, value what, form how, bool fixed) {
        const auto& place = made_.asked(what);
        const auto path = "request." + std::string(to_string(what));
        if (!place) return top.fail(path, "missing");
        if (place->form != how || (fixed && place->size == 0))
            top.fail(path, how == form::digits ? "expected packed digits of a fixed size" : "expected raw");
    }

    void check(toml_reader& top) {
        need(top, value::kind, form::digits, true);
        need(top, value::trade, form::digits, true);
        need(top, value::number, form::digits, true);
        need(top, value::amount, form::digits, true);
        if (const auto& kind = made_.asked(value::kind)) {
            for (const auto* word : {&made_.request_kind, &made_.result_kind}) {
                if (!all_digits(*word) || word->size() != kind->size)
                    top.fail("kinds", "digits, as request.kind has");
            }
            if (!made_.host_kind.empty() && (!all_digits(made_.host_kind) || made_.host_kind.size() != kind->size))
                top.fail("kinds.host", "digits, as request.kind has");
        }
        if (!made_.host_kind.empty()) need(top, value::payload, form::raw, false);
        const auto& number = made_.asked(value::number);
        if (number && (number->size < 2 || number->size > 18)) top.fail("request.number", "2 to 18 digits");
        auto& echoed = made_.told[static_cast<std::size_t>(value::number)];
        if (!echoed) echoed = made_.asked(value::number);
        const auto& code = made_.told[static_cast<std::size_t>(value::code)];
        const auto& payload = made_.told[static_cast<std::size_t>(value::payload)];
        if (!code && !(payload && payload->form == form::block)) top.fail("told.code", "missing");
        for (const auto what : {trade::sale_void, trade::pre_auth_void, trade::completion}) {
            if (made_.of(what)) need(top, value::original, form::digits, true);
        }
        if (!made_.of(trade::sale)) top.fail("trade.sale", "missing");
    }

    const toml_value& root_;
    toml_report report_;
    mispos_description made_;
};

} // namespace

std::string_view to_string(mispos_value what) noexcept {
    return value_words[static_cast<std::size_t>(what)];
}

std::string_view to_string(mispos_trade what) noexcept {
    return trade_words[static_cast<std::size_t>(what)];
}

mispos_trade mispos_trade_of(ports::terminal_verb verb) noexcept {
    using ports::terminal_verb;
    switch (verb) {
    case terminal_verb::authorise: return trade::sale;
    case terminal_verb::void_payment: return trade::sale_void;
    case terminal_verb::refund: return trade::refund;
    case terminal_verb::pre_authorise: return trade::pre_auth;
    case terminal_verb::void_pre_authorisation: return trade::pre_auth_void;
    case terminal_verb::complete: return trade::completion;
    }
    return trade::sale;
}

ports::terminal_capabilities mispos_description::can() const {
    const auto has = [&](mispos_trade what) { return of(what).has_value(); };
    ports::terminal_capabilities made;
    made.void_payment = has(mispos_trade::sale_void);
    made.refund = has(mispos_trade::refund);
    made.pre_authorise = has(mispos_trade::pre_auth);
    made.void_pre_authorisation = has(mispos_trade::pre_auth_void);
    made.complete = has(mispos_trade::completion);
    made.settle = has(mispos_trade::settle);
    made.print_again = has(mispos_trade::print_again);
    made.tells_last = has(mispos_trade::last);
    made.last_amount = has(mispos_trade::last) && told[static_cast<std::size_t>(value::amount)].has_value();
    made.aborts = cancel != cancelling::none;
    made.passes_through = !host_kind.empty();
    return made;
}

result<mispos_description> parse_mispos_description(std::string_view text, std::string_view source) {
    CIPHERLANE_TRY(const auto root, parse_toml(text, description_faults(), source));
    return mispos_loader(root, source).load();
}

result<mispos_description> load_mispos_description(const std::string& file) {
    CIPHERLANE_TRY(const auto root, load_toml(file, description_faults()));
    return mispos_loader(root, file).load();
}

} // namespace cipherlane::drivers
