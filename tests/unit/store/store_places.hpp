#pragma once

#include "support/lane/fake_devices.hpp"
#include "support/memory_folder.hpp"
#include "support/postgres_server.hpp"

#include <cipherlane/store/memory_journal.hpp>
#include <cipherlane/store/postgres_journal.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <memory>
#include <string>

namespace cipherlane::tests {

/// One kind of store, for the suite that all of them must pass.
class store_place {
  public:
    store_place() = default;
    store_place(const store_place&) = delete;
    store_place& operator=(const store_place&) = delete;
    virtual ~store_place() = default;
    [[nodiscard]] virtual ports::store& store() = 0;
    /// As after a restart of the till; what cannot outlive the process stays as it is.
    virtual void reopen() = 0;
    fake_clock clock;
};

class sqlite_place final : public store_place {
  public:
    explicit sqlite_place(store::journal_thread where)
        : where_(where) {
        open();
    }
    [[nodiscard]] ports::store& store() override { return *journal_; }
    void reopen() override {
        journal_.reset();
        open();
    }

  private:
    void open() {
        fake_key key;
        store::sqlite_journal_settings settings;
        settings.path = folder_.file("till.db");
        settings.runs_on = where_;
        journal_ =
            store::sqlite_journal::open(settings, key, clock, call(std::chrono::seconds(20)), logger::none()).value();
    }
    const store::journal_thread where_;
    memory_folder folder_;
    std::unique_ptr<store::sqlite_journal> journal_;
};

class memory_place final : public store_place {
  public:
    [[nodiscard]] ports::store& store() override { return journal_; }
    void reopen() override {}

  private:
    store::memory_journal journal_{clock};
};

/// A schema of its own in the server that the program's tests share.
class postgres_place final : public store_place {
  public:
    postgres_place() { open(); }
    ~postgres_place() override {
        journal_.reset();
        postgres_server::shared().sql("DROP SCHEMA " + schema_ + " CASCADE");
    }
    [[nodiscard]] ports::store& store() override { return *journal_; }
    void reopen() override {
        journal_.reset();
        open();
    }

  private:
    void open() {
        fake_key key;
        store::postgres_settings settings;
        settings.address = postgres_server::shared().address();
        settings.schema = schema_;
        journal_ = store::postgres_journal::open(settings, key, clock, call(std::chrono::seconds(20)), logger::none())
                       .value();
    }
    const std::string schema_ = fresh_schema();
    std::unique_ptr<store::postgres_journal> journal_;
};

inline std::unique_ptr<store_place> make_sqlite_place(store::journal_thread where) {
    return std::make_unique<sqlite_place>(where);
}

/// A row for each store: a new one joins the suite here.
struct store_kind {
    const char* name;
    std::unique_ptr<store_place> (*make)();
    std::string (*why_not)() = [] { return std::string(); }; ///< empty where it can be made
};
inline constexpr store_kind store_kinds[] = {
    {"sqlite", [] { return make_sqlite_place(store::journal_thread::own); }},
    {"sqlite_in_place", [] { return make_sqlite_place(store::journal_thread::callers); }},
    {"postgres", [] { return std::unique_ptr<store_place>(std::make_unique<postgres_place>()); },
        &postgres_server::why_not},
    {"memory", [] { return std::unique_ptr<store_place>(std::make_unique<memory_place>()); }},
};

} // namespace cipherlane::tests
