#include "cup_subfields.hpp"
#include "field_rows.hpp"

#include <cipherlane/iso8583/cup_pos.hpp>

namespace cipherlane::iso8583 {
namespace {

using namespace rows;
constexpr auto ll = length_form::ll;
constexpr auto lll = length_form::lll;
constexpr auto left = padding::left_zero;
constexpr auto right = padding::right_zero;

constexpr field_spec fields[] = {
    n_var(2, ll, 19, right, "primary account number", mask::pan),
    n(3, 6, "processing code"),
    n(4, 12, "amount"),
    n(6, 12, "amount in the cardholder's currency"),
    n(10, 8, "conversion rate"),
    n(11, 6, "terminal trace"),
    n(12, 6, "time of the host"),
    n(13, 4, "date of the host"),
    n(14, 4, "expiry YYMM"),
    n(15, 4, "settlement date"),
    n(22, 3, "entry mode", right),
    n(23, 3, "PAN sequence number", left),
    n(25, 2, "condition code"),
    n(26, 2, "longest PIN"),
    n_var(32, ll, 11, left, "acquirer"),
    z_var(35, ll, 37, "track 2"),
    z_var(36, lll, 104, "track 3"),
    a(37, kind::alnum, 12, "reference number"),
    a(38, kind::alnum, 6, "authorisation code"),
    a(39, kind::alnum, 2, "answer code"),
    a(41, kind::text, 8, "terminal", padding::right_space),
    a(42, kind::text, 15, "merchant", padding::right_space),
    a_var(44, kind::gbk, ll, 25, "issuer and acquirer"),
    n_var(48, lll, 322, right, "totals, batch details, tip", mask::secret),
    a(49, kind::alnum, 3, "currency"),
    a(51, kind::alnum, 3, "currency of the cardholder"),
    b(52, 8, "PIN block", mask::secret),
    n(53, 16, "security control"),
    a_var(54, kind::text, lll, 20, "balance"),
    with(b_var(55, lll, 255, "chip data", mask::tlv), chip_tlv),
    a_var(57, kind::text, lll, 128, "terminal serial block", mask::secret),
    a_var(58, kind::gbk, lll, 100, "electronic purse"),
    with(b_var(59, lll, 999, "private data", mask::secret), tlv59),
    with(n_var(60, lll, 17, right, "transaction kind"), parts60),
    with(n_var(61, lll, 29, right, "original transaction"), parts61),
    b_var(62, lll, 512, "keys, texts, parameters", mask::secret),
    a_var(63, kind::gbk, lll, 163, "operator, texts"),
    b(64, 8, "MAC"),
};

constexpr dialect table = make_dialect(
    {
        .name = "cup-pos",
        .envelope = {.length = frame_length::binary2,
            .tpdu = 5,
            .tpdu_id = 0x60,
            .header = 6,
            .monitor = monitor_header::optional_lri},
        .mti = encoding::bcd,
        .mti_version = '0',
        .bitmap = encoding::binary,
        .bitmaps = 1,
        .mac_fields = field_set::of(64),
        .track_encryption_field = 53,
    },
    fields);

static_assert(valid(table));

} // namespace

const dialect& cup_pos() noexcept {
    return table;
}

} // namespace cipherlane::iso8583
