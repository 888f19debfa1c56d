#include "claims.hpp"

#include <cipherlane/till/errc.hpp>

#include <mutex>
#include <set>

namespace cipherlane::assembly {
namespace {

struct register_of_claims {
    std::mutex mutex;
    std::set<std::string, std::less<>> taken;
};

register_of_claims& all() {
    static register_of_claims one;
    return one;
}

} // namespace

result<claim> claim::take(std::string what, std::string_view field) {
    auto& known = all();
    const std::scoped_lock lock(known.mutex);
    if (!known.taken.insert(what).second)
        return error(till_errc::in_use, layer::till).during("open").at_endpoint(what).in_field(field);
    claim made;
    made.what_ = std::move(what);
    return made;
}

claim::~claim() {
    if (what_.empty()) return;
    auto& known = all();
    const std::scoped_lock lock(known.mutex);
    known.taken.erase(what_);
}

} // namespace cipherlane::assembly
