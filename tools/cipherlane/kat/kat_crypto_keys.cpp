#include "cipherlane/kat/kat.hpp"
#include "cipherlane/kat/kat_support.hpp"

#include <cipherlane/crypto/cmac.hpp>
#include <cipherlane/crypto/data_cipher.hpp>
#include <cipherlane/crypto/dukpt_aes_host.hpp>
#include <cipherlane/crypto/dukpt_tdes_host.hpp>
#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/key_block.hpp>
#include <cipherlane/crypto/key_block_keys.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>
#include <cipherlane/crypto/pin_block.hpp>

#include <array>
#include <functional>

// Known answers for key blocks and DUKPT.
namespace cipherlane::cli {
namespace {

using namespace cipherlane::crypto; // NOLINT(google-build-using-namespace): this file is about nothing else

/// Versions of the `version` column: one letter, or `A/C` where both do the same.
result<key_block_version> version_of(const std::string& text) {
    if (text.empty() || text[0] < 'A' || text[0] > 'D') {
        return unknown_word("version", text, "A, B, C, D or two of them that do the same, A/C");
    }
    return static_cast<key_block_version>(text[0]);
}

algorithm protection_cipher(key_block_version version, std::size_t size) {
    if (version == key_block_version::d) return algorithm::aes;
    return size == 8 ? algorithm::des : algorithm::tdes;
}

/// Control characters stand in the file as `\x03`.
std::string with_control_characters(const std::string& text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escaped = text.compare(at, 2, "\\x") == 0 && at + 3 < text.size();
        const auto byte = escaped ? from_hex(std::string_view(text).substr(at + 2, 2)) : result<bytes>(bytes());
        if (byte && !byte->empty()) {
            plain.push_back(static_cast<char>((*byte)[0]));
            at += 3;
        } else {
            plain.push_back(text[at]);
        }
    }
    return plain;
}

/// What a payShield and its clients write in front of a block: S before Thales' own, R before TR-31.
std::string_view tag_of(std::string_view block) {
    if (block.size() < 2) return {};
    const bool thales = block[0] == 'S' && (block[1] == '0' || block[1] == '1');
    const bool tr31 = block[0] == 'R' && block[1] >= 'A' && block[1] <= 'E';
    return thales || tr31 ? block.substr(0, 1) : std::string_view();
}

kat_outcome unwrapped(const kat_row& row) {
    CIPHERLANE_TRY(const auto version, version_of(row["version"]));
    CIPHERLANE_TRY(const bytes material, from_hex(row["kbpk"]));
    CIPHERLANE_TRY(const auto protection,
        key_block_protection_key::create(protection_cipher(version, material.size()), material, legacy_policy));
    CIPHERLANE_TRY(auto protector, key_block_protector::create(protection, version));
    const auto written = with_control_characters(row["key_block"]);
    const std::string block = written.substr(tag_of(written).size());
    secret_bytes key(block.size() / 2);
    CIPHERLANE_TRY(const auto opened, protector.unwrap(block, key.expose()));
    return to_hex(std::as_const(key).expose().first(opened.key_size));
}

kat_outcome parsed(const kat_row& row) {
    const auto block = with_control_characters(row["key_block"]);
    const auto tag = tag_of(block);
    CIPHERLANE_TRY(const auto header, key_block_header::parse(std::string_view(block).substr(tag.size())));
    // A whole block has more than its header.
    if (header.block_length() + tag.size() == block.size()) return block;
    return std::string(tag) + std::string(header.text());
}

std::optional<std::string> run_key_block(const kat_row& row, const kat_target& /*target*/) {
    const auto& op = row["op"];
    if (op == "unwrap") return judge(row, unwrapped(row), row["key"]);
    if (op == "parse_header") return judge(row, parsed(row), with_control_characters(row["key_block"]));
    return "no operation " + op;
}

kat_outcome derived(const kat_row& row) {
    CIPHERLANE_TRY(const auto version, version_of(row["version"]));
    CIPHERLANE_TRY(const bytes material, from_hex(row["kbpk"]));
    CIPHERLANE_TRY(
        const auto keys, derive_key_block_keys(version, protection_cipher(version, material.size()), material));
    return to_hex(keys.encryption.expose()) + " " + to_hex(keys.authentication.expose());
}

std::optional<std::string> run_derived_keys(const kat_row& row, const kat_target& /*target*/) {
    return judge(row, derived(row), row["kbek"] + " " + row["kbak"]);
}

/// The bytes of a handle, which shows them to nobody: through a key block, under a key of the moment.
template <purpose Use>
kat_outcome bytes_of(const result<key<Use>>& handle, std::string_view usage) {
    if (!handle) return handle.error();
    const bool aes = handle->cipher() == algorithm::aes;
    CIPHERLANE_TRY(
        const auto protection, key_block_protection_key::create(algorithm::aes, bytes(32, 0x41), legacy_policy));
    CIPHERLANE_TRY(auto protector, key_block_protector::create(protection, key_block_version::d));
    const key_block_header_builder header(usage, aes ? 'A' : 'T', 'N');
    CIPHERLANE_TRY(const auto block, wrap_key(protector, header, *handle, legacy_policy));
    secret_bytes material(block.size() / 2);
    CIPHERLANE_TRY(const auto opened, protector.unwrap(block, material.expose()));
    return to_hex(std::as_const(material).expose().first(opened.key_size));
}

kat_outcome encrypted_data(data_key& with, const std::string& digits) {
    CIPHERLANE_TRY(bytes data, from_hex(digits));
    const std::size_t block = block_size_of(with.cipher());
    data.resize((data.size() + block - 1) / block * block);
    CIPHERLANE_CHECK(encrypt_data(with, block_mode::cbc, bytes(block), data, data));
    return to_hex(data);
}

/// A column of a row and how its value comes about; columns that the row leaves empty are not computed.
struct kat_column {
    std::string name;
    std::function<kat_outcome()> compute;
    bool may_be_truncated = false; ///< a MAC, of which the row may carry the front part
};

std::optional<std::string> judge_columns(const kat_row& row, const std::vector<kat_column>& columns) {
    std::size_t checked = 0;
    for (const auto& column : columns) {
        if (!row.has(column.name)) continue;
        ++checked;
        const auto got = column.compute();
        const auto& wanted = row[column.name];
        if (auto why = column.may_be_truncated ? judge_truncated(row, got, wanted) : judge(row, got, wanted)) {
            return column.name + " " + *why;
        }
    }
    if (checked != 0) return std::nullopt;
    std::string names;
    for (const auto& column : columns)
        names.append(names.empty() ? "" : ", ").append(column.name);
    return "nothing to check: expected a value in one of " + names;
}

class tdes_row {
  public:
    static result<tdes_row> open(const kat_row& row) {
        CIPHERLANE_TRY(const bytes base, from_hex(row["bdk"]));
        CIPHERLANE_TRY(const auto key,
            base_derivation_key::create(base.size() == 8 ? algorithm::des : algorithm::tdes, base, legacy_policy));
        CIPHERLANE_TRY(auto host, dukpt_tdes_host::create(key));
        CIPHERLANE_TRY(bytes serial_number, from_hex(row["ksn"]));
        CIPHERLANE_TRY(auto keys, host.transaction(serial_number));
        return tdes_row(row, std::move(host), std::move(serial_number), std::move(keys));
    }

