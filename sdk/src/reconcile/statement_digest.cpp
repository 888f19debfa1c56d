#include <cipherlane/core/bytes.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/reconcile/errc.hpp>
#include <cipherlane/reconcile/statement_digest.hpp>

#include <fstream>

namespace cipherlane::reconcile {
namespace {

error about(reconcile_errc what, const std::filesystem::path& file) {
    return error(what, layer::core).during("read statement").at_endpoint(file.filename().string());
}

} // namespace

result<void> statement_digests::add(const std::filesystem::path& file) {
    std::error_code ignored;
    std::ifstream in(file, std::ios::binary);
    const auto kind = std::filesystem::status(file, ignored).type();
    if (kind != std::filesystem::file_type::regular || !in) {
        const bool none = kind == std::filesystem::file_type::not_found;
        const bool folder = kind == std::filesystem::file_type::directory;
        return about(reconcile_errc::cannot_read, file)
            .with_hint(none     ? "there is no such file"
                       : folder ? "this is a folder"
                                : "see who may read it");
    }
    CIPHERLANE_TRY(auto stream, crypto::digest_stream::create(crypto::digest_algorithm::sha256));
    std::vector<char> room(std::size_t{256} * 1024);
    while (in.read(room.data(), static_cast<std::streamsize>(room.size())) || in.gcount() > 0) {
        const std::string_view piece(room.data(), static_cast<std::size_t>(in.gcount()));
        CIPHERLANE_CHECK(stream.update(as_bytes(piece)));
    }
    if (in.bad()) return about(reconcile_errc::cannot_read, file);
    CIPHERLANE_TRY(const auto value, stream.finish());
    std::string digest(as_text(value.view()));
    for (const auto& earlier : all_) {
        if (earlier.digest != digest) continue;
        return about(reconcile_errc::given_twice, file)
            .in_field(earlier.file)
            .at_line(1)
            .with_hint("the same content, byte by byte; give each statement once");
    }
    all_.push_back({std::move(digest), file.filename().string()});
    return {};
}

} // namespace cipherlane::reconcile
