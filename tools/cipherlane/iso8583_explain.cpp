#include "cipherlane/iso8583_mac.hpp"
#include "cipherlane/iso8583_options.hpp"
#include "cipherlane/tlv_print.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/envelope.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iostream>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

json rows_to_json(const std::vector<iso8583::described_row>& rows) {
    json list = json::array();
    for (const auto& row : rows) {
        json one{{"path", row.path}, {"name", row.name}, {"value", row.value}};
        if (row.offset) one["byte"] = *row.offset;
        list.push_back(std::move(one));
    }
    return list;
}

json way_to_json(const mac_way& way) {
    return {{"algorithm", way.algorithm}, {"key", way.key}, {"range", way.range}, {"begin", way.begin},
        {"end", way.end}, {"data", way.data}, {"form", way.form}, {"different", way.different}};
}

void step(std::string_view name, const std::string& value) {
    std::cout << "       " << name << std::string(name.size() < 30 ? 30 - name.size() : 1, ' ') << value << "\n";
}

mac_choice choice_of(const iso8583_options& chosen, const iso8583::dialect& format) {
    constexpr std::pair<std::string_view, mac_choice> words[] = {{"any", mac_choice::any},
        {"unionpay", mac_choice::unionpay}, {"x99", mac_choice::x99}, {"x919", mac_choice::x919},
        {"cbc", mac_choice::cbc}, {"cmac", mac_choice::cmac}, {"hmac", mac_choice::hmac}};
    for (const auto& [word, choice] : words) {
        if (word == chosen.algorithm) return choice;
    }
    return format.name.starts_with("cup-pos") ? mac_choice::unionpay : mac_choice::any;
}

std::string place(std::size_t begin, std::size_t end) {
    return "bytes " + std::to_string(begin) + " to " + std::to_string(end - 1) + ", " + std::to_string(end - begin) +
           " in all";
}

/// Which block cipher the MAC uses: as asked, else SM4 where field 53 says so, else by the key's length.
crypto::algorithm mac_cipher(const iso8583_options& chosen, const iso8583::message_view& what, std::size_t key_size) {
    if (chosen.cipher == "sm4") return crypto::algorithm::sm4;
    if (chosen.cipher == "des") return crypto::algorithm::des;
    if (chosen.cipher == "tdes") return crypto::algorithm::tdes;
    const auto control = what.value(53);
    if (control.size() > 1 && control[1] == '3') return crypto::algorithm::sm4;
    return key_size == 8 ? crypto::algorithm::des : crypto::algorithm::tdes;
}

/// Each step of the POS MAC; true if it is the one that is carried.
bool explain_unionpay(
    const iso8583_options& chosen, const iso8583::message_view& what, byte_view frame, byte_view material) {
    const auto cipher = mac_cipher(chosen, what, material.size());
    auto key = chosen.value_or_stop(crypto::mac_key::create(cipher, material, crypto::legacy_policy));
    const auto steps = chosen.value_or_stop(crypto::explain_unionpay_mac(key, what.mac_range()));
    const auto block = steps.block;
    const auto carried = to_hex(what.mac());
    const bool ascii = carried == to_hex(steps.ascii8);
    const bool raw = carried == to_hex(steps.raw8);
    if (chosen.output == output_form::json) return ascii || raw;
    std::cout << "MAC under a TEST KEY: UnionPay ECB, " << to_string(cipher) << "\n";
    const auto begin = static_cast<std::size_t>(what.mac_range().data() - frame.data());
    // The range holds PAN and track in clear.
    step("range: message type to 63", chosen.reveal == iso8583::reveal::whole
                                          ? to_hex(what.mac_range())
                                          : place(begin, begin + what.mac_range().size()));
    step("XOR of its blocks", to_hex(steps.text.folded()));
    step("as hex text", std::string(as_text(steps.text.text())));
    step("first half encrypted", to_hex(byte_view(steps.first).first(block)));
    step("XOR second half, encrypted", to_hex(byte_view(steps.last).first(block)));
    step("field 64 as 8 hex characters", to_hex(steps.ascii8) + "  (ascii8)");
    step("field 64 as 8 bytes", to_hex(steps.raw8) + "  (raw8)");
    step("field 64 carried", carried + (ascii ? "  right (ascii8)" : raw ? "  right (raw8)" : "  WRONG"));
    return ascii || raw;
}

void print_way(const mac_way& way) {
    step("algorithm", way.algorithm);
    step("key", way.key);
    step("made over", way.range);
    step("", place(way.begin, way.end) + (way.data == "bytes" ? "" : ", " + way.data));
    step("carried as", way.form);
    for (const auto& each : way.different)
        step("different", each);
}

