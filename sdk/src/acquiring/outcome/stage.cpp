#include <cipherlane/acquiring/not_paid.hpp>
#include <cipherlane/acquiring/stage.hpp>
#include <cipherlane/ports/words.hpp>

namespace cipherlane::acquiring {

std::string_view to_string(stage value) noexcept {
    switch (value) {
    case stage::preparing: return "preparing";
    case stage::card: return "card";
    case stage::pin: return "PIN";
    case stage::currency: return "currency";
    case stage::sending: return "sending";
    case stage::undoing: return "undoing";
    case stage::finishing: return "finishing";
    case stage::ordering: return "ordering";
    case stage::scanning: return "scanning";
    case stage::closing: return "closing";
    case stage::paying: return "paying";
    }
    return "?";
}

std::string_view words_of(stage value, language in) noexcept {
    using ports::word;
    switch (value) {
    case stage::preparing: return word("stage.preparing", in);
    case stage::card: return word("stage.card", in);
    case stage::pin: return word("stage.PIN", in);
    case stage::currency: return word("stage.currency", in);
    case stage::sending: return word("stage.sending", in);
    case stage::undoing: return word("stage.undoing", in);
    case stage::finishing: return word("stage.finishing", in);
    case stage::ordering: return word("stage.ordering", in);
    case stage::scanning: return word("stage.scanning", in);
    case stage::closing: return word("stage.closing", in);
    case stage::paying: return word("stage.paying", in);
    }
    return {};
}

std::string_view to_string(actor value) noexcept {
    switch (value) {
    case actor::cashier: return "cashier";
    case actor::cardholder: return "cardholder";
    case actor::card: return "card";
    case actor::host: return "host";
    case actor::gateway: return "gateway";
    case actor::till: return "till";
    }
    return "?";
}

} // namespace cipherlane::acquiring
