#include "lane/demo_till.hpp"

#include "lane/simulators.hpp"
#include "lane/test_keys.hpp"

#include <cipherlane/store/file_key_provider.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

using namespace std::chrono_literals;

template <class T>
T need(result<T> got, const char* what) {
    if (!got) throw std::runtime_error(std::string(what) + ": " + got.error().to_string());
    return *std::move(got);
}

} // namespace

void write_private_file(const std::string& path, std::string_view content) {
    using std::filesystem::perms;
    std::ofstream(path).close();
    std::filesystem::permissions(path, perms::owner_read | perms::owner_write); // before anything is in it
    std::ofstream(path) << content << "\n";
}

till_settings demo_settings(const demo_places& at) {
    till_settings made;
    auto& terminal = made.terminals.emplace_back();
    terminal.terminal_id = demo_terminal;
    terminal.merchant_id = demo_merchant;
    terminal.merchant_name = "测试茶馆 TEST TEA HOUSE";
    terminal.serial_number = "CL0000000001";
    terminal.timers.card = 20s;
    terminal.timers.pin = 20s;
    terminal.gateway.poll = 500ms;
    made.host.address = at.host;
    made.host.response_time = 3s;
    made.host.connect_timeout = 2s;
    made.gateway.address = at.gateway;
    made.gateway.public_key_file = at.public_key;
    made.pinpad.driver = "abecs";
    made.pinpad.path = at.pinpad;
    made.display.driver = "rcall";
    made.display.path = at.display;
    made.journal.file = at.folder + "/till.db";
    made.journal.key_file = at.key_folder + "/till.key";
    made.sealer.key_file = at.key_folder + "/terminal.key";
    write_private_file(made.sealer.key_file, test_keys::terminal_master);
    return made;
}

void speak_as(till_settings::gateway_place& gateway, std::string_view kind, const std::string& keys) {
    gateway.merchant_key_file = keys + "/merchant_key.pem";
    gateway.public_key_file = keys + "/platform_public.pem";
    if (kind == "alipay") {
        gateway.kind = gateway_kind::alipay;
        gateway.alipay.app_id = "2026000000000001";
        gateway.alipay.seller_id = "2088000000000009";
        return;
    }
    gateway.kind = gateway_kind::wechat;
    gateway.wechat.mchid = "1999000001";
    gateway.wechat.appid = "wx0123456789abcdef";
    gateway.wechat.serial = "5AF1C0DE00000000000000000000000000000001";
    gateway.wechat.api_key_file = keys + "/api_v3.key";
    gateway.wechat.public_key_id = "PUB_KEY_ID_0119990000012026092100000001";
}

till open_till(const till_settings& settings, acquiring::timeline* watch, logger log) {
    till::parts with;
    with.log = std::move(log);
    if (watch != nullptr) with.observer = lend(*watch);
    return need(till::open(settings, std::move(with), call(20s)), "till");
}

std::vector<ports::journal_record> records_of(const till& at) {
    store::sqlite_journal_settings how;
    how.path = at.settings().journal.file;
    how.access = store::journal_access::read_only;
    store::file_key_provider no_key{std::string()};
    const ports::system_clock clock;
    const auto journal = need(store::sqlite_journal::open(how, no_key, clock, call(20s), logger::none()), "journal");
    return need(journal->list(at.terminal().terminal_id, 100'000, call(60s)), "journal");
}

} // namespace cipherlane::sim
