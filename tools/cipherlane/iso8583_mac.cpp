#include "cipherlane/iso8583_mac.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/cmac.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/hmac.hpp>
#include <cipherlane/crypto/kcv.hpp>
#include <cipherlane/crypto/key.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/iso8583/envelope.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <algorithm>
#include <functional>

namespace cipherlane::cli {
namespace {

using crypto::algorithm;

/// Bytes that a MAC may be made over.
struct mac_range {
    std::string name;
    std::size_t begin;
    std::size_t end;
    bytes data;
    bool usual = false; ///< what the dialect says
};

/// A key, or a part of one.
struct key_form {
    std::string name;
    secret_bytes material;
    bool whole = true;
};

/// What an algorithm gives: bytes of which the field carries some, or the field itself.
struct mac_method {
    std::string name;
    mac_choice kind;
    std::function<result<bytes>(byte_view)> make;
    bool whole_field = false;
    bool usual = false;    ///< what `cup-pos` uses with this cipher
    std::string form = {}; ///< of a whole field
};

bool is_hex_text(byte_view data) {
    return std::all_of(data.begin(), data.end(), [](auto c) { return hex_value(static_cast<char>(c)) >= 0; });
}

std::string upper_hex(byte_view data) {
    return to_hex(data);
}

// What may be left out or taken in.

class range_list {
  public:
    range_list(const iso8583::message_view& what, byte_view frame)
        : what_(what)
        , frame_(frame)
        , mac_(static_cast<std::size_t>(what.mac().data() - frame.data()))
        , start_(static_cast<std::size_t>(what.mac_range().data() - frame.data())) {}

    std::vector<mac_range> make() {
        const auto& format = what_.format();
        add("message type to the field before the MAC", start_, mac_, true);
        const std::size_t prefix = format.envelope.length.prefix_bytes();
        if (what_.has_tpdu()) add("TPDU to the field before the MAC", prefix, mac_);
        if (!what_.header_bytes().empty()) {
            add("header to the field before the MAC", place(what_.header_bytes()), mac_);
            iso8583::header_reader pieces(format.envelope, what_.header_bytes());
            while (const auto found = pieces.next()) {
                add("header from " + std::string(found->piece->name) + " to the field before the MAC",
                    place(what_.header_bytes()) + found->offset, mac_);
            }
        }
        if (prefix != 0) add("length to the field before the MAC", 0, mac_);
        const std::size_t mti = format.mti == iso8583::encoding::bcd ? 2 : 4;
        const std::size_t bitmap = format.bitmap_bytes();
        const std::size_t fields = start_ + mti + bitmap * static_cast<std::size_t>(what_.bitmaps());
        add("bitmap to the field before the MAC, without the message type", start_ + mti, mac_);
        add("fields alone, without message type and bitmap", fields, mac_);
        const std::size_t end = mac_ + what_.mac().size();
        add("message type to the end, the MAC as zeros", start_, end, false, [&](bytes& data) {
            std::fill(data.end() - static_cast<std::ptrdiff_t>(end - mac_), data.end(), std::uint8_t{0});
        });
        add("message type to the end, the MAC as it is carried", start_, end);
        if (what_.has_tpdu()) {
            add("TPDU to the end, the MAC as zeros", prefix, end, false, [&](bytes& data) {
                std::fill(data.end() - static_cast<std::ptrdiff_t>(end - mac_), data.end(), std::uint8_t{0});
            });
        }
        bitmap_as_characters(mti, fields);
        without_bit(mti, bitmap);
        until_an_earlier_field();
        named_fields();
        return std::move(all_);
    }

  private:
    [[nodiscard]] std::size_t place(byte_view inside) const {
        return static_cast<std::size_t>(inside.data() - frame_.data());
    }
    void add(std::string name, std::size_t begin, std::size_t end, bool usual = false,
        const std::function<void(bytes&)>& change = {}) {
        if (begin >= end) return;
        const auto part = frame_.subspan(begin, end - begin);
        bytes data(part.begin(), part.end());
        if (change) change(data);
        const auto same = [&](const mac_range& each) { return each.data == data; };
        if (std::any_of(all_.begin(), all_.end(), same)) return;
        all_.push_back({std::move(name), begin, end, std::move(data), usual});
    }

