#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cipherlane {
namespace {

error about(core_errc what, std::string_view path, std::string_view expected) {
    return error(what, layer::core)
        .during("secret file")
        .at_endpoint(path)
        .with_hint("expected " + std::string(expected));
}

constexpr std::string_view right_file = "a file of this user with mode 0600";

bool write_all(int descriptor, byte_view content) {
    while (!content.empty()) {
        const auto done = ::write(descriptor, content.data(), content.size());
        if (done <= 0) return false;
        content = content.subspan(static_cast<std::size_t>(done));
    }
    return ::fsync(descriptor) == 0;
}

} // namespace

result<void> judge_private_file(int descriptor, std::string_view path) {
    struct stat state {};
    if (descriptor < 0 || ::fstat(descriptor, &state) != 0) return about(core_errc::no_file, path, right_file);
    if (!S_ISREG(state.st_mode)) return about(core_errc::file_kind, path, right_file);
    if (state.st_uid != ::geteuid()) return about(core_errc::file_owner, path, right_file);
    if ((state.st_mode & (S_IRWXG | S_IRWXO)) != 0) return about(core_errc::file_mode, path, "mode 0600");
    return {};
}

result<secret_file> secret_file::open(const std::string& path) {
    secret_file file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), path);
    CIPHERLANE_CHECK(judge_private_file(file.descriptor_, path));
    return file;
}

result<void> secret_file::create(const std::string& path, byte_view content) {
    const secret_file file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR), path);
    if (file.descriptor_ < 0) return about(core_errc::no_file, path, "a new file, in a folder that is there");
    if (write_all(file.descriptor_, content) && sync_folder_of(path)) return {};
    (void)::unlink(path.c_str()); // half a key is none
    return about(core_errc::no_file, path, "a disk that takes it");
}

secret_file& secret_file::operator=(secret_file&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    path_.swap(other.path_);
    return *this;
}

secret_file::~secret_file() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

result<secret_bytes> secret_file::read(std::size_t limit) {
    secret_bytes text(limit + 1); // one more: a longer file is noticed
    std::size_t size = 0;
    while (size < text.size()) {
        const auto got =
            ::pread(descriptor_, text.expose().data() + size, text.size() - size, static_cast<off_t>(size));
        if (got < 0) return about(core_errc::no_file, path_, "a disk that gives it");
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > limit) return about(core_errc::file_content, path_, "less in it");
    return secret_bytes(byte_view(text.expose().first(size)));
}

result<secret_bytes> secret_file::read_hex_key(std::size_t key_size) {
    CIPHERLANE_TRY(const auto text, read(2 * key_size + 1));
    const auto all = text.expose();
    const bool ended = all.size() == 2 * key_size || (all.size() == 2 * key_size + 1 && all.back() == '\n');
    secret_bytes key(key_size);
    if (!ended || !from_hex(as_text(all.first(2 * key_size)), key.expose()))
        return about(core_errc::file_content, path_, std::to_string(2 * key_size) + " hex digits");
    return key;
}

result<void> sync_folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool done = opened >= 0 && ::fsync(opened) == 0;
    if (opened >= 0) ::close(opened);
    if (!done) return about(core_errc::no_file, folder, "a folder that can be put on the disk");
    return {};
}

} // namespace cipherlane
