#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/terminal_settings.hpp>

#include <toml++/toml.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace cipherlane::acquiring {
namespace {

error bad_setting(std::string_view path) {
    return error(acquiring_errc::bad_settings, layer::acquiring).during("settings").in_field(path);
}

/// Takes values out of a parsed file by path; remembers what was taken and the first thing that did not fit.
class settings_reader {
  public:
    explicit settings_reader(const toml::table& root)
        : root_(root) {}

    void text(std::string_view path, std::string& to) {
        if (const auto* node = find(path)) take(path, node->value_exact<std::string>(), to);
    }
    void character(std::string_view path, char& to) {
        std::string value(1, to);
        text(path, value);
        if (value.size() == 1) {
            to = value[0];
        } else {
            fail(path);
        }
    }
    void flag(std::string_view path, bool& to) {
        if (const auto* node = find(path)) take(path, node->value_exact<bool>(), to);
    }
    template <class Number>
    void number(std::string_view path, Number& to) {
        std::int64_t value = static_cast<std::int64_t>(to);
        if (const auto* node = find(path)) take(path, node->value_exact<std::int64_t>(), value);
        if (value < 0 || value > 0x7FFF'FFFF || value != static_cast<std::int64_t>(static_cast<Number>(value))) {
            return fail(path);
        }
        to = static_cast<Number>(value);
    }
    template <class Rep, class Period>
    void span(std::string_view path, std::chrono::duration<Rep, Period>& to) {
        std::int64_t value = to.count();
        number(path, value);
        to = std::chrono::duration<Rep, Period>(value);
    }
    template <class Enum>
    void choice(std::string_view path, Enum& to, const std::map<std::string, Enum>& words) {
        std::string word;
        text(path, word);
        if (word.empty()) return;
        const auto found = words.find(word);
        if (found == words.end()) return fail(path);
        to = found->second;
    }

    /// Also looks for what nobody has asked for.
    [[nodiscard]] result<void> finish() {
        for (const auto& [section, node] : root_) {
            const auto* table = node.as_table();
            if (table == nullptr) return bad_setting(std::string(section.str()));
            for (const auto& [key, value] : *table) {
                const auto path = std::string(section.str()) + "." + std::string(key.str());
                if (known_.count(path) == 0) return bad_setting(path);
            }
        }
        if (!failed_.empty()) return bad_setting(failed_);
        return {};
    }

  private:
    const toml::node* find(std::string_view path) {
        known_.emplace(path);
        const auto found = root_.at_path(path);
        return found ? found.node() : nullptr;
    }
    template <class Value>
    void take(std::string_view path, std::optional<Value> value, Value& to) {
        if (value) {
            to = *std::move(value);
        } else {
            fail(path);
        }
    }
    void fail(std::string_view path) {
        if (failed_.empty()) failed_ = path;
    }

