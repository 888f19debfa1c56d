// Terminals over real sockets and ptys, a till by its settings file, and a second reader of the frames.
#include "integration/devices/io_thread.hpp"
#include "simkit/child_process.hpp"
#include "simkit/device_simulator.hpp"
#include "support/temporary_folder.hpp"
#include "terminal-sim/terminal_server.hpp"
#include "terminal_day.hpp"

#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/till/till.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using acquiring::verdict;
using nlohmann::json;
using ports::terminal_outcome;
using ports::terminal_request;
using ports::terminal_verb;
using ports::trade;
using tests::day;
using tests::euro;

/// A capture of messages without any network around them: link type USER0.
void write_capture(const std::string& file, const std::vector<std::pair<bool, bytes>>& messages) {
    std::ofstream out(file, std::ios::binary);
    const auto put32 = [&](std::size_t value) {
        for (int shift = 24; shift >= 0; shift -= 8)
            out.put(static_cast<char>(value >> shift));
    };
    for (const std::size_t word : {0xA1B2C3D4UL, 0x00020004UL, 0UL, 0UL, 65'535UL, 147UL})
        put32(word);
    std::size_t when = 1;
    for (const auto& [from_till, message] : messages) {
        for (const auto word : {when++, std::size_t{0}, message.size(), message.size()})
            put32(word);
        out << as_text(message);
    }
}

/// A line for each message: what tshark calls it, and what it finds wrong.
std::string read_by_tshark(const std::string& capture, const std::string& errors) {
    const std::vector<std::string> command{"/usr/bin/tshark", "-n", "-r", capture, "-o",
        "uat:user_dlts:\"User 0 (DLT=147)\",\"zvt\",\"0\",\"\",\"0\",\"\"", "-T", "fields", "-e", "zvt.control_field",
        "-e", "_ws.malformed", "-e", "_ws.expert.message"};
    return sim::child_process::start(command, errors).value().read_all(60s);
}

/// Wireshark's own dissector, which knows nothing of ours.
TEST(TerminalWire, TsharkReadsAWholeDayWithoutAMalformedFrame) {
    if (!std::filesystem::exists("/usr/bin/tshark")) GTEST_SKIP() << "tshark is not installed";
    const tests::temporary_folder folder;
    for (const auto& of : tests::terminal_cases()) {
        if (of.driver != "zvt") continue;
        day today(of);
        const auto sold = today.run(trade::sale, "sale", 1234);
        ASSERT_TRUE(sold) << sold.error();
        ASSERT_TRUE(today.run(trade::device_void, "void", 0, sold->handle));
        const auto reserved = today.run(trade::pre_auth, "reserved", 5000);
        ASSERT_TRUE(today.run(trade::device_completion, "completed", 4000, reserved->handle));
        const auto given_up = today.run(trade::pre_auth, "given up", 700);
        ASSERT_TRUE(today.run(trade::device_pre_auth_void, "undone", 700, given_up->handle));
        const auto kept = today.run(trade::sale, "kept", 2000);
        ASSERT_TRUE(today.run(trade::device_refund, "back", 300, kept->handle));
        ASSERT_TRUE(today.device->status(day::patience()));
        ASSERT_TRUE(today.device->print_again(day::patience()));
        ASSERT_TRUE(today.device->diagnosis(day::patience()));
        ASSERT_TRUE(today.device->abort(day::patience()));
        today.card("6212345678900000025", "78");
        ASSERT_TRUE(today.run(trade::sale, "declined", 100));
        ASSERT_TRUE(acquiring::settlement(*today.lane).run({}, day::patience()));
        // What stands together on a serial line, a control byte and a frame, are two messages.
        std::vector<std::pair<bool, bytes>> messages;
        for (auto [from_till, message] : today.world.traffic()) {
            if (message.size() > 1 && (message[0] == 0x06 || message[0] == 0x15) && message[1] == 0x10) {
                messages.emplace_back(from_till, bytes{message[0]});
                message.erase(message.begin());
            }
            messages.emplace_back(from_till, std::move(message));
        }
        write_capture(folder.file(of.name), messages);
        const auto said = read_by_tshark(folder.file(of.name), folder.file("errors"));
        EXPECT_EQ(said.find("alformed"), std::string::npos) << said;
        EXPECT_EQ(said.find("invalid"), std::string::npos) << said;
        for (const char* word :
            {"0x0601", "0x040f", "0x060f", "0x0630", "0x0631", "0x0650", "0x0670", "0x06d1", "0x04ff"})
            EXPECT_NE(said.find(word), std::string::npos) << word << " in\n" << said;
        EXPECT_EQ(static_cast<std::size_t>(std::count(said.begin(), said.end(), '\n')), messages.size());
    }
}

json one_fault(const char* kind, const char* match, int skip = 0) {
    return {{"cmd", "faults"}, {"set", json::array({{{"kind", kind}, {"match", match}, {"skip", skip}}})}};
}

/// A payment, one whose cable is cut after the terminal has stored it, and one whose terminal takes it back: that is
/// not known before the longest transaction must be over.
void pay_and_recover(ports::terminal& device, const std::function<json(const json&)>& rig) {
    (void)rig({{"cmd", "card"}, {"pan", "6212345678900000017"}, {"stays", true}});
    const terminal_request wish(terminal_verb::authorise, amount(1234, euro));
    const auto paid = device.run(wish, call(20s));
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, terminal_outcome::approved) << paid->code;
    EXPECT_EQ(paid->total, amount(1234, euro));
    for (const auto& [match, outcome] :
        {std::pair{"completion", terminal_outcome::approved}, std::pair{"status", terminal_outcome::unknown}}) {
        const auto before = device.last_done(call(20s));
        ASSERT_TRUE(before) << before.error();
        (void)rig(one_fault("cut", match));
        const auto lost = device.run(wish, call(20s));
        ASSERT_TRUE(lost) << lost.error();
        EXPECT_EQ(lost->outcome, terminal_outcome::unknown);
        (void)rig({{"cmd", "faults"}, {"set", json::array()}});
        (void)rig({{"cmd", "plug"}});
        const auto span = outcome == terminal_outcome::approved ? 20s : 1s;
        EXPECT_EQ(device.recover({wish, *before}, call(span)).outcome, outcome) << match;
    }
}

TEST(TerminalWire, PaysAndRecoversOverTcp) {
    tests::io_thread there;
    auto server = there.call_there([&] {
        return sim::terminal_server::start(there.context(), 0, [](sim::surroundings around) {
            return sim::make_terminal_model("zvt", {}, std::move(around));
        }).value();
    });
    boost::asio::io_context here;
    const auto where = "127.0.0.1:" + std::to_string(server->port());
    auto device = drivers::open_terminal(here.get_executor(), "zvt", where, {}, call(10s));
    ASSERT_TRUE(device) << device.error();
    pay_and_recover(**device, [&](const json& request) {
        if (request.at("cmd") == "plug") return json::object();
        return there.call_there([&] { return server->control(request); });
    });
    device->reset();
    there.stop();
}

TEST(TerminalWire, PaysAndRecoversOverAPty) {
    tests::io_thread there;
    const tests::temporary_folder folder;
    auto pad = there.call_there([&] {
        auto made = std::make_unique<sim::device_simulator>(
            there.context(),
            [](sim::surroundings around) {
                sim::terminal_setup setup;
                setup.over = sim::terminal_setup::line::serial;
                return sim::make_terminal_model("zvt", setup, std::move(around));
            },
            folder.file("terminal"));
        made->plug().value();
        return made;
    });
    boost::asio::io_context here;
    auto device = drivers::open_terminal(here.get_executor(), "zvt", folder.file("terminal"), {}, call(10s));
    ASSERT_TRUE(device) << device.error();
    pay_and_recover(
        **device, [&](const json& request) { return there.call_there([&] { return pad->control(request); }); });
    device->reset();
    there.stop();
}

/// The till by its file: the verbs of every till, done at the terminal.
TEST(TerminalWire, ATillOfASettingsFileTakesMoneyAtItsTerminal) {
    tests::io_thread there;
    auto server = there.call_there([&] {
        return sim::terminal_server::start(there.context(), 0, [](sim::surroundings around) {
            return sim::make_terminal_model("zvt", {}, std::move(around));
        }).value();
    });
    const tests::temporary_folder folder;
    std::ofstream(folder.file("till.toml"))
        << "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\ncurrency = 978\n"
        << "[card_terminal]\ndriver = \"zvt\"\npath = \"tcp:127.0.0.1:" << server->port() << "\"\n"
        << "[journal]\nfile = \"" << folder.file("till.db") << "\"\nkey_file = \"" << folder.file("till.key")
        << "\"\n";
    {
        std::vector<std::string> lines;
        till_parts given;
        given.receipt_line = [&](const ports::terminal_line& one) { lines.emplace_back(one.text); };
        auto shop = till::open(folder.file("till.toml"), std::move(given), call(10s));
        ASSERT_TRUE(shop) << shop.error();
        there.call_there([&] {
            return server->control({{"cmd", "card"}, {"pan", "6212345678900000017"}, {"stays", true}});
        });
        const auto sold = shop->sale(acquiring::sale_request("1", amount(1234, euro)), call(20s));
        ASSERT_TRUE(sold) << sold.error();
        EXPECT_EQ(sold->outcome, verdict::approved) << *sold;
        EXPECT_NE(std::find(lines.begin(), lines.end(), "K-U-N-D-E-N-B-E-L-E-G"), lines.end());
        const auto receipt = shop->receipt(*sold, acquiring::receipt_copy::cardholder);
        EXPECT_NE(receipt.find("12.34"), std::string::npos) << receipt;
        EXPECT_NE(receipt.find("TERMINAL SALE"), std::string::npos) << receipt;
        const auto voided = shop->void_payment(acquiring::void_request("2", sold->handle), call(20s));
        ASSERT_TRUE(voided) << voided.error();
        there.call_there([&] { return server->control(one_fault("cut", "completion", 1)); });
        const auto cut = shop->sale(acquiring::sale_request("3", amount(500, euro)), call(20s));
        ASSERT_TRUE(cut) << cut.error();
        EXPECT_EQ(cut->outcome, verdict::approved) << "recovered within the call: " << *cut;
        EXPECT_EQ(shop->status(call(5s))->card_terminal, part_state::ready);
        const auto settled = shop->settle(call(20s));
        ASSERT_TRUE(settled) << settled.error();
        EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
    }
    there.stop();
}

/// Two terminals of one till, each with a card terminal of its own, of another protocol.
TEST(TerminalWire, EachTerminalOfATillHasTheCardTerminalThatItNames) {
    tests::io_thread there;
    const auto start = [&](const char* protocol) {
        return there.call_there([&] {
            auto server = sim::terminal_server::start(there.context(), 0, [protocol](sim::surroundings around) {
                return sim::make_terminal_model(protocol, {}, std::move(around));
            }).value();
            (void)server->control({{"cmd", "card"}, {"pan", "6212345678900000017"}, {"stays", true}});
            return server;
        });
    };
    const auto zvt = start("zvt");
    const auto ecr17 = start("ecr17");
    const tests::temporary_folder folder;
    std::ofstream(folder.file("till.toml"))
        << "[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\ncurrency = 978\n"
        << "card_terminal = \"bar\"\n"
        << "[[terminal]]\nid = \"TEST0002\"\nmerchant = \"TESTMERCH000001\"\ncurrency = 978\n"
        << "card_terminal = \"hall\"\n"
        << "[[card_terminal]]\nname = \"hall\"\ndriver = \"zvt\"\npath = \"tcp:127.0.0.1:" << zvt->port() << "\"\n"
        << "[[card_terminal]]\nname = \"bar\"\ndriver = \"ecr17\"\npath = \"tcp:127.0.0.1:" << ecr17->port()
        << "\"\n[journal]\nfile = \"" << folder.file("till.db") << "\"\nkey_file = \"" << folder.file("till.key")
        << "\"\n";
    {
        auto shop = till::open(folder.file("till.toml"), {}, call(10s));
        ASSERT_TRUE(shop) << shop.error();
        for (const auto& [id, cents] : {std::pair("TEST0001", 100), std::pair("TEST0002", 200)}) {
            auto one = shop->at(id);
            ASSERT_TRUE(one) << one.error();
            EXPECT_EQ(one->status(call(5s))->card_terminal, part_state::ready);
            const auto sold = one->sale(acquiring::sale_request("1", amount(cents, euro)), call(20s));
            ASSERT_TRUE(sold) << sold.error();
            EXPECT_EQ(sold->outcome, verdict::approved) << *sold;
        }
    }
    const auto booked = [&](sim::terminal_server& at) {
        return there.call_there([&] { return at.control({{"cmd", "books"}}); }).at("batch").at("minor");
    };
    EXPECT_EQ(booked(*ecr17), 100);
    EXPECT_EQ(booked(*zvt), 200);
    there.stop();
}

} // namespace
} // namespace cipherlane
