#include <cipherlane/core/core_dumps.hpp>

#include <cerrno>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace cipherlane {

result<void> forbid_core_dumps() {
    const rlimit none{0, 0};
    const bool done = ::setrlimit(RLIMIT_CORE, &none) == 0 && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
    if (done) return {};
    return error({errno, boost::system::system_category()}, layer::core).during("forbid core dumps");
}

} // namespace cipherlane