/// The other ways, each on a line: a key of one half, or another range, may be what the peer means.
void print_others(std::span<const mac_way> fits) {
    constexpr std::size_t most = 20;
    for (std::size_t i = 1; i < fits.size() && i <= most; ++i) {
        const auto& way = fits[i];
        step(i == 1 ? "also" : "", way.algorithm + ", " + way.key + ", over " + way.range +
                                       (way.data == "bytes" ? "" : ", " + way.data) + ", " + way.form);
    }
    if (fits.size() > most + 1) step("", "and " + std::to_string(fits.size() - most - 1) + " more, which --json has");
}

/// Whether the MAC is right, in text or as JSON.
ending explain_mac(
    const iso8583_options& chosen, const iso8583::message_view& what, byte_view frame, byte_view key, json& out) {
    if (what.mac().empty()) {
        if (chosen.output == output_form::text) std::cout << "no MAC field\n";
        out["mac"] = nullptr;
        return ending::done;
    }
    const std::array keys{key};
    const auto only = choice_of(chosen, what.format());
    bool right = false;
    if (only == mac_choice::unionpay) right = explain_unionpay(chosen, what, frame, keys.front());
    const auto found = chosen.value_or_stop(search_mac(what, frame, keys, only));
    if (only != mac_choice::unionpay) {
        right = !found.fits.empty() && found.fits.front().different.empty();
        if (chosen.output == output_form::text) {
            std::cout << "MAC under a TEST KEY: " << (right ? "right" : "WRONG") << "\n";
            if (!found.fits.empty()) print_way(found.fits.front());
        }
    }
    out["mac"] = json{{"right", right}, {"carried", to_hex(what.mac())}};
    if (!found.fits.empty()) out["mac"]["found"] = way_to_json(found.fits.front());
    if (right) return ending::done;
    // The usual slips, found while we are at it.
    const auto all = chosen.value_or_stop(search_mac(what, frame, keys, mac_choice::any));
    if (all.fits.empty()) {
        if (chosen.output == output_form::text) {
            std::cout << "       none of " << all.tried
                      << " other ways gives it: another key, or the message was changed\n";
        }
        return ending::difference;
    }
    out["mac"]["would_be_right"] = way_to_json(all.fits.front());
    if (chosen.output == output_form::text && only == mac_choice::unionpay) {
        std::cout << "it would be right so\n";
        print_way(all.fits.front());
    }
    return ending::difference;
}

/// Field 55 again, with what its bits mean; a fault inside has been told with the fields. A difference where a value
/// is not of its tag's form.
ending explain_chip_data(const iso8583_options& chosen, const iso8583::message_view& what, json& out) {
    constexpr int field = 55;
    if (!what.has(field) || what.format().field(field).kind != iso8583::kind::binary) return ending::done;
    const auto data = what.value(field);
    emv::tlv_limits limits;
    if (chosen.reading == iso8583::reading::tolerant) limits.reading = emv::tlv_reading::tolerant;
    if (!emv::check_tlv(as_bytes(data), limits)) return ending::done;
    emv::tlv_reader reader(as_bytes(data), limits);
    const auto how = chosen.reveal == iso8583::reveal::whole ? showing::clear : showing::masked;
    if (chosen.output == output_form::json) {
        out["chip"] = json::array();
        return tlv_to_json(out["chip"], reader, how).wrong == 0 ? ending::done : ending::difference;
    }
    std::cout << "chip data in words\n";
    return print_tlv(std::cout, reader, how).wrong == 0 ? ending::done : ending::difference;
}