    std::optional<std::string> run() {
        return judge_columns(
            row_, {
                      {"ik", [this] { return bytes_of(host_.initial_key(serial_number_), "B1"); }},
                      {"txn_key", [this] { return kat_outcome(to_hex(keys_.expose())); }},
                      {"enc_pin_block", [this] { return encrypted_pin(); }},
                      {"pin", [this] { return decrypted_pin(); }},
                      {"mac_request", [this] { return mac(dukpt_message::request); }, true},
                      {"mac_response", [this] { return mac(dukpt_message::response); }, true},
                      {"enc_data_request", [this] { return data(dukpt_message::request); }},
                      {"enc_data_response", [this] { return data(dukpt_message::response); }},
                      {"enc_data_magtek", [this] { return magtek_data(); }},
                      {"pin_key", [this] { return bytes_of(keys_.pin(), "P0"); }},
                      {"mac_key_request", [this] { return mac_key_of(dukpt_message::request); }},
                      {"mac_key_response", [this] { return mac_key_of(dukpt_message::response); }},
                      {"data_key_request", [this] { return data_key_of(dukpt_message::request); }},
                      {"data_key_response", [this] { return data_key_of(dukpt_message::response); }},
                      {"data_key_magtek", [this] { return bytes_of(keys_.data_by_pin_variant(), "D0"); }},
                  });
    }

  private:
    tdes_row(const kat_row& row, dukpt_tdes_host&& host, bytes&& serial_number, dukpt_tdes_transaction&& keys)
        : row_(row)
        , host_(std::move(host))
        , serial_number_(std::move(serial_number))
        , keys_(std::move(keys)) {}

