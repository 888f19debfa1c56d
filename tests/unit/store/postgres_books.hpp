#pragma once

#include "support/lane/fake_devices.hpp"
#include "support/postgres_server.hpp"

#include <cipherlane/store/postgres_journal.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace cipherlane::tests {

[[nodiscard]] inline ports::journal_record sale(const std::string& key, const std::string& terminal = "TEST0001") {
    ports::journal_record record;
    record.terminal_id = terminal;
    record.idempotency_key = key;
    record.mti = "0200";
    record.requested = amount(100);
    record.created_date = "20261121";
    return record;
}

[[nodiscard]] inline ports::journal_verdict approval() {
    ports::journal_verdict verdict(ports::record_state::approved, ports::decider::host);
    verdict.approved = amount(100);
    return verdict;
}

/// Books of a test's own, in the server that the program's tests share.
class postgres_books : public testing::Test {
  protected:
    void SetUp() override {
        if (const auto why = postgres_server::why_not(); !why.empty()) {
            if (postgres_server::must_be_there()) FAIL() << why;
            GTEST_SKIP() << why;
        }
        server = &postgres_server::shared();
        settings.address = server->address();
        settings.schema = fresh_schema();
    }
    void TearDown() override {
        if (server == nullptr) return;
        server->sql("DROP SCHEMA IF EXISTS " + settings.schema + " CASCADE");
    }
    [[nodiscard]] static call soon() { return call(std::chrono::seconds(20)); }
    result<std::unique_ptr<store::postgres_journal>> try_open(
        const store::postgres_settings& how, std::uint8_t fill = 0x5A) {
        fake_key key(fill);
        return store::postgres_journal::open(how, key, clock, soon(), logger::none());
    }
    std::unique_ptr<store::postgres_journal> open() { return try_open(settings).value(); }
    /// A database of its own in the server, with no books yet.
    [[nodiscard]] std::string other_database() const {
        const auto name = fresh_schema();
        server->sql("CREATE DATABASE " + name);
        auto address = server->address();
        return address.replace(address.find("/postgres?"), 10, "/" + name + "?");
    }
    std::string count(const std::string& what) {
        return server->sql("SELECT count(*) FROM " + settings.schema + what);
    }
    /// The server ends all sessions of journals, as where it is started anew.
    void end_sessions() const {
        server->sql("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
                    "WHERE application_name LIKE 'cipherlane %'");
    }

    postgres_server* server = nullptr;
    store::postgres_settings settings;
    fake_clock clock;
};

} // namespace cipherlane::tests
