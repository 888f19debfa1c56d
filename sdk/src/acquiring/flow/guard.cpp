#include "flow/guard.hpp"

namespace cipherlane::acquiring {

result<ports::duty> may_begin(lane_core& on, const ports::intent& what, const call& bounds) {
    if (on.guard() == nullptr) return ports::duty();
    return on.guard()->may_begin(on.terminal_id(), what, bounds);
}

result<passage> let_through(lane_core& on, const ports::journal_record& fresh, const call& bounds) {
    if (on.guard() != nullptr) CIPHERLANE_CHECK(on.guard()->may_send(fresh, bounds));
    return passage(on, fresh);
}

} // namespace cipherlane::acquiring
