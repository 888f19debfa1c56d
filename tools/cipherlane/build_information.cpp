#include "cipherlane/build_information.hpp"

#include "commit.hpp"

#include <boost/version.hpp>
#include <openssl/crypto.h>
#include <openssl/opensslv.h>

namespace cipherlane::cli {
namespace {

std::string compiler() {
#if defined(__clang__)
    return "clang " + std::to_string(__clang_major__) + "." + std::to_string(__clang_minor__) + "." +
           std::to_string(__clang_patchlevel__);
#else
    return "g++ " + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__) + "." +
           std::to_string(__GNUC_PATCHLEVEL__);
#endif
}

std::string boost_version() {
    return std::to_string(BOOST_VERSION / 100'000) + "." + std::to_string(BOOST_VERSION / 100 % 1000);
}

} // namespace

std::string build_information() {
    const std::string commit = CIPHERLANE_COMMIT;
    return "cipherlane " CIPHERLANE_VERSION " (" +
           (commit.empty() ? "sources without a commit" : "commit " + commit) + ")\nbuilt with " + compiler() +
           ", C++" + std::to_string(__cplusplus / 100 % 100) + ", " OPENSSL_VERSION_TEXT ", Boost " +
           boost_version() + ", preset " CIPHERLANE_PRESET_NAME "\ncontains " CIPHERLANE_CONTENTS "\nruns on " +
           OpenSSL_version(OPENSSL_VERSION);
}

} // namespace cipherlane::cli
