#pragma once

#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/scanner/scanner_profile.hpp>
#include <cipherlane/hostlink/gateway/netpay_signature.hpp>
#include <cipherlane/net/frame.hpp>
#include <cipherlane/routing/router.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane {

/// Who makes and checks MACs: see `ports::sealer`.
enum class sealer_kind : std::uint8_t {
    software,       ///< in the till's own memory, with the master key from a file
    pinpad,         ///< in the PIN pad, which must be one that makes MACs: no key is anywhere else
    cipher_machine, ///< in a unit (`hsm::machine_sealer`), with the master key as it lies under its local master key
};

/// Whose interface a gateway speaks.
enum class gateway_kind : std::uint8_t {
    cipherlane, ///< docs/14-gateway-api.md
    wechat,     ///< WeChat Pay, API v3: docs/15-gateways.md
    alipay,     ///< Alipay, gateway.do: likewise
    unionpay,   ///< UnionPay, acp 5.1.0: likewise
    netpay,     ///< 银联商务, netpay: likewise
};

/// As what payments by code count for the rules, while nobody says what pays.
enum class payment_funds : std::uint8_t { unknown, debit, credit, prepaid, balance };
/// As which payers they count: 银发〔2017〕296号, see `rules::payer_grade`.
enum class payer_grades : std::uint8_t { unknown, a, b, c, d };

/// Whom to trust, and what to show, where a peer is reached by TLS. Files are PEM.
struct till_tls_files {
    std::string ca_file;          ///< whom to trust; empty: the system's authorities
    std::string crl_file;         ///< revocation lists; empty: those in `ca_file`, if any
    std::string certificate_file; ///< our own; empty: none is shown
    std::string key_file;         ///< its key
    std::string name;             ///< in the peer's certificate; empty: the host of the address
    friend bool operator==(const till_tls_files&, const till_tls_files&) = default;
};
/// Of a peer whose address does not say whether it is reached by TLS.
struct till_tls : till_tls_files {
    bool on = false;
    friend bool operator==(const till_tls&, const till_tls&) = default;
};

