#include "magnetic_stripe.hpp"

#include "../refusals.hpp"

#include <algorithm>

namespace cipherlane::drivers {

result<ports::card_data> card_of_stripe(byte_view track2) {
    constexpr std::size_t longest = 37;
    const auto in_track = [](std::uint8_t one) { return (one >= '0' && one <= '9') || one == '=' || one == 'D'; };
    const auto end = std::find_if_not(track2.begin(), track2.end(), in_track);
    secret_bytes track(track2.first(std::min(longest, static_cast<std::size_t>(end - track2.begin()))));
    std::ranges::replace(track.expose(), std::uint8_t{'='}, std::uint8_t{'D'});
    const auto text = as_text(track.expose());
    const auto separator = text.find('D');
    const auto wrong = [] { return refused(drivers_errc::bad_content).in_field("track 2"); };
    if (separator == std::string_view::npos || text.size() < separator + 5) return wrong();
    auto number = pan::parse(text.substr(0, separator));
    if (!number) return wrong();
    ports::card_data card(*std::move(number), ports::entry_mode::magnetic);
    card.expiry = text.substr(separator + 1, 4);
    card.track2 = std::move(track);
    return card;
}

} // namespace cipherlane::drivers