    /// Of a message with a bitmap of bytes: as its hex characters.
    void bitmap_as_characters(std::size_t mti, std::size_t fields) {
        if (what_.format().bitmap != iso8583::encoding::binary || fields > mac_) return;
        add("message type to the field before the MAC, the bitmap as hex characters", start_, mac_, false,
            [&](bytes& data) {
                const auto bitmap = to_hex(byte_view(data).subspan(mti, fields - start_ - mti));
                const auto rest = byte_view(data).subspan(fields - start_);
                bytes made(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(mti));
                made.insert(made.end(), bitmap.begin(), bitmap.end());
                made.insert(made.end(), rest.begin(), rest.end());
                data = std::move(made);
            });
    }

    /// The bitmap as it was before the MAC's bit was set.
    void without_bit(std::size_t mti, std::size_t bitmap) {
        int last = 0;
        for (const int number : what_.fields())
            last = number;
        const auto bit = static_cast<std::size_t>(last - 1);
        const bool hex = bitmap == 16;
        const bool ebcdic = what_.format().bitmap == iso8583::encoding::ebcdic;
        const std::size_t at = mti + (hex ? bit / 4 : bit / 8);
        add("message type to the field before the MAC, its bit not set", start_, mac_, false, [&](bytes& data) {
            if (at >= data.size()) return;
            if (!hex) {
                data[at] = static_cast<std::uint8_t>(data[at] & ~(0x80U >> (bit % 8)));
            } else {
                // Digits of EBCDIC begin at F0 and its letters at C1.
                const unsigned byte = data[at];
                const auto digit = ebcdic ? (byte & 15U) + (byte < 0xF0 ? 9U : 0U)
                                          : static_cast<unsigned>(hex_value(static_cast<char>(byte)));
                const auto nibble = digit & ~(8U >> (bit % 4)) & 15U;
                const auto in_ebcdic = static_cast<std::uint8_t>(nibble < 10 ? 0xF0U + nibble : 0xC1U + nibble - 10U);
                data[at] = ebcdic ? in_ebcdic : static_cast<std::uint8_t>("0123456789ABCDEF"[nibble]);
            }
        });
    }

    /// A field or more in front of the MAC left out.
    void until_an_earlier_field() {
        std::vector<int> numbers;
        for (const int number : what_.fields())
            numbers.push_back(number);
        for (std::size_t i = numbers.size() - 1; i-- > 1 && i + 4 > numbers.size();) {
            const auto wire = what_.wire(numbers[i]);
            add("message type to field " + std::to_string(numbers[i - 1]), start_,
                place(what_.wire(numbers[i - 1])) + what_.wire(numbers[i - 1]).size());
            (void)wire;
        }
    }

    /// The selection of the UnionPay inter-bank rules: values with one blank between them, letters in capitals,
    /// nothing but letters, digits, blanks, commas and points.
    void named_fields() {
        std::string text(what_.mti());
        for (const int number : {2, 3, 4, 7, 11, 18, 25, 28, 32, 33, 38, 39, 41, 42, 90}) {
            if (!what_.has(number)) continue;
            text.append(" ").append(what_.value(number));
        }
        std::string clean;
        for (char c : text) {
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
            const bool good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == ' ' || c == ',' || c == '.';
            if (good && !(c == ' ' && clean.ends_with(' '))) clean.push_back(c);
        }
        while (clean.ends_with(' '))
            clean.pop_back();
        const auto data = as_bytes(clean);
        all_.push_back({"values of fields 0 2 3 4 7 11 18 25 28 32 33 38 39 41 42 90 with blanks between", start_,
            mac_, bytes(data.begin(), data.end()), false});
    }

    const iso8583::message_view& what_;
    byte_view frame_;
    std::size_t mac_;
    std::size_t start_;
    std::vector<mac_range> all_;
};

std::vector<key_form> forms_of(byte_view key, const std::string& name) {
    std::vector<key_form> all;
    const auto add = [&](const std::string& what, byte_view material, bool whole = false) {
        all.push_back({name + what, secret_bytes(material), whole});
    };
    add("", key, true);
    if (key.size() == 16) {
        add(", left half", key.first(8));
        add(", right half", key.last(8));
        secret_bytes exchanged(16);
        std::copy_n(key.data() + 8, 8, exchanged.expose().data());
        std::copy_n(key.data(), 8, exchanged.expose().data() + 8);
        add(", halves exchanged", exchanged.expose());
    }
    if (key.size() == 24) {
        add(", first two thirds", key.first(16));
        add(", first third", key.first(8));
    }
    return all;
}

std::string cipher_name(algorithm cipher) {
    return std::string(to_string(cipher));
}

result<bytes> as_bytes_of(result<crypto::mac_value> made) {
    if (!made) return std::move(made).error();
    return bytes(made->view().begin(), made->view().end());
}

/// Every algorithm that this key can do.
class method_list {
  public:
    explicit method_list(byte_view key)
        : key_(key) {}

