#include "arguments.hpp"
#include "handles.hpp"

#include <stop_token>

namespace cipherlane::c {
namespace {

class stop_thing final : public object {
  public:
    static constexpr kind what = kind::stop;
    static constexpr access how = access::shared;
    std::stop_source source;
};

} // namespace

result<call> bounds_of(std::int64_t deadline_ms, cipherlane_stop stop) {
    if (deadline_ms < 0) return refuse(c_errc::bad_argument, "deadline_ms");
    const std::chrono::milliseconds span(deadline_ms);
    if (stop == nullptr) return call(span);
    CIPHERLANE_TRY(const auto by, pinned<stop_thing>::of(stop, "stop"));
    return call(span, by->source.get_token());
}

} // namespace cipherlane::c

using namespace cipherlane;
using namespace cipherlane::c;

cipherlane_condition cipherlane_stop_create(cipherlane_stop* stop, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_CHECK(need(stop, "stop"));
        return hand_out(std::make_unique<stop_thing>(), stop);
    });
}

cipherlane_condition cipherlane_stop_request(cipherlane_stop stop, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto by, pinned<stop_thing>::of(stop, "stop"));
        by->source.request_stop();
        return {};
    });
}

cipherlane_condition cipherlane_stop_close(cipherlane_stop stop, cipherlane_status* why) {
    return guard(why, [&] { return close_handle<stop_thing>(stop, "stop"); });
}
