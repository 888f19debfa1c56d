#include <cipherlane/drivers/description/packet_layout.hpp>
#include <cipherlane/drivers/display/step_exchange.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

// Whatever a described display answers: the packet that was packed is found again, everything else ends or waits.

using namespace cipherlane;
using drivers::packet_layout;

namespace {

packet_layout layout_of(byte_view choice) {
    using drivers::number_form;
    constexpr number_form forms[] = {number_form::u8, number_form::be16, number_form::le16, number_form::be32,
        number_form::le32, number_form::none};
    packet_layout layout;
    layout.header.assign(choice.begin(), choice.begin() + choice[0] % 3);
    layout.length = forms[choice[1] % 6];
    layout.counts = static_cast<packet_layout::counted>(choice[2] % 3);
    layout.check = static_cast<drivers::checksum_kind>(choice[3] % 8);
    layout.covers = static_cast<packet_layout::covered>(choice[4] % 3);
    layout.check_order = static_cast<packet_layout::order>(choice[5] % 2);
    if (layout.length == number_form::none || choice[6] % 2 == 1) layout.trailer = {choice[6]};
    layout.largest = 64;
    return layout;
}

/// Plays `said` to a machine that waits for one packet.
void judge(const packet_layout& layout, byte_view said, std::size_t piece) {
    drivers::step question;
    question.answer.form = drivers::expected_answer::shape::packet;
    question.answer.how = drivers::expected_answer::test::starts_with;
    question.answer.layout = std::make_shared<const packet_layout>(layout);
    question.answer.others = drivers::expected_answer::foreign::skipped;
    question.answer.text = {0x06};
    question.answer.refusal = {0x15};
    question.answer.code_at = 1;
    question.answer.timeout = std::chrono::milliseconds{10};
    drivers::step_exchange machine({question});
    auto next = machine.resume({});
    std::size_t at = 0;
    for (int count = 0; next.what != net::action::kind::done; ++count) {
        if (count > 10'000) std::abort();
        if (next.what == net::action::kind::send) {
            next = machine.resume({net::event::kind::sent, {}, {}});
        } else if (at < said.size()) {
            const auto part = said.subspan(at, std::min(piece, said.size() - at));
            at += part.size();
            next = machine.resume({net::event::kind::received, part, {}});
        } else {
            next = machine.resume({net::event::kind::expired, {}, {}});
        }
    }
    static_cast<void>(machine.take());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t choices = 8;
    if (size < choices) return 0;
    const byte_view choice(data, choices);
    const byte_view rest(data + choices, size - choices);
    const auto layout = layout_of(choice);
    judge(layout, rest, 1 + choice[7] % 16U);
    const auto content = rest.first(std::min<std::size_t>(rest.size(), 60));
    const bool has_end = layout.length != drivers::number_form::none;
    if (has_end || std::ranges::find(content, layout.trailer[0]) == content.end()) {
        const auto packet = layout.pack(content);
        const auto seen = layout.find(packet);
        const bool ambiguous = !has_end && layout.check != drivers::checksum_kind::none; // it may hold the trailer
        if (!ambiguous && (seen.what != packet_layout::found::state::whole || seen.size != packet.size() ||
                              !std::ranges::equal(seen.content, content))) {
            std::abort();
        }
    }
    return 0;
}
