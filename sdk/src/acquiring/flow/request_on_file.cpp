#include "flow/request_on_file.hpp"

namespace cipherlane::acquiring {

result<iso8583::message> request_on_file(lane_core& on, const iso8583::transaction_row& row, request_source source) {
    if (!source.record->card_sealed) return request(row, source, on.settings());
    CIPHERLANE_TRY(const auto card, on.journal().card(source.record->id, on.journal_call()));
    source.card = &card;
    return request(row, source, on.settings());
}

} // namespace cipherlane::acquiring
