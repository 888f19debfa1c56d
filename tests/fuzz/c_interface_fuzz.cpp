// The C interface as anybody may call it: any order of calls with any handles, open, closed, of another kind or
// invented. Nothing is listened to: the pool has nobody to speak with, and its calls have no time. A till is there,
// without host and devices, whose callers' functions throw.
#include "support/memory_folder.hpp"

#include <cipherlane/c/hsm.h>
#include <cipherlane/c/iso8583.h>
#include <cipherlane/c/keyblock.h>
#include <cipherlane/c/qr.h>
#include <cipherlane/c/till.h>
#include <cipherlane/c/tlv.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

namespace {

/// The input, a little at a time.
class feed {
  public:
    feed(const std::uint8_t* data, std::size_t size)
        : at_(data)
        , left_(size) {}
    [[nodiscard]] bool empty() const { return left_ == 0; }
    std::uint8_t byte() {
        if (left_ == 0) return 0;
        --left_;
        return *at_++;
    }
    /// Up to 31 characters without a zero.
    std::string text() {
        std::string made;
        for (auto size = byte() % 32; size > 0 && left_ > 0; --size) {
            const auto next = static_cast<char>(byte());
            made.push_back(next == 0 ? '0' : next);
        }
        return made;
    }

  private:
    const std::uint8_t* at_;
    std::size_t left_;
};

constexpr std::array words{"translate_pin", "make_mac", "card", "key", "pin_block", "data", "zpk", "cup-pos",
    "legacy", "6225880000000006", "0200", "6000030000", "B0096M3TC00E0000", "sale", "SM3", "1234"};

/// Open as long as the process lives.
class common_till {
  public:
    common_till() {
        const auto settings = folder_.file("till.toml");
        std::ofstream(settings)
            << "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[journal]\nfile = \""
            << folder_.file("till.db") << "\"\nkey_file = \"" << folder_.file("till.key") << "\"\n";
        cipherlane_status why;
        if (cipherlane_till_open(settings.c_str(), on_line, nullptr, 20'000, nullptr, &till_, &why) != CIPHERLANE_OK)
            std::abort();
    }
    common_till(const common_till&) = delete;
    common_till& operator=(const common_till&) = delete;
    ~common_till() { cipherlane_till_close(till_, nullptr); }
    [[nodiscard]] cipherlane_till handle() const { return till_; }

    [[noreturn]] static void on_line(void* /*user*/, const char* /*json*/) { throw 1; }
    [[noreturn]] static void on_payment(void* /*user*/, const cipherlane_payment* /*told*/) { throw 2; }

  private:
    cipherlane::tests::memory_folder folder_;
    cipherlane_till till_ = nullptr;
};

cipherlane_till open_till() {
    static const common_till all;
    return all.handle();
}

struct rig {
    explicit rig(feed& from)
        : in(from) {}
    rig(const rig&) = delete;
    rig& operator=(const rig&) = delete;
    ~rig() {
        for (void* each : handles) {
            cipherlane_hsm_close(static_cast<cipherlane_hsm>(each), nullptr);
            cipherlane_hsm_request_close(static_cast<cipherlane_hsm_request>(each), nullptr);
            cipherlane_key_close(static_cast<cipherlane_key>(each), nullptr);
            cipherlane_keyblock_close(static_cast<cipherlane_keyblock>(each), nullptr);
            cipherlane_iso8583_dialect_close(static_cast<cipherlane_iso8583_dialect>(each), nullptr);
            cipherlane_iso8583_message_close(static_cast<cipherlane_iso8583_message>(each), nullptr);
            cipherlane_till_close(static_cast<cipherlane_till>(each), nullptr);
            cipherlane_stop_close(static_cast<cipherlane_stop>(each), nullptr);
        }
    }

    /// Any handle: one that was given out, none, or an invented one.
    template <class Handle>
    Handle any() {
        const auto which = in.byte();
        if (which < handles.size()) return static_cast<Handle>(handles[which]);
        std::uintptr_t invented = which;
        for (int i = 0; i < 4; ++i)
            invented = invented << 13 ^ in.byte();
        return which == 255 ? nullptr : reinterpret_cast<Handle>(invented);
    }
    /// Where a new handle goes; the one before is closed by the end.
    void keep(void* made) {
        if (made == nullptr) return;
        if (next == handles.size()) std::abort(); // `full` is asked before
        handles[next++] = made;
    }
    [[nodiscard]] bool full() const { return next == handles.size(); }
    std::string word() {
        const auto which = in.byte();
        return which < words.size() ? words[which] : in.text();
    }
    cipherlane_buffer buffer() {
        const auto room = in.byte();
        return {room == 0 ? nullptr : memory.data(), room == 255 ? memory.size() : room, 0};
    }

    feed& in;
    std::array<void*, 24> handles{};
    std::size_t next = 0;
    std::array<std::uint8_t, 4096> memory{};
    cipherlane_status why{};
};

cipherlane_condition make(rig& at) {
    if (at.full()) return CIPHERLANE_OK;
    void* made = nullptr;
    cipherlane_condition end = CIPHERLANE_OK;
    const auto material = at.word();
    switch (at.in.byte() % 8) {
    case 0: end = cipherlane_stop_create(reinterpret_cast<cipherlane_stop*>(&made), &at.why); break;
    case 1:
        end = cipherlane_hsm_open("127.0.0.1:1", "payshield", reinterpret_cast<cipherlane_hsm*>(&made), &at.why);
        break;
    case 2:
        end = cipherlane_hsm_request_create(
            at.word().c_str(), reinterpret_cast<cipherlane_hsm_request*>(&made), &at.why);
        break;
    case 3:
        end = cipherlane_key_create(at.in.byte(), at.in.byte() % 5, "0123456789ABCDEFGHIJKLMN", at.in.byte() % 25,
            "legacy", reinterpret_cast<cipherlane_key*>(&made), &at.why);
        break;
    case 4:
        end = cipherlane_keyblock_create(at.any<cipherlane_key>(), static_cast<char>(at.in.byte()),
            reinterpret_cast<cipherlane_keyblock*>(&made), &at.why);
        break;
    case 5:
        end =
            cipherlane_iso8583_dialect_open("cup-pos", reinterpret_cast<cipherlane_iso8583_dialect*>(&made), &at.why);
        break;
    case 6:
        end = cipherlane_iso8583_message_create(reinterpret_cast<cipherlane_iso8583_message*>(&made), &at.why);
        break;
    default: end = cipherlane_hsm_open_toml(material.c_str(), reinterpret_cast<cipherlane_hsm*>(&made), &at.why);
    }
    if ((end == CIPHERLANE_OK) != (made != nullptr)) std::abort();
    at.keep(made);
    return end;
}

cipherlane_condition close(rig& at) {
    switch (at.in.byte() % 8) {
    case 0: return cipherlane_stop_close(at.any<cipherlane_stop>(), &at.why);
    case 1: return cipherlane_hsm_close(at.any<cipherlane_hsm>(), &at.why);
    case 2: return cipherlane_hsm_request_close(at.any<cipherlane_hsm_request>(), &at.why);
    case 3: return cipherlane_key_close(at.any<cipherlane_key>(), &at.why);
    case 4: return cipherlane_keyblock_close(at.any<cipherlane_keyblock>(), &at.why);
    case 5: return cipherlane_iso8583_message_close(at.any<cipherlane_iso8583_message>(), &at.why);
    case 6: return cipherlane_hsm_reply_close(at.any<cipherlane_hsm_reply>(), &at.why);
    default: return cipherlane_till_close(at.any<cipherlane_till>(), &at.why);
    }
}

cipherlane_condition call_machine(rig& at) {
    cipherlane_block block;
    cipherlane_hsm_reply reply = nullptr;
    const auto field = at.word();
    const auto value = at.word();
    auto out = at.buffer();
    switch (at.in.byte() % 6) {
    case 0:
        return cipherlane_hsm_request_set_text(
            at.any<cipherlane_hsm_request>(), field.c_str(), value.c_str(), &at.why);
    case 1:
        return cipherlane_hsm_request_set_bytes(
            at.any<cipherlane_hsm_request>(), field.c_str(), value.data(), value.size(), &at.why);
    case 2:
        return cipherlane_hsm_run(at.any<cipherlane_hsm>(), at.any<cipherlane_hsm_request>(), 0,
            at.any<cipherlane_stop>(), &reply, &at.why);
    case 3: return cipherlane_stop_request(at.any<cipherlane_stop>(), &at.why);
    case 4:
        return cipherlane_hsm_check_value(
            at.any<cipherlane_hsm>(), at.in.byte(), value.c_str(), 0, nullptr, &block, &at.why);
    default: return cipherlane_hsm_reply_bytes(at.any<cipherlane_hsm_reply>(), field.c_str(), &out, &at.why);
    }
}

cipherlane_condition call_crypto(rig& at) {
    cipherlane_block block;
    const auto text = at.word();
    auto out = at.buffer();
    switch (at.in.byte() % 6) {
    case 0:
        return cipherlane_mac_make(
            at.any<cipherlane_key>(), at.in.byte(), at.in.byte() % 4, text.data(), text.size(), &block, &at.why);
    case 1:
        return cipherlane_data_encrypt(at.any<cipherlane_key>(), at.in.byte() % 6, "01234567", at.in.byte() % 9,
            text.data(), text.size(), &out, &at.why);
    case 2:
        return cipherlane_pin_encrypt(
            at.any<cipherlane_key>(), at.in.byte(), text.c_str(), at.word().c_str(), &block, &at.why);
    case 3: return cipherlane_digest(at.word().c_str(), text.data(), text.size(), &out, &at.why);
    case 4: return cipherlane_keyblock_unwrap(at.any<cipherlane_keyblock>(), text.c_str(), &out, &at.why);
    default:
        return cipherlane_key_check_value(at.any<cipherlane_key>(), at.in.byte() % 3, at.in.byte(), &block, &at.why);
    }
}

cipherlane_condition call_texts(rig& at) {
    const auto text = at.word();
    auto out = at.buffer();
    switch (at.in.byte() % 8) {
    case 0:
        return cipherlane_iso8583_set_field(
            at.any<cipherlane_iso8583_message>(), at.in.byte() - 4, text.data(), text.size(), &at.why);
    case 1: return cipherlane_iso8583_set_mti(at.any<cipherlane_iso8583_message>(), text.c_str(), &at.why);
    case 2:
        return cipherlane_iso8583_encode(at.any<cipherlane_iso8583_dialect>(), at.in.byte() % 3,
            at.any<cipherlane_iso8583_message>(), &out, nullptr, &at.why);
    case 3: return cipherlane_iso8583_from_json(at.any<cipherlane_iso8583_dialect>(), 0, text.c_str(), &out, &at.why);
    case 4: return cipherlane_tlv_to_json(text.data(), text.size(), &out, &at.why);
    case 5: return cipherlane_qr_decode(text.c_str(), &out, &at.why);
    case 6: return cipherlane_keyblock_inspect(text.c_str(), &out, &at.why);
    default: return cipherlane_till_receipt(at.any<cipherlane_till>(), 1, 0, 32, 0, &out, &at.why);
    }
}

cipherlane_condition another_till(rig& at) {
    if (at.full()) return CIPHERLANE_OK;
    cipherlane_till made = nullptr;
    const auto end = cipherlane_till_at(open_till(), "TEST0001", &made, &at.why);
    if ((end == CIPHERLANE_OK) != (made != nullptr)) std::abort();
    at.keep(made);
    return end;
}

cipherlane_condition pay(rig& at, cipherlane_till till) {
    cipherlane_payment payment;
    const auto key = at.word();
    const auto name = at.word();
    cipherlane_trade trade = CIPHERLANE_TRADE_INIT;
    trade.trade = name.c_str();
    trade.key = key.c_str();
    trade.amount = at.in.byte();
    trade.original = at.in.byte() % 4;
    const auto end = cipherlane_till_pay(till, &trade, 1000, at.any<cipherlane_stop>(), &payment, &at.why);
    if (end == CIPHERLANE_OK) std::abort(); // nobody is there who could be paid
    return end;
}

cipherlane_condition call_till(rig& at) {
    constexpr auto line = common_till::on_line;
    constexpr std::int64_t patience = 1000;
    cipherlane_payment payment;
    std::int32_t found = 0;
    auto out = at.buffer();
    const auto text = at.word();
    auto* const till = at.in.byte() % 4 != 0 ? open_till() : at.any<cipherlane_till>();
    const std::uint64_t number = at.in.byte();
    switch (at.in.byte() % 16) {
    case 0: return another_till(at);
    case 1: return pay(at, till);
    case 2: return cipherlane_till_notices(till, patience, line, nullptr, &at.why);
    case 3: return cipherlane_till_acknowledge_notice(till, number, patience, &at.why);
    case 4: return cipherlane_till_status(till, patience, line, nullptr, &at.why);
    case 5:
        return cipherlane_till_journal(till, text.c_str(), at.in.byte(), number, patience, line, nullptr, &at.why);
    case 6:
        return cipherlane_till_recover(
            till, number, patience, at.any<cipherlane_stop>(), common_till::on_payment, nullptr, &at.why);
    case 7: return cipherlane_till_lookup(till, text.c_str(), number, patience, &found, &payment, &at.why);
    case 8: return cipherlane_till_payment(till, number, patience, &out, &at.why);
    case 9: return cipherlane_till_acknowledge(till, number, patience, &at.why);
    case 10:
        return cipherlane_till_decide(
            till, number, at.in.byte() - 1, at.in.byte(), text.c_str(), patience, &payment, &at.why);
    case 11: return cipherlane_till_ask(till, text.c_str(), patience, nullptr, line, nullptr, &at.why);
    case 12:
        return cipherlane_till_sign_on(
            till, text.c_str(), "4711", at.in.byte() % 5, patience, line, nullptr, &at.why);
    case 13: return cipherlane_till_close_shift(till, patience, nullptr, line, nullptr, &at.why);
    case 14: return cipherlane_till_shifts(till, number, patience, line, nullptr, &at.why);
    default: return cipherlane_till_print_receipt(till, number, at.in.byte() % 3, patience, &found, &at.why);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    feed in(data, size);
    rig at(in);
    for (int calls = 0; calls < 64 && !in.empty(); ++calls) {
        at.why.condition = -1;
        cipherlane_condition end = CIPHERLANE_OK;
        const auto what = in.byte();
        switch (what < 246 ? what % 6 : 6) {
        case 0:
        case 1: end = make(at); break;
        case 2: end = close(at); break;
        case 3: end = call_machine(at); break;
        case 4: end = call_crypto(at); break;
        case 6: end = call_till(at); break;
        default: end = call_texts(at);
        }
        if (end < CIPHERLANE_OK || end > CIPHERLANE_LOCAL_FAULT) std::abort();
        if (at.why.condition != -1 && at.why.condition != end) std::abort();
        if (std::memchr(at.why.text, 0, sizeof at.why.text) == nullptr) std::abort();
    }
    return 0;
}
