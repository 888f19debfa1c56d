#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/key_block_check.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace cipherlane::crypto {
namespace {

/// Modes by family of keys.
constexpr std::string_view encrypts = "BDEN";
constexpr std::string_view authenticates = "CGVN";
constexpr std::string_view derives = "XN";
constexpr std::string_view every_mode = "BCDEGNSTVXY";

/// Algorithms by family of keys.
constexpr std::string_view ciphers = "ADT";
constexpr std::string_view asymmetric = "ERS";

constexpr std::optional<purpose> none{};

struct usage_row {
    std::string_view code;
    std::string_view name;
    std::string_view algorithms;
    std::string_view modes;
    std::optional<purpose> use;
};

constexpr std::array usages{
    usage_row{"B0", "base derivation key of DUKPT (BDK)", "AT", derives, purpose::base_derivation},
    usage_row{"B1", "initial DUKPT key (IK, IPEK)", "AT", derives, purpose::initial_derivation},
    usage_row{"B2", "base key variant key", "T", "XYN", none},
    usage_row{"B3", "key derivation key outside X9.24", "AHT", derives, none},
    usage_row{"C0", "card verification key (CVK)", "ADT", authenticates, purpose::card_verification},
    usage_row{"D0", "data encryption key", ciphers, encrypts, purpose::data_encryption},
    usage_row{"D1", "asymmetric key for data encryption", asymmetric, encrypts, none},
    usage_row{"D2", "data encryption key for decimalisation tables", ciphers, encrypts, none},
    usage_row{"D3", "data encryption key for sensitive data", ciphers, encrypts, purpose::data_encryption},
    usage_row{"E0", "EMV issuer master key: application cryptograms", "AT", derives, purpose::emv_ac_master},
    usage_row{
        "E1", "EMV issuer master key: secure messaging, confidentiality", "AT", derives, purpose::emv_smc_master},
    usage_row{"E2", "EMV issuer master key: secure messaging, integrity", "AT", derives, purpose::emv_smi_master},
    usage_row{"E3", "EMV issuer master key: data authentication code", "AT", derives, none},
    usage_row{"E4", "EMV issuer master key: dynamic numbers", "AT", derives, none},
    usage_row{"E5", "EMV issuer master key: card personalisation", "AT", every_mode, none},
    usage_row{"E6", "EMV issuer master key: other", "AT", every_mode, none},
    usage_row{"E7", "EMV asymmetric key pair for PIN encryption", asymmetric, every_mode, none},
    usage_row{"I0", "initial value", ciphers, "N", none},
    usage_row{"K0", "key encryption key", ciphers, "BDENX", purpose::key_encryption},
    usage_row{"K1", "key block protection key (KBPK)", "AT", "BDENX", purpose::key_block_protection},
    usage_row{"K2", "asymmetric key of TR-34", asymmetric, every_mode, none},
    usage_row{"K3", "asymmetric key for key agreement or wrapping", asymmetric, every_mode, none},
    usage_row{"K4", "key block protection key of ISO 20038", "AT", "BDENX", purpose::key_block_protection},
    usage_row{"M0", "MAC key, ISO 16609 algorithm 1 with TDES", "T", authenticates, purpose::mac},
    usage_row{"M1", "MAC key, ISO 9797-1 algorithm 1", ciphers, authenticates, purpose::mac},
    usage_row{"M2", "MAC key, ISO 9797-1 algorithm 2", ciphers, authenticates, purpose::mac},
    usage_row{"M3", "MAC key, ISO 9797-1 algorithm 3 (retail MAC)", ciphers, authenticates, purpose::mac},
    usage_row{"M4", "MAC key, ISO 9797-1 algorithm 4", ciphers, authenticates, purpose::mac},
    usage_row{"M5", "MAC key, ISO 9797-1:1999 algorithm 5", ciphers, authenticates, purpose::mac},
    usage_row{"M6", "MAC key, ISO 9797-1:2011 algorithm 5 (CMAC)", ciphers, authenticates, purpose::mac},
    usage_row{"M7", "HMAC key", "H", authenticates, none},
    usage_row{"M8", "MAC key, ISO 9797-1:2011 algorithm 6", ciphers, authenticates, purpose::mac},
    usage_row{"P0", "PIN encryption key", ciphers, encrypts, purpose::pin_encryption},
    usage_row{"P1", "PIN generation key", ciphers, every_mode, none},
    usage_row{"S0", "asymmetric key pair for signatures", asymmetric, every_mode, none},
    usage_row{"S1", "asymmetric key pair of a certification authority", asymmetric, every_mode, none},
    usage_row{"S2", "asymmetric key pair outside X9.24", asymmetric, every_mode, none},
    usage_row{"V0", "PIN verification key, other", ciphers, authenticates, purpose::pin_verification},
    usage_row{"V1", "PIN verification key, IBM 3624", ciphers, authenticates, purpose::pin_verification},
    usage_row{"V2", "PIN verification key, Visa PVV", ciphers, authenticates, purpose::pin_verification},
    usage_row{"V3", "PIN verification key, X9.132 algorithm 1", ciphers, authenticates, purpose::pin_verification},
    usage_row{"V4", "PIN verification key, X9.132 algorithm 2", ciphers, authenticates, purpose::pin_verification},
    usage_row{"V5", "PIN verification key, X9.132 algorithm 3", ciphers, authenticates, purpose::pin_verification},
};

struct code_row {
    std::string_view code;
    std::string_view name;
};

/// What Thales' own key blocks have besides the standard's usages: several keys of one standard usage apart.
constexpr std::array thales_usages{
    code_row{"01", "WatchWord key"},
    code_row{"02", "RSA public key"},
    code_row{"03", "RSA private key for signatures and key management"},
    code_row{"04", "RSA private key for chip cards"},
    code_row{"05", "RSA private key for PIN translation"},
    code_row{"06", "RSA private key for TLS"},
    code_row{"11", "card verification key, American Express"},
    code_row{"12", "card verification key, Mastercard"},
    code_row{"13", "card verification key, Visa"},
    code_row{"21", "data encryption key (DEK)"},
    code_row{"22", "zone data encryption key (ZEK)"},
    code_row{"23", "terminal data encryption key (TEK)"},
    code_row{"31", "Visa Cash master load key"},
    code_row{"32", "master key of dynamic card verification"},
    code_row{"41", "base derivation key BDK-2"},
    code_row{"42", "base derivation key BDK-3"},
    code_row{"43", "base derivation key BDK-4"},
    code_row{"51", "terminal master key (TMK)"},
    code_row{"52", "zone master key (ZMK)"},
    code_row{"53", "ZKA master key"},
    code_row{"54", "key encryption key (KEK)"},
    code_row{"55", "key encryption key for transport"},
    code_row{"61", "HMAC key, SHA-1"},
    code_row{"62", "HMAC key, SHA-224"},
    code_row{"63", "HMAC key, SHA-256"},
    code_row{"64", "HMAC key, SHA-384"},
    code_row{"65", "HMAC key, SHA-512"},
    code_row{"71", "terminal PIN key (TPK)"},
    code_row{"72", "zone PIN key (ZPK)"},
    code_row{"73", "transaction key scheme: terminal key register (TKR)"},
};

/// Optional blocks of Thales' own key blocks.
constexpr std::array thales_options{
    code_row{"00", "status of the key"},
    code_row{"03", "begin of validity"},
    code_row{"04", "end of validity"},
    code_row{"05", "text"},
};

constexpr std::array algorithms{
    code_row{"A", "AES"},
    code_row{"D", "single DES"},
    code_row{"E", "elliptic curve"},
    code_row{"H", "HMAC"},
    code_row{"R", "RSA"},
    code_row{"S", "DSA"},
    code_row{"T", "TDES"},
};

constexpr std::array modes{
    code_row{"B", "encrypt and decrypt, wrap and unwrap"},
    code_row{"C", "generate and verify"},
    code_row{"D", "decrypt, unwrap only"},
    code_row{"E", "encrypt, wrap only"},
    code_row{"G", "generate only"},
    code_row{"N", "no restriction besides the usage"},
    code_row{"S", "sign only"},
    code_row{"T", "sign and transport keys"},
    code_row{"V", "verify only"},
    code_row{"X", "derive other keys"},
    code_row{"Y", "make variants"},
};

constexpr std::array exportabilities{
    code_row{"E", "exportable in a key block of a trusted key"},
    code_row{"N", "not exportable"},
    code_row{"S", "sensitive: exportable also in other forms than key blocks"},
};

constexpr std::array options{
    code_row{"AL", "life of an asymmetric key"},
    code_row{"BI", "identifier of the base derivation key"},
    code_row{"CT", "public key certificate"},
    code_row{"DA", "derivations allowed"},
    code_row{"FL", "flags"},
    code_row{"HM", "digest of an HMAC key"},
    code_row{"IK", "initial key identifier of AES DUKPT"},
    code_row{"KC", "check value of the key"},
    code_row{"KP", "check value of the protection key"},
    code_row{"KS", "key set identifier of TDES DUKPT"},
    code_row{"KV", "key block values (deprecated)"},
    code_row{"LB", "label"},
    code_row{"PB", "padding"},
    code_row{"PK", "check value of the protection key at export"},
    code_row{"TC", "time of creation"},
    code_row{"TS", "time stamp"},
    code_row{"WP", "pedigree of the wrapping"},
};

template <class Rows>
const auto* find_row(const Rows& rows, std::string_view code) noexcept {
    const auto found = std::find_if(rows.begin(), rows.end(), [code](const auto& row) { return row.code == code; });
    return found == rows.end() ? nullptr : &*found;
}

template <class Rows>
std::string_view name_in(const Rows& rows, std::string_view code) noexcept {
    const auto* row = find_row(rows, code);
    return row == nullptr ? std::string_view() : row->name;
}

std::string_view as_code(const char& letter) noexcept {
    return {&letter, 1};
}

bool is_proprietary(std::string_view usage) noexcept {
    return usage.size() == 2 && usage[0] >= '1' && usage[0] <= '9' && usage[1] >= '0' && usage[1] <= '9';
}

bool all_hex(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return hex_value(c) >= 0; });
}