/// All that a settings file says: the terminals of a till, and where journal, host, gateway and devices are, which
/// the terminals share. A plain value with defaults, the same as in a file that leaves everything out.
struct till_settings {
    /// A terminal as the flow sees it, and what of its own it needs beside.
    struct terminal : acquiring::terminal_settings {
        std::string key_file;      ///< its master key (TMK), as `sealer.key_file`, which it replaces
        std::string card_terminal; ///< the name of its card terminal; empty: the one that there is
        std::string host_name;     ///< which of several hosts it belongs to; empty: the first
    };
    struct host_place {
        std::string address; ///< HOST:PORT; empty: no host, then no trade by card
        std::string name;    ///< of the acquirer's host: payments are bound to it; empty: the address
        std::vector<std::string> earlier_addresses; ///< at which it was: what went there is this host's
        till_tls tls;
        std::chrono::milliseconds connect_timeout{10'000};
        std::chrono::milliseconds response_time{50'000};
        bool keep_connection = false; ///< else one connection for each exchange
        bool echo_polls = false;      ///< a length of zero goes back to the host, else it is passed over
        bool connect_ahead = false;   ///< while the card is read
        std::string http_path;        ///< each message in an HTTP POST to it; empty: without HTTP
        net::frame_prefix length = net::frame_prefix::binary2; ///< of each message, in front of it
        // What it takes of a payment, where several are chosen among (`routing`):
        std::uint32_t fee_ppm = 0;  ///< of the amount, in millionths
        std::int64_t fee_minor = 0; ///< of each payment, besides
        friend bool operator==(const host_place&, const host_place&) = default;
    };
    /// What WeChat Pay asks for beside an address: docs/15-gateways.md.
    struct wechat_place {
        std::string second_address; ///< asked where the first cannot be reached; empty: none
        std::string mchid;          ///< of the merchant, or of the partner that serves one
        std::string appid;
        std::string sub_mchid; ///< of the merchant that a partner serves; empty: a direct merchant
        std::string sub_appid;
        std::string serial;                 ///< of the merchant's certificate, upper-case hex
        std::string api_key_file;           ///< the APIv3 key, mode 0600
        std::string public_key_id;          ///< of `public_key_file`: "PUB_KEY_ID_…"
        std::string certificates_file;      ///< PEM: the platform's certificates, where there are any
        std::string platform_roots_file;    ///< PEM: what they must lead to; empty: the APIv3 key alone proves them
        std::string kept_certificates_file; ///< where those are kept that were fetched; empty: nowhere
        friend bool operator==(const wechat_place&, const wechat_place&) = default;
    };
    /// What Alipay asks for beside an address: docs/15-gateways.md.
    struct alipay_place {
        std::string app_id;
        std::string seller_id;      ///< 2088…, named by every notice
        std::string app_auth_token; ///< of the merchant that a partner serves; empty: the application's own
        // In certificate mode, in the place of `public_key_file`; all PEM:
        std::string app_certificate_file;
        std::string alipay_certificate_file;
        std::string root_certificates_file;
        friend bool operator==(const alipay_place&, const alipay_place&) = default;
    };
    /// What UnionPay asks for beside an address: docs/15-gateways.md. Files are PEM.
    struct unionpay_place {
        std::string mer_id;
        std::string sign_certificate_file;              ///< of `merchant_key_file`
        std::string acp_root_file;                      ///< whom the certificate in each answer leads to
        std::string acp_middle_file;                    ///< over these; may be empty
        std::string acp_owner = "中国银联股份有限公司"; ///< the third part of that certificate's name
        // Of the merchant that a platform serves; all three, or none:
        std::string sub_mer_id;
        std::string sub_mer_name;
        std::string sub_mer_abbr;
        friend bool operator==(const unionpay_place&, const unionpay_place&) = default;
    };
    /// What 银联商务 asks for beside an address: docs/15-gateways.md. Keys in files of mode 0600.
    struct netpay_place {
        std::string app_id;
        std::string app_key_file;
        std::string mid;
        std::string tid;
        std::string source;          ///< 来源编号, 4 characters
        std::string notice_key_file; ///< 通讯密钥
        /// `hostlink::netpay::gateway_settings::no_charge_code`.
        std::string no_charge_code;
        hostlink::netpay::notice_digest notices = hostlink::netpay::notice_digest::sha256;
        friend bool operator==(const netpay_place&, const netpay_place&) = default;
    };
    struct gateway_place {
        gateway_kind kind = gateway_kind::cipherlane;
        /// By which a trade asks for it, and records of one of the SDK's own interface find it again (empty: by its
        /// address); empty: the word of its kind.
        std::string name;
        /// At which one of the SDK's own interface was before: what was paid through these is this gateway's.
        std::vector<std::string> earlier_addresses;
        /// Whose payment codes (付款码) go there, where there are several: "wechat", "alipay", "unionpay", or "none"
        /// alone. Empty: its own wallet's, and of a gateway of many wallets all that no other one takes.
        std::vector<std::string> takes;
        std::uint32_t fee_ppm = 0;  ///< of an amount, in millionths: where gateways are chosen among
        std::int64_t fee_minor = 0; ///< of each payment, besides
        // For the rules, of what is paid there:
        payment_funds pays = payment_funds::unknown;      ///< unknown: as `rules_place::code_funding`
        payer_grades payer_grade = payer_grades::unknown; ///< unknown: as `rules_place::payer_grade`
        bool takes_credit = true;                   ///< false: its orders allow none, as its merchant's contract says
        std::string address;                        ///< HOST:PORT; empty: no gateway
        till_tls tls;                               ///< without it only this machine is talked to, unless:
        bool plain_anywhere = false;                ///< a private line of which somebody is sure
        std::string notify_address = "127.0.0.1:0"; ///< where notifications are taken; empty: nowhere, the till asks
        std::string public_key_file;                ///< PEM: checks notifications, and answers that are signed
        std::string merchant_key_file;              ///< PEM, mode 0600: signs requests, of all kinds but the first
        std::string notify_url;                     ///< theirs; leads to `notify_address`; empty: that itself
        wechat_place wechat;
        alipay_place alipay;
        unionpay_place unionpay;
        netpay_place netpay;
        friend bool operator==(const gateway_place&, const gateway_place&) = default;
    };
    struct device_place {
        std::string driver; ///< empty: none
        std::string path;   ///< "/dev/serial/by-id/…" or another address of docs/13-devices.md
        till_tls_files tls; ///< for "tls:" addresses
        friend bool operator==(const device_place&, const device_place&) = default;
    };
    struct pinpad_place : device_place {
        bool keeper = true;           ///< a device that was unplugged comes back by itself
        std::string description_file; ///< for keypads described by a TOML file
        friend bool operator==(const pinpad_place&, const pinpad_place&) = default;
    };
    /// A payment terminal with a host of its own, in the place of host, sealer and PIN pad.
    struct card_terminal_place : device_place {
        std::string name;             ///< by which a terminal chooses it, where there are several
        std::string password;         ///< of the till at the terminal; empty: the driver's usual one
        std::string description_file; ///< for terminals described by a TOML file
        bool plain_payment = false;   ///< ecr17: P in the place of X, for terminals that have no X
        /// Where a terminal's messages for its host go that it sends through the till; its `address` empty: nowhere.
        host_place host;
        friend bool operator==(const card_terminal_place&, const card_terminal_place&) = default;
    };
    struct display_place : device_place {
        enum class words : std::uint8_t { by_code_page, chinese, english };
        enum class drawing : std::uint8_t { by_printer, native, raster };
        bool keeper = true;                   ///< as of a PIN pad
        words language = words::by_code_page; ///< Chinese, but English on a printer with a page without Chinese
        std::string description_file;         ///< for displays described by a TOML file
        std::string font_file;                ///< for panels; empty: the usual places
        // For receipt printers: docs/13-devices.md.
        std::string printer = "epson"; ///< the make
        std::string code_page;         ///< "gbk", "ascii", "cp858" …; empty: "gbk"
        bool transliterate = false; ///< letters that the page does not have lose their marks; else they are refused
        drawing code = drawing::by_printer; ///< who draws payment codes
        // For code plates that are HTTP clients; the path is where they call us.
        std::vector<std::string> plates; ///< their numbers (IMEI)
        std::string plate_base = "/payroute";
        std::string plate_code_path = "dynamicqrcode";
        std::string plate_fixed_path = "staticqrcode";
        std::string plate_fixed_code; ///< what a plate keeps for itself; empty: none
        // For speakers behind an MQTT broker.
        std::string topic;                         ///< the speaker's, mostly its number (IMEI)
        std::string client_id = "cipherlane-till"; ///< the till's at the broker
        std::string user;                          ///< at the broker; empty: none
        std::string password_file;                 ///< mode 0600
        friend bool operator==(const display_place&, const display_place&) = default;
    };
    /// The scanner of the payers' payment codes: docs/13-devices.md.
    struct scanner_place : device_place {
        bool keeper = true;                                              ///< as of a PIN pad
        drivers::scan_end end = drivers::scan_end::cr_or_lf;             ///< what ends a code
        drivers::aim_identifier aim = drivers::aim_identifier::may_come; ///< the AIM identifier before it
        drivers::scan_text characters = drivers::scan_text::utf8;
        friend bool operator==(const scanner_place&, const scanner_place&) = default;
    };
    /// The till's receipt printer: docs/13-devices.md.
    struct printer_place : device_place {
        enum class proof : std::uint8_t { printed, state, none };
        enum class cutting : std::uint8_t { partial, full, none };
        std::string printer = "epson";   ///< the make
        std::string code_page;           ///< "gbk", "ascii", "cp858" …; empty: "gbk"
        proof confirms = proof::printed; ///< what the printer must have said before a slip counts as printed
        cutting cut = cutting::partial;
        int drawer_pin = 2;      ///< of the cash drawer: 2 or 5
        std::size_t columns = 0; ///< of the paper; 0: as the make has it
        std::string queue_file;  ///< what is still to be printed; empty: the journal's file and ".receipts"
        friend bool operator==(const printer_place&, const printer_place&) = default;
    };
    struct sealer_place {
        sealer_kind kind = sealer_kind::software;
        /// The master key (TMK), mode 0600; needed with a host, unless the PIN pad has it. 32 hex digits; for a
        /// cipher machine as it lies under the unit's local master key as a zone master key ("U…").
        std::string key_file;
        /// The key of the terminal serial cryptogram (终端序列号密文), in the same forms; empty: the sealer makes
        /// none.
        std::string serial_key_file;
        bool test_keys = false; ///< published test keys are taken, whatever host or gateway there is
        std::string address;    ///< of the cipher machine, HOST:PORT
        std::string profile;    ///< its dialect: a name of docs/09-dialects.md or FILE.toml
        till_tls tls;           ///< to it
    };
    struct journal_place {
        std::string file = "till.db";
        std::string key_file = "till.key"; ///< made at the first start, mode 0600
        std::string mark_file;             ///< remembers the journal; empty: the file's name and ".mark"
        bool create = true; ///< a start that finds none of the three makes them; else only `begin_journal` does
        /// A database that many machines share, `postgresql://…`, in the place of `file` and `mark_file`; see
        /// `store::postgres_settings`. `key_file` is the same on all machines. Empty: the file.
        std::string store;

        /// For people: nothing secret in it.
        [[nodiscard]] std::string name() const;
    };

    /// The certification trace: each exchange with the host, see `hostlink::certification_trace`.
    struct trace_place {
        std::string file;                    ///< mode 0600; empty: none
        std::vector<std::string> test_cards; ///< card numbers whose messages are written whole; others are masked
    };

    /// Who may do what at the till: docs/24-clerks.md.
    struct clerks_place {
        std::string file;       ///< the operators, mode 0600; empty: whoever is there may do everything
        std::string shift_file; ///< their shifts; empty: the name of `file` and ".shifts"
        friend bool operator==(const clerks_place&, const clerks_place&) = default;
    };
    /// What may be taken: docs/25-rules.md.
    struct rules_place {
        using funds = payment_funds;
        std::string file;           ///< the rules; empty: none
        std::string totals_file;    ///< what they count; empty: beside the journal, or in the shared books
        std::string category;       ///< the merchant's (MCC), 4 digits; empty: not told
        std::string micro_identity; ///< of a micro merchant (小微商户): what stands for its owner, best a digest
        funds code_funding = funds::unknown; ///< as what payments by code count while nobody says what pays
        payer_grades payer_grade = payer_grades::unknown; ///< as which payers by code count, likewise
        bool order_allows_credit = true;
        friend bool operator==(const rules_place&, const rules_place&) = default;
    };
    /// How long somebody who judges risk is waited for (`till_parts::risk`), and what then holds.
    struct risk_place {
        enum class word : std::uint8_t { accept, review, reject };
        std::chrono::milliseconds deadline{1'000};
        word otherwise = word::accept; ///< where no word comes in time
        std::string address;           ///< HOST:PORT of one who is asked by HTTP; empty: whom the application gives
        std::string path = "/risk";
        till_tls tls;                ///< without it only this machine is asked, unless:
        bool plain_anywhere = false; ///< a private line of which somebody is sure
        friend bool operator==(const risk_place&, const risk_place&) = default;
    };

    /// Beside what each terminal has of it (`terminal_settings::settlement`).
    struct settlement_place {
        bool by_itself = false; ///< the till settles at `settlement.remind_at`, once for each batch, after `recover`
        friend bool operator==(const settlement_place&, const settlement_place&) = default;
    };

    /// Terminals at several acquirers, and gateways, that stand for one another: docs/26-routing.md.
    struct routing_place {
        std::vector<std::string> terminals; ///< by number, each of another host; empty: nothing is chosen
        /// By name: orders of codes, and payers' codes, go to the best of them, unless a trade names its own. Empty:
        /// nothing is chosen.
        std::vector<std::string> gateways;
        std::string state_file; ///< what somebody has said by hand; empty: the journal's file and ".routes"
        routing::router_settings how;
        friend bool operator==(const routing_place&, const routing_place&) = default;
    };

    std::vector<terminal> terminals;
    std::vector<host_place> other_hosts; ///< where there are several, all but the first; each has a name
    routing_place routing;
    settlement_place settlement;
    clerks_place clerks;
    rules_place rules;
    risk_place risk;
    host_place host;
    gateway_place gateway;                    ///< the only one, or the one that takes what chooses none
    std::vector<gateway_place> more_gateways; ///< `[[gateway]]` after the first
    pinpad_place pinpad;
    card_terminal_place card_terminal;
    std::vector<card_terminal_place> more_card_terminals; ///< `[[card_terminal]]` after the first
    display_place display;
    printer_place printer;
    scanner_place scanner;
    sealer_place sealer;
    journal_place journal;
    trace_place trace;

    /// The host that a terminal belongs to; null for a name that no host has.
    [[nodiscard]] const host_place* host_of(const terminal& one) const noexcept { return find_host(one.host_name); }
    /// By its name; empty: the first.
    [[nodiscard]] const host_place* find_host(std::string_view name) const noexcept;
    /// All gateways, each with its name and whose codes it takes. Empty: there is none.
    [[nodiscard]] std::vector<gateway_place> gateways() const;
    /// All card terminals. Empty: there is none.
    [[nodiscard]] std::vector<card_terminal_place> card_terminals() const;
    /// The one of a terminal; null where there is none.
    [[nodiscard]] const card_terminal_place* card_terminal_of(const terminal& one) const noexcept;
    /// Whether the host or a gateway is another machine than this.
    [[nodiscard]] bool reaches_out() const;
    /// @return `till_errc::bad_setting`, `missing_setting`, `not_built` with the setting's key; what a terminal says.
    [[nodiscard]] result<void> validate() const;
};

/// The same without the devices, for whoever looks after a till with nobody at the counter, and goes again: it
/// settles nothing by itself. The PIN pad stays where it makes the MACs: nothing could be said to the host without
/// it.
[[nodiscard]] till_settings without_devices(till_settings all);
/// The same without its card terminals.
[[nodiscard]] till_settings without_card_terminals(till_settings all);
/// The same with nothing but terminals and journal: for whoever asks nobody else.
[[nodiscard]] till_settings books_alone(till_settings all);

/// Reads settings from TOML; what is not there keeps its default, what is not known is refused, so that no misspelt
/// setting goes unnoticed; the table `[app]` belongs to the application and is left alone. Several terminals stand as
/// `[[terminal]]`, several gateways as `[[gateway]]`, several card terminals as `[[card_terminal]]`. Validates.
/// @param file its name, for errors.
/// @return `till_errc::not_toml` with the line; `bad_setting`, `missing_setting`, `not_built` with key and line, what
/// was found and what is allowed (`error::hint`).
[[nodiscard]] result<till_settings> parse_till(std::string_view toml, std::string_view file = {});
/// The same from a file. @return besides `till_errc::no_file`.
[[nodiscard]] result<till_settings> load_till(const std::string& file);

} // namespace cipherlane