    const toml::table& root_;
    std::set<std::string, std::less<>> known_;
    std::string failed_;
};

void read_terminal(settings_reader& from, terminal_settings& to) {
    from.text("terminal.id", to.terminal_id);
    from.text("terminal.merchant", to.merchant_id);
    from.text("terminal.name", to.merchant_name);
    from.text("terminal.operator", to.operator_id);
    from.text("terminal.serial", to.serial_number);
    from.character("terminal.reader", to.reader_capability);
    from.number("terminal.currency", to.unit.number);
    to.unit = find_currency(to.unit.number).value_or(to.unit);
    from.number("terminal.currency_decimals", to.unit.decimals);
    from.flag("terminal.queue", to.queue);
    from.choice("keys.algorithm", to.keys.algorithm, {{"tdes", key_algorithm::tdes}, {"sm4", key_algorithm::sm4}});
    from.number("keys.master_slot", to.keys.master_slot);
    from.text("keys.sign_in_code", to.keys.sign_in_code);
    from.flag("keys.sm4_mac_ascii", to.keys.sm4_mac_ascii);
    from.choice("sealer.kind", to.sealer,
        {{"software", sealer_kind::software}, {"pinpad", sealer_kind::pinpad},
            {"cipher-machine", sealer_kind::cipher_machine}});
}

void read_links(settings_reader& from, terminal_settings& to) {
    from.text("host.address", to.host.address);
    from.text("host.tpdu", to.host.tpdu);
    from.text("host.header", to.host.header);
    from.span("host.connect_timeout_ms", to.host.connect_timeout);
    from.span("host.response_time_ms", to.host.response_time);
    from.flag("host.keep_connection", to.host.keep_connection);
    from.text("gateway.address", to.gateway.address);
    from.flag("gateway.tls", to.gateway.tls);
    from.flag("gateway.plain_anywhere", to.gateway.plain_anywhere);
    from.text("gateway.ca_file", to.gateway.ca_file);
    from.text("gateway.notify_address", to.gateway.notify_address);
    from.text("gateway.public_key_file", to.gateway.public_key_file);
    from.span("gateway.code_valid_seconds", to.gateway.code_valid);
    from.span("gateway.poll_ms", to.gateway.poll);
    from.span("gateway.response_time_ms", to.gateway.response_time);
    from.text("pinpad.driver", to.pinpad.driver);
    from.text("pinpad.path", to.pinpad.path);
    from.text("display.driver", to.display.driver);
    from.text("display.path", to.display.path);
}

void read_rules(settings_reader& from, terminal_settings& to) {
    from.span("timers.card_ms", to.timers.card);
    from.span("timers.pin_ms", to.timers.pin);
    from.span("timers.device_ms", to.timers.device);
    from.span("timers.journal_ms", to.timers.journal);
    from.choice("reversal.when", to.reversal.when,
        {{"at-once", reversal_time::at_once}, {"before-next-trade", reversal_time::before_next_trade}});
    from.number("reversal.sends", to.reversal.sends);
    from.choice("reversal.unexpected_code", to.reversal.unexpected,
        {{"ends-it", unexpected_reversal_code::ends_it}, {"keeps-pending", unexpected_reversal_code::keeps_pending}});
    from.text("reversal.emv_tags", to.reversal.emv_tags);
    from.flag("settlement.end_when_balanced", to.settlement.end_when_balanced);
    from.number("settlement.erase_cards_after_days", to.settlement.erase_cards_after_days);
    from.choice(
        "wording.pinpad", to.wording.pinpad, {{"english", language::english}, {"chinese", language::chinese}});
    from.choice("wording.receipt", to.wording.receipt,
        {{"both", receipt_language::both}, {"english", receipt_language::english},
            {"chinese", receipt_language::chinese}});
    from.text("journal.file", to.journal.file);
    from.text("journal.key_file", to.journal.key_file);
}

/// Where in the text a line and column are.
std::size_t offset_of(std::string_view text, const toml::source_position& at) {
    std::size_t line = 1;
    std::size_t offset = 0;
    while (line < at.line && offset < text.size()) {
        if (text[offset++] == '\n') ++line;
    }
    return offset + at.column - 1;
}

} // namespace

result<terminal_settings> parse_terminal(std::string_view text) {
    toml::table root;
    try {
        root = toml::parse(text);
    } catch (const toml::parse_error& why) {
        return error(acquiring_errc::no_file, layer::acquiring)
            .during("settings")
            .at_offset(offset_of(text, why.source().begin));
    }
    terminal_settings settings;
    settings_reader reader(root);
    read_terminal(reader, settings);
    read_links(reader, settings);
    read_rules(reader, settings);
    CIPHERLANE_CHECK(reader.finish());
    CIPHERLANE_CHECK(settings.validate());
    return settings;
}

result<terminal_settings> load_terminal(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    if (!file) return error(acquiring_errc::no_file, layer::acquiring).during("settings").at_endpoint(path);
    auto settings = parse_terminal(content.str());
    if (!settings) return error(settings.error()).at_endpoint(path);
    return settings;
}

} // namespace cipherlane::acquiring
