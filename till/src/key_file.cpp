#include "key_file.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/till/errc.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cipherlane::assembly {
namespace {

constexpr std::size_t key_size = 16;

/// A file descriptor that closes itself.
class descriptor {
  public:
    explicit descriptor(int value) noexcept
        : value_(value) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    [[nodiscard]] int get() const noexcept { return value_; }

  private:
    int value_;
};

error about(till_errc what, const std::string& path, std::string_view field, std::string_view expected) {
    return error(what, layer::till)
        .during("key file")
        .at_endpoint(path)
        .in_field(field)
        .with_hint("expected " + std::string(expected));
}

/// Judged on the open file: what is read is what was looked at.
result<void> judge(const descriptor& file, const std::string& path, std::string_view field) {
    struct stat state {};
    if (file.get() < 0 || ::fstat(file.get(), &state) != 0)
        return about(till_errc::no_file, path, field, "a file of mode 0600");
    if (!S_ISREG(state.st_mode)) return about(till_errc::no_file, path, field, "a file of mode 0600");
    if (state.st_uid != ::geteuid()) return about(till_errc::file_owner, path, field, "a file of this user");
    if ((state.st_mode & (S_IRWXG | S_IRWXO)) != 0) return about(till_errc::file_mode, path, field, "mode 0600");
    return {};
}

} // namespace

result<void> check_key_file(const std::string& path, std::string_view field) {
    return judge(descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), path, field);
}

result<secret_bytes> read_master_key(const std::string& path, std::string_view field) {
    const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    CIPHERLANE_CHECK(judge(file, path, field));
    secret_bytes text(2 * key_size + 2); // one more than a final newline needs: a longer file is noticed
    const auto got = ::read(file.get(), text.expose().data(), text.size());
    const bool ended = got == 2 * key_size || (got == 2 * key_size + 1 && text.expose()[2 * key_size] == '\n');
    secret_bytes key(key_size);
    if (!ended || !from_hex(as_text(text.expose().first(2 * key_size)), key.expose()))
        return about(till_errc::file_content, path, field, "32 hex digits");
    return key;
}

} // namespace cipherlane::assembly
