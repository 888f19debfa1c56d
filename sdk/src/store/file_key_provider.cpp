#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/file_key_provider.hpp>

#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cipherlane::store {
namespace {

constexpr std::size_t key_size = 32;

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

error key_error(store_errc what, std::string_view path) {
    return error(what, layer::store).during("key file").at_endpoint(path);
}

} // namespace

result<void> file_key_provider::create(const std::string& path) {
    CIPHERLANE_TRY(const auto key, crypto::random_secret(key_size));
    secret_bytes text(2 * key_size + 1);
    const auto out = text.expose();
    to_hex(key.expose(), {reinterpret_cast<char*>(out.data()), 2 * key_size});
    out[2 * key_size] = '\n';
    const descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.get() < 0) return key_error(store_errc::cannot_open, path);
    if (::write(file.get(), out.data(), out.size()) != static_cast<ssize_t>(out.size()) || ::fsync(file.get()) != 0) {
        return key_error(store_errc::io_failed, path);
    }
    return {};
}

result<secret_bytes> file_key_provider::journal_key(const call& /*bounds*/) {
    const descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about {};
    if (file.get() < 0 || ::fstat(file.get(), &about) != 0) return key_error(store_errc::cannot_open, path_);
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) return key_error(store_errc::key_file_mode, path_);
    secret_bytes text(2 * key_size + 2); // one more than a final newline needs: a longer file is noticed
    const auto got = ::read(file.get(), text.expose().data(), text.size());
    const bool ended = got == 2 * key_size || (got == 2 * key_size + 1 && text.expose()[2 * key_size] == '\n');
    secret_bytes key(key_size);
    if (!ended || !from_hex(as_text(text.expose().first(2 * key_size)), key.expose())) {
        return key_error(store_errc::key_file_content, path_);
    }
    return key;
}

} // namespace cipherlane::store