/// `key`: empty for none. `advice`: on a message that cannot be read.
ending explain_one(const iso8583_options& chosen, const iso8583::dialect& format, byte_view frame, byte_view key,
    std::string_view advice, json& out) {
    const auto read = iso8583::decode_partly(format, frame, chosen.reading);
    const auto rows = describe_rows(read, chosen.reveal);
    out = json{{"dialect", format.name}, {"bytes", frame.size()}, {"rows", rows_to_json(rows)}};
    if (read.poll) out["poll"] = true;
    if (chosen.output == output_form::text) {
        std::cout << format.name << ", " << frame.size() << " bytes\n" << describe(read, chosen.reveal);
    }
    if (read.poll) return ending::done;
    if (read.failure) {
        out["error"] = to_json(*read.failure);
        out["error"]["advice"] = advice;
        std::cout.flush();
        if (chosen.output == output_form::text)
            (void)tell(chosen.subcommand, *read.failure, advice, output_form::text);
        return ending::difference;
    }
    auto ends = explain_chip_data(chosen, read.view, out);
    if (std::any_of(rows.begin(), rows.end(), [](const auto& row) { return row.wrong; })) ends = ending::difference;
    if (read.inside) {
        out["error"] = to_json(*read.inside);
        std::cout.flush();
        if (chosen.output == output_form::text) {
            (void)tell(chosen.subcommand, *read.inside,
                "the field's own structure is broken; the message around it is whole", output_form::text);
        }
        ends = ending::difference;
    }
    if (key.empty()) return ends;
    const auto judged = explain_mac(chosen, read.view, frame, key, out);
    return ends == ending::done ? judged : ends;
}

} // namespace

ending explain_messages(const iso8583_options& chosen) {
    const auto& format = chosen.dialect();
    const auto keys = chosen.read_keys("--test-key");
    const auto found = chosen.messages(format);
    auto ends = found.damaged ? ending::difference : ending::done;
    json list = json::array();
    for (std::size_t i = 0; i < found.frames.size(); ++i) {
        json one;
        if (i != 0 && chosen.output == output_form::text) std::cout << "\n";
        const auto ended = explain_one(chosen, format, found.frames[i],
            keys.empty() ? byte_view() : keys.front().expose(), advice_on(found), one);
        if (ended != ending::done) ends = ended;
        list.push_back(std::move(one));
    }
    if (chosen.output == output_form::json) {
        json made{{"input", to_string(found.form)}, {"messages", std::move(list)}};
        if (!found.note.empty()) made["note"] = found.note;
        made["exit"] = static_cast<int>(ends);
        std::cout << made.dump(2) << "\n";
    }
    return ends;
}

ending search_macs(const iso8583_options& chosen) {
    const auto& format = chosen.dialect();
    const auto given = chosen.read_keys("--key");
    const auto known = given.empty() ? well_known_test_keys() : std::vector<well_known_key>();
    std::vector<byte_view> keys;
    std::vector<std::string> names;
    for (const auto& each : given) {
        const auto size = each.expose().size();
        // HMAC takes any; nothing else does, and whoever means it says so.
        if (size != 8 && size != 16 && size != 24 && size != 32 && chosen.algorithm != "hmac") {
            chosen.stop("field --key: found " + std::to_string(size) +
                        " bytes, expected DES 8, TDES 16 or 24, SM4 16, AES 16, 24 or 32; any with --algorithm hmac");
        }
        keys.push_back(each.expose());
    }
    for (const auto& each : known) {
        keys.emplace_back(each.material);
        names.push_back(each.name);
    }
    const auto found = chosen.messages(format);
    auto ends = found.damaged ? ending::difference : ending::done;
    json list = json::array();
    for (const auto& frame : found.frames) {
        const auto read = iso8583::decode_partly(format, frame, chosen.reading);
        if (read.poll) continue;
        if (read.failure) {
            chosen.stop(*read.failure, "a MAC is only looked for in a message that can be read: " + advice_on(found));
        }
        const auto only = chosen.algorithm.empty() ? mac_choice::any : choice_of(chosen, format);
        const auto searched = chosen.value_or_stop(search_mac(read.view, frame, keys, only, names));
        const bool right = !searched.fits.empty() && searched.fits.front().different.empty();
        if (!right) ends = ending::difference;
        json one{{"carried", to_hex(read.view.mac())}, {"tried", searched.tried}, {"right", right},
            {"fits", json::array()}};
        for (const auto& each : searched.fits)
            one["fits"].push_back(way_to_json(each));
        list.push_back(std::move(one));
        if (chosen.output == output_form::json) continue;
        std::cout << "MAC " << to_hex(read.view.mac()) << ": ";
        if (searched.fits.empty()) {
            std::cout << "none of " << searched.tried << " ways gives it under "
                      << (given.empty() ? "the well-known test keys" : "the given keys")
                      << ": another key, or the message was changed after its MAC was made\n";
            continue;
        }
        std::cout << (right ? "right\n" : "fits, but not as the dialect has it\n");
        print_way(searched.fits.front());
        print_others(searched.fits);
    }
    if (chosen.output == output_form::json) {
        std::cout << json{{"messages", std::move(list)}, {"exit", static_cast<int>(ends)}}.dump(2) << "\n";
    }
    return ends;
}

} // namespace cipherlane::cli