    kat_outcome encrypted_pin() {
        CIPHERLANE_TRY(auto key, keys_.pin());
        CIPHERLANE_TRY(const auto pin, clear_pin::parse(row_["pin"]));
        CIPHERLANE_TRY(const auto block, encrypt_pin_block(key, pin_block_format::iso_0, pin, row_["pan"]));
        return to_hex(block.view());
    }
    kat_outcome decrypted_pin() {
        CIPHERLANE_TRY(const bytes block, from_hex(row_["enc_pin_block"]));
        CIPHERLANE_TRY(
            const auto pin, host_.decrypt_pin_block(serial_number_, pin_block_format::iso_0, block, row_["pan"]));
        return std::string(pin.expose());
    }
    kat_outcome mac(dukpt_message way) {
        CIPHERLANE_TRY(auto key, keys_.mac(way));
        CIPHERLANE_TRY(const bytes message, from_hex(row_["mac_data"]));
        CIPHERLANE_TRY(const auto value, retail_mac(key, mac_padding::method_1, message));
        return to_hex(value.view());
    }
    kat_outcome data(dukpt_message way) {
        CIPHERLANE_TRY(auto key, keys_.data(way));
        return encrypted_data(key, row_["data"]);
    }
    /// As older readers encrypt tracks.
    kat_outcome magtek_data() {
        CIPHERLANE_TRY(auto key, keys_.data_by_pin_variant());
        return encrypted_data(key, row_["data"]);
    }
    kat_outcome mac_key_of(dukpt_message way) { return bytes_of(keys_.mac(way), "M3"); }
    kat_outcome data_key_of(dukpt_message way) { return bytes_of(keys_.data(way), "D0"); }

    const kat_row& row_;
    dukpt_tdes_host host_;
    bytes serial_number_;
    dukpt_tdes_transaction keys_;
};

std::optional<std::string> run_dukpt_tdes(const kat_row& row, const kat_target& /*target*/) {
    auto opened = tdes_row::open(row);
    if (!opened || row.must_be_rejected()) {
        return judge(row, opened ? kat_outcome(std::string()) : kat_outcome(opened.error()), "");
    }
    return opened->run();
}

/// Names of the `usage` column.
struct usage_name {
    std::string_view name;
    enum class kind : std::uint8_t { pin, mac, data, key_encryption } what;
    dukpt_message way = dukpt_message::request;
};
constexpr std::array usage_names{
    usage_name{"PIN", usage_name::kind::pin},
    usage_name{"MACGEN", usage_name::kind::mac, dukpt_message::request},
    usage_name{"MACVER", usage_name::kind::mac, dukpt_message::response},
    usage_name{"MAC", usage_name::kind::mac, dukpt_message::both},
    usage_name{"MACBOTH", usage_name::kind::mac, dukpt_message::both},
    usage_name{"DENC", usage_name::kind::data, dukpt_message::request},
    usage_name{"DDEC", usage_name::kind::data, dukpt_message::response},
    usage_name{"DATA", usage_name::kind::data, dukpt_message::both},
    usage_name{"DATABOTH", usage_name::kind::data, dukpt_message::both},
    usage_name{"DATA_BOTH", usage_name::kind::data, dukpt_message::both},
    usage_name{"ENCDEC", usage_name::kind::data, dukpt_message::both},
    usage_name{"DBOTH", usage_name::kind::data, dukpt_message::both},
    usage_name{"DENCDEC", usage_name::kind::data, dukpt_message::both},
    usage_name{"KEK", usage_name::kind::key_encryption},
};

struct type_name {
    std::string_view name;
    dukpt_key_type type;
};
constexpr std::array type_names{
    type_name{"TDES2", dukpt_key_type::tdes_2key},
    type_name{"2TDEA", dukpt_key_type::tdes_2key},
    type_name{"TDES3", dukpt_key_type::tdes_3key},
    type_name{"3TDEA", dukpt_key_type::tdes_3key},
    type_name{"AES128", dukpt_key_type::aes_128},
    type_name{"AES192", dukpt_key_type::aes_192},
    type_name{"AES256", dukpt_key_type::aes_256},
};

template <class Names>
result<typename Names::value_type> find_name(const char* column, const Names& names, const std::string& name) {
    std::string all;
    for (const auto& row : names) {
        if (row.name == name) return row;
        all.append(all.empty() ? "" : ", ").append(row.name);
    }
    return unknown_word(column, name, all);
}

class aes_row {
  public:
    static result<aes_row> open(const kat_row& row) {
        CIPHERLANE_TRY(const bytes base, from_hex(row["bdk"]));
        CIPHERLANE_TRY(const auto key, base_derivation_key::create(algorithm::aes, base, legacy_policy));
        CIPHERLANE_TRY(auto host, dukpt_aes_host::create(key));
        CIPHERLANE_TRY(const bytes serial_number, from_hex(row["ksn"]));
        CIPHERLANE_TRY(auto keys, host.transaction(serial_number));
        CIPHERLANE_TRY(const auto initial, bytes_of(host.initial_key(byte_view(serial_number).first(8)), "B1"));
        aes_row opened(row, std::move(keys), initial);
        if (row.has("usage") && row["usage"] != "TXN") {
            CIPHERLANE_TRY(opened.usage_, find_name("usage", usage_names, row["usage"]));
            CIPHERLANE_TRY(const auto type, find_name("key_type", type_names, row["key_type"]));
            opened.type_ = type.type;
            CIPHERLANE_TRY(opened.working_key_, opened.working_key());
        }
        return opened;
    }

