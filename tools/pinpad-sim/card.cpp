#include "pinpad-sim/card.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

std::string padded(std::string value, std::size_t width) {
    value.resize(width, ' ');
    return value;
}

std::string counted(const std::string& value, std::size_t digits, std::size_t room) {
    if (value.size() > room) throw std::invalid_argument("card data longer than its place");
    auto size = std::to_string(value.size());
    return std::string(digits - size.size(), '0') + size + padded(value, room);
}

std::string digits_of(const nlohmann::json& request, const char* name, const std::string& otherwise) {
    auto value = request.value(name, otherwise);
    if (!all_digits(value)) throw std::invalid_argument(std::string(name) + " must be digits");
    return value;
}

test_card::kind kind_named(const std::string& name) {
    if (name == "magnetic") return test_card::kind::magnetic;
    if (name == "chip") return test_card::kind::chip;
    if (name == "contactless") return test_card::kind::contactless;
    throw std::invalid_argument("kind must be magnetic, chip or contactless");
}

test_card::pin_kind pin_named(const std::string& name) {
    if (name == "online") return test_card::pin_kind::online;
    if (name == "offline") return test_card::pin_kind::offline;
    if (name == "none") return test_card::pin_kind::none;
    throw std::invalid_argument("pin must be online, offline or none");
}

} // namespace

test_card test_card::from(const nlohmann::json& request) {
    test_card card;
    card.what = kind_named(request.value("kind", std::string("magnetic")));
    card.pan = digits_of(request, "pan", "");
    card.track1 = request.value("track1", std::string());
    card.track2 = request.value("track2", std::string());
    card.track3 = request.value("track3", std::string());
    std::replace(card.track2.begin(), card.track2.end(), 'D', '=');
    if (card.track2.find_first_not_of("0123456789=") != std::string::npos) {
        throw std::invalid_argument("track2 must be digits with = or D between them");
    }
    card.expiry = digits_of(request, "expiry", "");
    if (card.expiry.size() == 4) card.expiry += "31";
    if (!card.expiry.empty() && card.expiry.size() != 6) throw std::invalid_argument("expiry must be YYMM or YYMMDD");
    card.sequence = digits_of(request, "sequence", card.sequence);
    if (card.sequence.size() != 2) throw std::invalid_argument("sequence must be two digits");
    card.label = request.value("label", std::string("TEST CARD"));
    card.holder = request.value("holder", std::string());
    card.pin = pin_named(request.value("pin", std::string("online")));
    card.offline_pin = digits_of(request, "offline_pin", "");
    card.accepts = request.value("accepts", true);
    card.offline = request.value("offline", false);
    card.believes_issuer = request.value("believes_issuer", true);
    const auto emv = request.value("emv", nlohmann::json::object());
    for (const auto& [tag, value] : emv.items()) {
        auto data = from_hex(value.get<std::string>());
        if (!data) throw std::invalid_argument("emv " + tag + " must be hex");
        card.objects[tag] = *std::move(data);
    }
    if (card.what == kind::magnetic && card.track2.empty()) throw std::invalid_argument("a stripe needs track2");
    if (card.what != kind::magnetic && (card.pan.empty() || card.expiry.empty())) {
        throw std::invalid_argument("a chip needs pan and expiry");
    }
    static_cast<void>(card.answer_block()); // lengths
    return card;
}

std::string test_card::answer_block() const {
    bool chip = what != kind::magnetic;
    std::string type = what == kind::magnetic ? "00" : what == kind::chip ? "03" : "06";
    return type + "0" + (chip ? "01" : "00") + (chip ? "01" : "00") + (chip ? "01" : "00") + counted(track1, 2, 76) +
           counted(track2, 2, 37) + counted(track3, 3, 104) + counted(chip ? pan : "", 2, 19) +
           (chip ? sequence : "00") + padded(chip ? label : "", 16) + "000" + padded(holder, 26) +
           (chip ? expiry : "000000") + std::string(39, '0') + (chip ? "156" : "000") + "000";
}

} // namespace cipherlane::sim
