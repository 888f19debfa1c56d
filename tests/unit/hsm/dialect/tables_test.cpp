// Every command of every table, asked of the simulated unit of that dialect in the table's own layout: the unit must
// understand it whole, and the table its answer. What is computed is other tests' matter; here keys are tried out.
#include "dialect/layout_parser.hpp"
#include "hsm-sim/racal/processor.hpp"
#include "hsm-sim/unit/unit.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/codec.hpp>

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace cipherlane::hsm {
namespace {

namespace slots = hsm_sim::slots;

/// What a field without a default carries; "CODE.name" for one command alone. Of hex fields and bytes the hex digits.
const std::map<std::string, std::string, std::less<>> samples{
    {"account", "550000025321"},
    {"algorithm", "1"},
    {"arc", "3030"},
    {"arqc", "0102030405060708"},
    {"atc", "0001"},
    {"clear_pin", "1234F"},
    {"count", "2"},
    {"counter", "000001"},
    {"cvv", "123"},
    {"data", "7369787465656E206279746573206F66"}, // sixteen bytes of
    {"decimalisation", "0123456789012345"},
    {"direction", "0"},
    {"expiry", "8701"},
    {"flag", "0"},
    {"index", "0007"},
    {"iv", "0102030405060708"},
    {"ksn", "FFFF9876543210E00001"},
    {"label", "name"},
    {"length_flag", "1"},
    {"mac", "0102030405060708"},
    {"mac_algorithm", "3"},
    {"mac_key", "0"},
    {"mode", "0"},
    {"offset", "0000FFFFFFFF"},
    {"pan", "4123456789012345"},
    {"pan_psn", "2345678901234500"},
    {"pin", "01234"},
    {"pin_block", "0102030405060708"},
    {"new_pin_block", "0102030405060708"},
    {"print_fields", "form"},
    {"proprietary", ""},
    {"pvv", "1234"},
    {"scheme", "U"},
    {"service", "101"},
    {"signature", "0102"},
    {"source_role", "1"},
    {"status_update", "01020304"},
    {"target_account", "550000025321"},
    {"target_role", "2"},
    {"unpredictable", "01020304"},
    {"user_id", "1234567812345678"},
    {"validation", "550000N25321"},
    {"CR.size", "0016"},
    {"GM.hash_id", "06"},
    {"GW.mode", "4"},
    {"K6.arc", "3030"},
    {"LA.blocks", "0123456789ABCDEF"},
    {"LA.index", "10"},
    {"LE.index", "10"},
    {"MC.mac", "01020304"},
    {"N0.size", "016"},
    {"ME.mac", "01020304"},
    {"MM.mac", "01020304"},
    {"MO.mac", "01020304"},
    {"RY.pan", "3712345678901230000"},
};
/// Answers that a unit gives only to a request it has read whole.
const std::set<std::string, std::less<>> understood{"00", "01", "02", "20", "33"};
/// Keys that the field may be, tried in turn, under the unit's local master keys.
constexpr hsm_sim::lmk_slot key_slots[] = {
    slots::zmk, slots::zpk, slots::tpk, slots::tak, slots::zak, slots::cvk, slots::bdk1, slots::zek, slots::mk_ac};
/// Types in the words of the profiles, in the same order.
constexpr const char* type_names[] = {"zmk", "zpk", "tpk", "tak", "zak", "cvk", "bdk", "zek", "mk_ac"};

using chosen_values = std::vector<std::pair<const char*, std::string>>;

class speaker {
  public:
    explicit speaker(const std::string& name)
        : dialect_(profile::builtin(name).value())
        , engine_(dialect_)
        , device_(*hsm_sim::settings_of(name), hsm_sim::lmk_set::test())
        , processor_(device_)
        , table_(device_.settings().dialect) {
        for (const auto slot : key_slots) {
            std::string field;
            const auto clear = from_hex("0123456789ABCDEFFEDCBA9876543210").value();
            hsm_sim::command(device_, *device_.lmks(), {}, 32, field).put_key(slot, 'U', hsm_sim::clear_key(clear));
            keys_.push_back(field);
        }
        // Something to be found where a request looks for it.
        processor_.answer(name == "payshield" ? "LAK00A010123456789ABCDEF" : "KR001UK000704name", nothing_);
    }

    [[nodiscard]] const profile& dialect() const { return *dialect_; }
    [[nodiscard]] bool simulated(const command_spec& command) const { return table_.find(command.code) != nullptr; }

    /// The status of the first combination of keys that the unit understands; else that of the last, and what was
    /// said.
    std::string ask(const command_spec& command, const chosen_values& own = {}) {
        std::vector<const field_spec*> fields;
        for (const auto& field : command.request) {
            if (field.kind == field_kind::key && !optional(command, field)) fields.push_back(&field);
        }
        std::string status;
        const auto kinds = std::size(key_slots);
        std::size_t ways = 1;
        for (std::size_t i = 0; i < fields.size() && i < 3; ++i)
            ways *= kinds;
        for (std::size_t way = 0; way < ways; ++way) {
            auto chosen = way;
            field_set asked;
            fill(command, asked, chosen % kinds);
            for (const auto& [label, text] : own)
                set(*find_field(command.request, field_name(label)), text, asked);
            for (const auto* field : fields) {
                asked.set(field->name, std::string_view(keys_[chosen % kinds]));
                chosen /= kinds;
            }
            status = say(command, asked);
            if (understood.contains(status)) return status;
        }
        return status + " " + said_;
    }

  private:
    /// In a group that is only there when one of its fields is.
    static bool optional(const command_spec& command, const field_spec& field) {
        const auto& items = command.request;
        const auto at = static_cast<std::size_t>(&field - items.data());
        for (std::size_t i = 0; i < at; ++i) {
            const bool around = items[i].kind == field_kind::group && i + items[i].children >= at;
            if (around && items[i].when == presence::given) return true;
        }
        return false;
    }

    void fill(const command_spec& command, field_set& into, std::size_t first_key) const {
        for (const auto& field : command.request) {
            const bool none = field.kind == field_kind::group || field.kind == field_kind::literal ||
                              field.kind == field_kind::key || optional(command, field);
            const bool counted = field.kind == field_kind::length && field.counts != field_name();
            if (none || counted || field.has_preset) continue;
            if (field.domain.starts_with("key_type")) {
                const auto* code = dialect_->code(field.domain, type_names[first_key]);
                if (code != nullptr) into.set(field.name, std::string_view(*code));
                continue;
            }
            if (field.domain == "pin_format") {
                into.set(field.name, "01");
                continue;
            }
            auto sample = samples.find(command.code + "." + field.label);
            if (sample == samples.end()) sample = samples.find(field.label);
            const bool is_mode = field.domain == "cipher_mode" || field.label.ends_with("_mode");
            if (sample == samples.end() && !is_mode) continue;
            const std::string text = sample == samples.end() ? "00" : sample->second;
            set(field, text, into);
        }
    }

    static void set(const field_spec& field, const std::string& text, field_set& into) {
        const bool raw = field.kind == field_kind::hex || field.kind == field_kind::binary;
        const auto value = raw ? from_hex(text) : result<bytes>(bytes(text.begin(), text.end()));
        EXPECT_TRUE(value) << field.label;
        if (value) into.set(field.name, *value);
    }

    std::string say(const command_spec& command, const field_set& asked) {
        bytes request;
        if (const auto made = engine_.encode_request(command, asked, request); !made) {
            said_ = made.error().to_string();
            return "--";
        }
        said_ = std::string(as_text(request));
        std::string answer;
        const auto done = processor_.answer(said_, answer);
        const auto first = as_bytes(answer).first(done.second_answer_at != 0 ? done.second_answer_at : answer.size());
        field_set values;
        const auto read = engine_.decode_answer(command, first, asked, values);
        EXPECT_TRUE(read) << dialect_->name << " " << said_ << " -> " << answer << ": " << read.error();
        return std::string(answer.substr(2, 2));
    }

    std::shared_ptr<const profile> dialect_;
    codec engine_;
    hsm_sim::unit device_;
    hsm_sim::racal_processor processor_;
    hsm_sim::command_table table_;
    std::vector<std::string> keys_;
    std::string nothing_;
    std::string said_;
};

TEST(Tables, TheSimulatedUnitUnderstandsEveryCommandAsTheTableLaysItOut) {
    for (const auto* name : {"payshield", "sjj1310", "sjl06", "sjl05"}) {
        speaker subject(name);
        int asked = 0;
        for (const auto& command : subject.dialect().commands) {
            // Their keys come from E7: the conformance suite has the round.
            const bool of_a_pair = command.code == "E5" || command.code == "E6";
            if (!subject.simulated(command) || of_a_pair) continue;
            const auto status = subject.ask(command);
            EXPECT_TRUE(understood.contains(status)) << name << " " << command.code << ": " << status;
            ++asked;
        }
        EXPECT_GT(asked, 80) << name;
    }
}

struct form {
    const char* profile;
    const char* code;
    chosen_values values;
};

/// Groups that a value asks for, and optional ones.
const form forms[] = {
    {"payshield", "A0", {{"mode", "1"}}},
    {"payshield", "A0", {{"mode", "1"}, {"zmk_flag", "0"}}},
    {"payshield", "A0", {{"mode", "1"}, {"zmk_flag", "1"}}},
    {"payshield", "A0", {{"mode", "A"}, {"key_type", "302"}, {"ksn", "FFFF9876543210E"}}},
    {"payshield", "A0", {{"mode", "B"}, {"key_type", "302"}, {"ksn", "FFFF9876543210E"}}},
    {"sjj1310", "A0", {{"mode", "1"}, {"index", "0009"}, {"label", ""}}},
    {"sjj1310", "A4", {{"index", "0009"}, {"label", "sixteen letters."}}},
    {"payshield", "A4", {{"count", "3"}}},
    {"payshield", "A6", {{"atalla", "0"}}},
    {"payshield", "A8", {{"zmk_flag", "0"}}},
    {"payshield", "A8", {{"zmk_flag", "1"}}},
    {"sjj1310", "A6", {{"atalla", "0"}, {"index", "0009"}, {"label", "x"}}},
    {"sjj1310", "AM", {{"index", "0009"}, {"label", "x"}}},
    {"payshield", "BU", {{"kcv_type", "1"}}},
    {"payshield", "BU", {{"key_type2", "FF"}, {"key_type", "402"}}},
    {"payshield", "KA", {{"kcv_type", "0"}}},
    {"payshield", "FA", {{"scheme", "U"}}},
    {"payshield", "GC", {{"export_scheme", "X"}}},
    {"payshield", "HC", {{"export_scheme", "X"}}},
    {"payshield", "AE", {{"export_scheme", "X"}}},
    {"payshield", "IA", {{"scheme", "U"}}},
    {"payshield", "GG", {{"scheme", "U"}}},
    {"payshield", "GY", {{"count", "3"}, {"scheme", "U"}}},
    {"payshield", "AW", {{"scheme", "U"}}},
    {"payshield", "JA", {{"pin_length", "06"}}},
    {"sjj1310", "TI", {{"max_pin", "12"}}},
    {"sjl06", "TI", {{"max_pin", "12"}}},
    {"payshield", "MQ", {{"mode", "1"}}},
    {"payshield", "MQ", {{"mode", "2"}}},
    {"payshield", "MQ", {{"mode", "3"}}},
    {"payshield", "MS", {{"mode", "3"}}},
    {"payshield", "MS", {{"message_type", "1"}}},
    {"sjl06", "MU", {{"mode", "2"}, {"message_type", "1"}}},
    {"payshield", "M6", {{"mode", "1"}}},
    {"payshield", "M6", {{"mode", "2"}, {"input", "1"}}},
    {"payshield", "M6", {{"mode", "3"}, {"size", "0"}}},
    {"payshield", "M8", {{"mode", "1"}}},
    {"payshield", "M8", {{"mode", "3"}, {"input", "1"}}},
    {"payshield", "M8", {{"size", "0"}, {"mac", "01020304"}}},
    {"payshield", "M0", {{"cipher_mode", "01"}, {"input", "1"}, {"output", "1"}}},
    {"payshield", "M0", {{"key_type", "009"}}},
    {"payshield", "M2", {{"cipher_mode", "01"}}},
    {"payshield", "M4", {{"source_mode", "01"}, {"output", "1"}}},
    {"payshield", "M4", {{"source_mode", "01"}, {"target_mode", "01"}, {"input", "1"}}},
    {"sjl06", "E0", {{"algorithm", "2"}, {"iv", "0102030405060708"}}},
    {"sjl06", "E0", {{"output", "1"}, {"direction", "1"}}},
    {"sjj1310", "S0", {{"derivations", "02"}, {"factor1", "0102030405060708"}, {"factor2", "0102030405060708"}}},
    {"sjj1310", "S0", {{"mac_method", "03"}, {"mac_length", "04"}}},
    {"sjj1310", "S3", {{"cipher_mode", "01"}}},
    {"sjj1310", "S3", {{"cipher_mode", "02"}, {"padding", "01"}}},
    {"sjj1310", "S4", {{"cipher_mode", "03"}}},
    {"sjj1310", "S5", {{"source_mode", "01"}}},
    {"sjj1310", "S5", {{"target_mode", "01"}}},
    {"sjj1310", "UQ", {{"mode", "2"}}},
    {"sjj1310", "K6", {{"mode", "1"}}},
    {"sjj1310", "3C", {{"hash_id", "20"}}},
    {"payshield", "KQ", {{"mode", "1"}}},
    {"payshield", "KQ", {{"mode", "2"}}},
    {"payshield", "KQ", {{"mode", "1"}, {"emv_scheme", "1"}}},
    {"payshield", "KW", {{"mode", "1"}}},
    {"payshield", "KW", {{"mode", "2"}}},
    {"payshield", "KW", {{"mode", "3"}}},
    {"payshield", "KW", {{"mode", "4"}, {"proprietary", "AABB"}}},
    {"payshield", "KW", {{"emv_scheme", "0"}, {"iv", "000102030405060708090A0B0C0D0E0F"}}},
    {"payshield", "KW",
        {{"emv_scheme", "1"}, {"iv", "000102030405060708090A0B0C0D0E0F"}, {"pan_psn", "012345678901234567"}}},
    {"payshield", "KW", {{"emv_scheme", "3"}, {"pan_psn", "012345678901234567"}}},
    {"payshield", "RY", {{"mode", "4"}}},
    {"payshield", "GW", {{"mode", "1"}}},
    {"payshield", "GW", {{"mode", "2"}, {"mac", "01020304"}}},
    {"payshield", "GW", {{"mode", "3"}, {"mac", "01020304"}}},
    {"payshield", "GW", {{"mode", "5"}}},
    {"payshield", "GW", {{"mode", "6"}}},
};

TEST(Tables, SoItDoesWhatOnlySomeRequestsCarry) {
    std::map<std::string, std::unique_ptr<speaker>> speakers;
    for (const auto& each : forms) {
        auto& subject = speakers[each.profile];
        if (!subject) subject = std::make_unique<speaker>(each.profile);
        const auto* command = subject->dialect().command(each.code);
        ASSERT_NE(command, nullptr) << each.code;
        const auto status = subject->ask(*command, each.values);
        std::string what = each.code;
        for (const auto& [label, text] : each.values)
            what.append(" ").append(label).append("=").append(text);
        EXPECT_TRUE(understood.contains(status)) << each.profile << " " << what << ": " << status;
    }
}

} // namespace
} // namespace cipherlane::hsm