class checker {
  public:
    explicit checker(const key_block_header& header)
        : header_(header)
        , thales_(is_thales_block(header.version())) {}

    std::vector<key_block_finding> run() {
        check_codes();
        check_usage();
        for (const auto& option : header_)
            check_option(option);
        if (!thales_ && header_.text().size() % key_block_unit(header_.version()) != 0) {
            add("optional block", 16, "header is no whole number of cipher blocks: a PB block is missing");
        }
        return std::move(found_);
    }

  private:
    void add(std::string_view field, std::size_t offset, std::string text) {
        found_.push_back({field, offset, std::move(text)});
    }

    void check_codes() {
        if (header_.version() == key_block_version::a)
            add("version", 0, "version A is deprecated: B or D take its place");
        if (describe_key_algorithm(header_.algorithm()).empty()) add("algorithm", 7, "unknown code");
        if (describe_mode_of_use(header_.mode_of_use()).empty()) add("mode of use", 8, "unknown code");
        if (describe_exportability(header_.exportability()).empty()) add("exportability", 11, "unknown code");
        if (!thales_ && header_.reserved() != "00") add("reserved", 14, "is not 00");
    }

    void check_usage() {
        if (thales_ && !name_in(thales_usages, header_.usage()).empty()) return;
        if (!thales_ && is_proprietary(header_.usage())) return;
        const auto* row = find_row(usages, header_.usage());
        if (row == nullptr) return add("usage", 5, "unknown code");
        if (row->algorithms.find(header_.algorithm()) == row->algorithms.npos) {
            add("algorithm", 7, "the usage does not have this algorithm");
        }
        if (row->modes.find(header_.mode_of_use()) == row->modes.npos) {
            add("mode of use", 8, "the usage does not have this mode");
        }
    }