    std::optional<std::string> run() {
        return judge_columns(row_, {
                                       {"ik", [this] { return kat_outcome(initial_); }},
                                       {"txn_key", [this] { return kat_outcome(to_hex(keys_.expose())); }},
                                       {"working_key", [this] { return kat_outcome(working_key_); }},
                                       {"pin_field", [this] { return pin_field(); }},
                                       {"enc_pin_block", [this] { return encrypted_pin(); }},
                                       {"pin", [this] { return decrypted_pin(); }},
                                       {"mac_or_cipher", [this] { return is_mac() ? mac() : data(); }, is_mac()},
                                   });
    }

  private:
    aes_row(const kat_row& row, dukpt_aes_transaction&& keys, std::string initial)
        : row_(row)
        , keys_(std::move(keys))
        , initial_(std::move(initial)) {}

    [[nodiscard]] bool is_mac() const { return usage_.what == usage_name::kind::mac; }
    kat_outcome working_key() const {
        switch (usage_.what) {
        case usage_name::kind::pin: return bytes_of(keys_.pin(type_), "P0");
        case usage_name::kind::mac: return bytes_of(keys_.mac(usage_.way, type_), "M6");
        case usage_name::kind::data: return bytes_of(keys_.data(usage_.way, type_), "D0");
        case usage_name::kind::key_encryption: return bytes_of(keys_.key_encryption(type_), "K0");
        }
        return error(crypto_errc::unsupported_algorithm, layer::tools);
    }
    result<bytes> random_half() const {
        CIPHERLANE_TRY(bytes field, from_hex(row_["pin_field"]));
        if (field.size() != 16) return error(crypto_errc::bad_pin_block, layer::tools);
        field.erase(field.begin(), field.begin() + 8);
        return field;
    }
    kat_outcome pin_field() const {
        CIPHERLANE_TRY(const auto pin, clear_pin::parse(row_["pin"]));
        CIPHERLANE_TRY(const bytes fill, random_half());
        CIPHERLANE_TRY(
            const auto field, pin_block_codec::encode_with_fill(pin_block_format::iso_4, pin, row_["pan"], fill));
        return to_hex(field.expose());
    }
    kat_outcome encrypted_pin() const {
        CIPHERLANE_TRY(auto key, keys_.pin(type_));
        CIPHERLANE_TRY(const auto pin, clear_pin::parse(row_["pin"]));
        CIPHERLANE_TRY(const bytes fill, random_half());
        CIPHERLANE_TRY(
            const auto block, encrypt_pin_block_with_fill(key, pin_block_format::iso_4, pin, row_["pan"], fill));
        return to_hex(block.view());
    }
    kat_outcome decrypted_pin() const {
        CIPHERLANE_TRY(auto key, keys_.pin(type_));
        CIPHERLANE_TRY(const bytes block, from_hex(row_["enc_pin_block"]));
        CIPHERLANE_TRY(const auto pin, decrypt_pin_block(key, pin_block_format::iso_4, block, row_["pan"]));
        return std::string(pin.expose());
    }
    kat_outcome mac() const {
        CIPHERLANE_TRY(auto key, keys_.mac(usage_.way, type_));
        CIPHERLANE_TRY(const bytes message, from_hex(row_["data"]));
        CIPHERLANE_TRY(const auto value, cmac(key, message));
        return to_hex(value.view());
    }
    kat_outcome data() const {
        CIPHERLANE_TRY(auto key, keys_.data(usage_.way, type_));
        return encrypted_data(key, row_["data"]);
    }

    const kat_row& row_;
    dukpt_aes_transaction keys_;
    std::string initial_;
    usage_name usage_{"", usage_name::kind::pin};
    dukpt_key_type type_ = dukpt_key_type::aes_128;
    std::string working_key_;
};

std::optional<std::string> run_dukpt_aes(const kat_row& row, const kat_target& /*target*/) {
    auto opened = aes_row::open(row);
    if (!opened || row.must_be_rejected()) {
        return judge(row, opened ? kat_outcome(std::string()) : kat_outcome(opened.error()), "");
    }
    return opened->run();
}

constexpr kat_entry crypto_keys_entries[] = {
    {"tr31", run_key_block},
    {"tr31_derived_keys", run_derived_keys},
    {"dukpt_tdes", run_dukpt_tdes},
    {"dukpt_aes", run_dukpt_aes},
};

} // namespace

std::span<const kat_entry> crypto_keys_kats() {
    return crypto_keys_entries;
}

} // namespace cipherlane::cli