    std::vector<mac_method> make() {
        for (const auto cipher : {algorithm::des, algorithm::tdes, algorithm::sm4, algorithm::aes})
            of(cipher);
        using crypto::digest_algorithm;
        for (const auto hash : {digest_algorithm::sha1, digest_algorithm::sha224, digest_algorithm::sha256,
                 digest_algorithm::sha384, digest_algorithm::sha512, digest_algorithm::sm3}) {
            auto key = crypto::hmac_key::create(hash, key_);
            if (!key) continue;
            auto held = std::make_shared<crypto::hmac_key>(*std::move(key));
            const auto name = "HMAC-" + std::string(to_string(hash));
            all_.push_back(
                {name, mac_choice::hmac, [held](byte_view data) { return as_bytes_of(crypto::hmac(*held, data)); }});
        }
        return std::move(all_);
    }

  private:
    void of(algorithm cipher) {
        auto made = crypto::mac_key::create(cipher, key_, crypto::legacy_policy);
        if (!made) return;
        auto key = std::make_shared<crypto::mac_key>(*std::move(made));
        const auto name = cipher_name(cipher);
        if (cipher != algorithm::aes) {
            const auto usual = default_unionpay_mac_form(cipher);
            for (const auto form : {crypto::unionpay_mac_form::ascii8, crypto::unionpay_mac_form::raw8}) {
                const bool as_usual = cipher == algorithm::sm4 || form == usual;
                const bool ascii = form == crypto::unionpay_mac_form::ascii8;
                all_.push_back(
                    {"UnionPay ECB, " + name + (ascii ? ", 8 hex characters" : ", 8 bytes"), mac_choice::unionpay,
                        [key, form](byte_view data) -> result<bytes> {
                            CIPHERLANE_TRY(const auto field, crypto::unionpay_mac(*key, data, form));
                            return bytes(field.begin(), field.end());
                        },
                        true, as_usual, ascii ? "8 hex characters" : "8 bytes"});
            }
        }
        using crypto::mac_padding;
        for (const auto padding : {mac_padding::method_1, mac_padding::method_2, mac_padding::method_3}) {
            const auto pad = ", padding " + std::to_string(static_cast<int>(padding));
            const auto chain = cipher == algorithm::des ? "X9.9 (CBC, DES)" : "CBC-MAC, " + name;
            all_.push_back({chain + pad, cipher == algorithm::des ? mac_choice::x99 : mac_choice::cbc,
                [key, padding](
                    byte_view data) { return as_bytes_of(crypto::mac_algorithm_1(*key, padding, data)); }});
            if (cipher != algorithm::tdes || key_.size() < 16) continue;
            all_.push_back(
                {(key_.size() == 16 ? "X9.19 (retail)" : "X9.19 (retail, three keys)") + pad, mac_choice::x919,
                    [key, padding](byte_view data) { return as_bytes_of(crypto::retail_mac(*key, padding, data)); }});
        }
        over_a_digest(cipher, key);
        if (cipher != algorithm::des) {
            all_.push_back({"CMAC, " + name, mac_choice::cmac,
                [key](byte_view data) { return as_bytes_of(crypto::cmac(*key, data)); }});
        }
    }

