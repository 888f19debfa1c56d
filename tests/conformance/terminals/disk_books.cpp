#include "disk_books.hpp"

#include "support/memory_folder.hpp"

#include <cipherlane/ports/key_provider.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <algorithm>
#include <filesystem>
#include <string>

namespace cipherlane::tests {
namespace {

class one_key final : public ports::key_provider {
  public:
    [[nodiscard]] result<secret_bytes> journal_key(const call& /*bounds*/) override {
        constexpr std::size_t size = 32;
        secret_bytes key(size);
        std::ranges::fill(key.expose(), std::uint8_t{0x5A});
        return key;
    }
};

class disk_books final : public till_books {
  public:
    [[nodiscard]] ports::store& open(const ports::clock& clock) override {
        journal_.reset();
        one_key key;
        store::sqlite_journal_settings settings;
        settings.path = folder(life_) + "/till.db";
        settings.runs_on = store::journal_thread::callers;
        journal_ =
            store::sqlite_journal::open(settings, key, clock, call(std::chrono::seconds(60)), logger::none()).value();
        return *journal_;
    }
    void killed() override {
        const auto from = folder(life_);
        const auto to = folder(++life_);
        for (const char* file : {"/till.db", "/till.db-wal", "/till.db.mark"}) {
            if (std::filesystem::exists(from + file)) std::filesystem::copy_file(from + file, to + file);
        }
    }

  private:
    [[nodiscard]] std::string folder(int life) const {
        auto path = all_.file(std::to_string(life));
        std::filesystem::create_directories(path);
        return path;
    }

    memory_folder all_;
    int life_ = 0;
    std::unique_ptr<store::sqlite_journal> journal_;
};

} // namespace

std::unique_ptr<till_books> books_on_disk() {
    return std::make_unique<disk_books>();
}

} // namespace cipherlane::tests