    void check_option(const key_block_option& option) {
        // Identifiers that begin with a digit are left to proprietary use.
        const bool proprietary = !thales_ && option.id[0] >= '0' && option.id[0] <= '9';
        if (!proprietary && describe_key_block_option(option.id, header_.version()).empty()) {
            add("optional block", option.offset, "unknown code " + std::string(option.id));
        }
        const auto is = [&option](std::string_view id) { return option.id == id; };
        const bool last = option.offset + option.size == header_.text().size();
        if (!seen_.insert(option.id).second && !is("CT") && !is("LB")) {
            add("optional block", option.offset, "stands here a second time");
        }
        if (is("PB") && !last) add("optional block", option.offset, "padding must come last");
        if (is("KS") && header_.algorithm() == 'A') {
            add("optional block", option.offset, "key set identifier with an AES key: IK is for these");
        }
        const bool in_hex = is("KS") || is("IK") || is("KC") || is("KP") || is("HM");
        if (in_hex && (option.data.empty() || option.data.size() % 2 != 0 || !all_hex(option.data))) {
            add("optional block", option.offset, "data is not hex");
        }
        if (is("IK") && option.data.size() != 16) add("optional block", option.offset, "has not 16 characters");
    }

    const key_block_header& header_;
    bool thales_;
    std::vector<key_block_finding> found_;
    std::set<std::string_view> seen_;
};

} // namespace

std::string_view describe_key_block_version(key_block_version version) noexcept {
    switch (version) {
    case key_block_version::a: return "TDES, variants of the protection key (2005, deprecated)";
    case key_block_version::b: return "TDES, derived keys";
    case key_block_version::c: return "TDES, variants of the protection key";
    case key_block_version::d: return "AES, derived keys";
    case key_block_version::e: return "AES in counter mode, derived keys (ISO 20038)";
    case key_block_version::thales_tdes: return "Thales' own, under a TDES local master key";
    case key_block_version::thales_aes: return "Thales' own, under an AES local master key";
    }
    return {};
}

std::string_view describe_key_usage(std::string_view usage, key_block_version version) noexcept {
    if (is_thales_block(version)) {
        const auto own = name_in(thales_usages, usage);
        return own.empty() ? name_in(usages, usage) : own;
    }
    return is_proprietary(usage) ? std::string_view("proprietary") : name_in(usages, usage);
}
std::string_view describe_key_algorithm(char algorithm) noexcept {
    return name_in(algorithms, as_code(algorithm));
}
std::string_view describe_mode_of_use(char mode) noexcept {
    return name_in(modes, as_code(mode));
}
std::string_view describe_exportability(char exportability) noexcept {
    return name_in(exportabilities, as_code(exportability));
}
std::string_view describe_key_block_option(std::string_view id, key_block_version version) noexcept {
    if (is_thales_block(version)) {
        const auto own = name_in(thales_options, id);
        if (!own.empty()) return own;
    }
    return name_in(options, id);
}

std::optional<purpose> purpose_of_key_usage(std::string_view usage) noexcept {
    const auto* row = find_row(usages, usage);
    return row == nullptr ? none : row->use;
}

std::vector<key_block_finding> check_key_block_header(const key_block_header& header) {
    return checker(header).run();
}

} // namespace cipherlane::crypto