    /// A digest of the data first, then the cipher over it: all of it in a chain, its first block, or the retail MAC.
    void over_a_digest(algorithm cipher, const std::shared_ptr<crypto::mac_key>& key) {
        using crypto::digest_algorithm;
        using crypto::mac_padding;
        if (cipher == algorithm::des) return;
        const bool sm = cipher == algorithm::sm4;
        const std::size_t block = cipher == algorithm::tdes ? 8 : 16;
        for (const auto hash : {digest_algorithm::sha256, digest_algorithm::sha1, digest_algorithm::sm3}) {
            if (sm != (hash == digest_algorithm::sm3)) continue;
            const auto name = std::string(to_string(hash)) + ", then ";
            const auto add = [&](const std::string& then, auto make) {
                all_.push_back({name + then, mac_choice::cbc, [hash, make](byte_view data) -> result<bytes> {
                                    CIPHERLANE_TRY(const auto value, crypto::digest(hash, data));
                                    return as_bytes_of(make(value.view()));
                                }});
            };
            add("CBC-MAC, " + cipher_name(cipher),
                [key](byte_view value) { return crypto::mac_algorithm_1(*key, mac_padding::method_1, value); });
            add(cipher_name(cipher) + " of its first block", [key, block](byte_view value) {
                return crypto::mac_algorithm_1(*key, mac_padding::method_1, value.first(block));
            });
            if (cipher != algorithm::tdes) continue;
            add("X9.19 (retail)",
                [key](byte_view value) { return crypto::retail_mac(*key, mac_padding::method_1, value); });
        }
    }

    byte_view key_;
    std::vector<mac_method> all_;
};

constexpr std::string_view as_it_is = "as the field has it";

/// How the field carries what is a whole field itself: empty where it does not.
std::string whole_form(byte_view carried, byte_view field) {
    if (std::equal(carried.begin(), carried.end(), field.begin(), field.end())) return std::string(as_it_is);
    if (carried.size() != field.size() || carried.size() < 8) return {};
    const auto small = [](std::uint8_t c) { return static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c); };
    const auto same = [&](std::uint8_t a, std::uint8_t b) { return small(a) == small(b); };
    if (is_hex_text(field) && std::equal(carried.begin(), carried.end(), field.begin(), same))
        return "8 hex characters in small letters";
    const auto rest = carried.subspan(4);
    const bool filler = std::all_of(rest.begin(), rest.end(),
        [&](auto byte) { return byte == rest[0] && (byte == 0 || byte == 0xFF || byte == ' '); });
    if (filler && std::equal(carried.begin(), carried.begin() + 4, field.begin())) return "4 bytes, and a filler";
    return {};
}

/// Four bytes of a value, with a filler behind or in front of them: empty where it is none.
std::string four_with_filler(byte_view carried, byte_view mac) {
    constexpr std::size_t four = 4;
    if (carried.size() != 2 * four) return {};
    const auto is_filler = [](byte_view part) {
        return std::all_of(part.begin(), part.end(),
            [&](auto byte) { return byte == part[0] && (byte == 0 || byte == 0xFF || byte == ' '); });
    };
    const auto same = [](byte_view a, byte_view b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); };
    const bool behind = is_filler(carried.last(four));
    if (!behind && !is_filler(carried.first(four))) return {};
    const auto value = behind ? carried.first(four) : carried.last(four);
    const std::string how = behind ? " 4 bytes, and a filler" : " 4 bytes behind a filler";
    if (same(value, mac.first(four))) return "first" + how;
    if (same(value, mac.last(four))) return "last" + how;
    return {};
}

/// How the field carries a value: empty where it does not.
std::string form_of(byte_view carried, byte_view mac) {
    const auto text = [&](byte_view part, bool small) {
        auto digits = upper_hex(part);
        if (small)
            std::transform(digits.begin(), digits.end(), digits.begin(),
                [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
        return digits;
    };
    const auto is = [&](byte_view part) {
        return std::equal(carried.begin(), carried.end(), part.begin(), part.end());
    };
    if (is(mac.first(8))) return "first 8 bytes";
    if (mac.size() > 8 && is(mac.last(8))) return "last 8 bytes";
    if (mac.size() > 8 && is(mac.subspan(8, 8))) return "second 8 bytes";
    for (const bool small : {false, true}) {
        const std::string letters = small ? " in small letters" : "";
        if (as_text(carried) == text(mac.first(4), small)) return "first 4 bytes as hex characters" + letters;
        if (as_text(carried) == text(mac.subspan(4, 4), small)) return "second 4 bytes as hex characters" + letters;
        if (as_text(carried) == text(mac.last(4), small)) return "last 4 bytes as hex characters" + letters;
    }
    return four_with_filler(carried, mac);
}

class search {
  public:
    search(const iso8583::message_view& what, byte_view frame, mac_choice only)
        : only_(only)
        , pos_(what.format().name.starts_with("cup-pos"))
        , ranges_(range_list(what, frame).make())
        , carried_(what.mac().begin(), what.mac().end()) {
        // A dialect that writes binary fields as hex has twice as many bytes there.
        if (carried_.size() == 16) {
            if (auto data = from_hex(as_text(carried_))) carried_ = *std::move(data);
        }
        if (pos_) done_.expected = "UnionPay ECB";
    }

    result<mac_search> run(std::span<const byte_view> keys, std::span<const std::string> names) {
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const auto own = keys.size() == 1 ? std::string("the key") : numbered(i + 1, keys[i]);
            for (const auto& form : forms_of(keys[i], i < names.size() ? names[i] : own))
                with_key(form);
        }
        std::stable_sort(done_.fits.begin(), done_.fits.end(),
            [](const mac_way& a, const mac_way& b) { return a.different.size() < b.different.size(); });
        return std::move(done_);
    }

  private:
    /// "key 2 (check value 08D7B4)": which of those given it is.
    static std::string numbered(std::size_t number, byte_view key) {
        const auto cipher = key.size() == 8 ? algorithm::des : key.size() == 32 ? algorithm::aes : algorithm::tdes;
        const auto method = cipher == algorithm::aes ? crypto::kcv_method::cmac : crypto::kcv_method::legacy;
        const auto value = crypto::key_check_value(cipher, key, method, 3);
        return "key " + std::to_string(number) + (value ? " (check value " + to_hex(*value) + ")" : "");
    }

    void with_key(const key_form& key) {
        for (const auto& method : method_list(key.material.expose()).make()) {
            if (only_ != mac_choice::any && method.kind != only_) continue;
            for (const auto& range : ranges_) {
                one(key, method, range, "bytes", range.data);
                const auto text = upper_hex(range.data);
                one(key, method, range, "its bytes as hex characters", as_bytes(text));
            }
        }
    }

    void one(const key_form& key, const mac_method& method, const mac_range& range, std::string_view data,
        byte_view over) {
        ++done_.tried;
        const auto mac = method.make(over);
        if (!mac || mac->size() < 8) return;
        std::string form;
        form = method.whole_field ? whole_form(carried_, *mac) : form_of(carried_, *mac);
        if (form.empty()) return;
        mac_way way{method.name, key.name, range.name, range.begin, range.end, std::string(data), form, {}};
        const bool odd_form = method.whole_field && (form != as_it_is || !method.usual);
        if (odd_form) way.different.push_back("carried as " + (form == as_it_is ? method.form : form));
        if (pos_ && method.kind != mac_choice::unionpay) way.different.push_back("made with " + method.name);
        if (!range.usual) way.different.push_back("made over " + range.name);
        if (!key.whole) way.different.push_back("made with " + key.name);
        if (data != "bytes") way.different.push_back("made over hex characters instead of bytes");
        done_.fits.push_back(std::move(way));
    }

    mac_choice only_;
    bool pos_;
    std::vector<mac_range> ranges_;
    bytes carried_;
    mac_search done_;
};

} // namespace

std::vector<well_known_key> well_known_test_keys() {
    std::vector<well_known_key> all;
    for (const std::string_view digits : {"11111111111111111111111111111111", "22222222222222222222222222222222",
             "31313131313131313131313131313131", "00000000000000000000000000000000",
             "0123456789ABCDEFFEDCBA9876543210", "0123456789ABCDEF0123456789ABCDEF",
             "FEDCBA98765432100123456789ABCDEF", "88888888888888888888888888888888",
             "12345678901234567890123456789012", "1234567890ABCDEFFEDCBA0987654321"}) {
        all.push_back({from_hex(digits).value(), "well-known test key " + std::string(digits)});
    }
    return all;
}

result<mac_search> search_mac(const iso8583::message_view& what, byte_view frame, std::span<const byte_view> keys,
    mac_choice only, std::span<const std::string> names) {
    if (what.mac().empty()) {
        return error(iso8583_errc::missing_field, layer::tools)
            .during("MAC search")
            .in_field("64")
            .with_hint("the last field of the message is no MAC");
    }
    return search(what, frame, only).run(keys, names);
}

} // namespace cipherlane::cli
