#include <cipherlane/core/error_category.hpp>
#include <cipherlane/store/errc.hpp>

#include <array>

namespace cipherlane {
namespace {

constexpr errc_row row(store_errc code, condition means, const char* text) {
    return {static_cast<int>(code), means, text};
}

constexpr std::array rows{
    row(store_errc::cannot_open, condition::local_fault, "cannot be opened or created"),
    row(store_errc::in_use, condition::local_fault, "in use by another process"),
    row(store_errc::not_a_journal, condition::local_fault, "a file of another kind"),
    row(store_errc::newer_schema, condition::local_fault, "written by a newer version"),
    row(store_errc::corrupt, condition::local_fault, "file is corrupt"),
    row(store_errc::disk_full, condition::local_fault, "disk is full"),
    row(store_errc::io_failed, condition::local_fault, "database failed"),
    row(store_errc::wrong_key, condition::local_fault, "key is not the one that this file was begun with"),
    row(store_errc::seal_broken, condition::local_fault, "seal of the card data is broken"),
    row(store_errc::no_answer, condition::local_fault, "disk does not answer"),
    row(store_errc::too_late, condition::timed_out, "deadline passed before anything was written"),
    row(store_errc::key_used, condition::misuse, "idempotency key has been used"),
    row(store_errc::bad_record, condition::misuse, "record is incomplete"),
    row(store_errc::no_record, condition::misuse, "no such record"),
    row(store_errc::bad_transition, condition::misuse, "state of the record does not allow this"),
    row(store_errc::journal_gone, condition::local_fault, "the journal was removed or replaced while in use"),
    row(store_errc::journal_lost, condition::local_fault, "the journal is not there, and there was one"),
    row(store_errc::other_journal, condition::local_fault, "not the journal that this till had"),
    row(store_errc::journal_behind, condition::local_fault,
        "an old copy: the till has come further than this journal"),
    row(store_errc::mark_lost, condition::local_fault, "the journal's mark is not there or cannot be read"),
    row(store_errc::record_damaged, condition::local_fault, "a record is damaged"),
    row(store_errc::card_absent, condition::misuse, "no card data is kept"),
};

const table_category category{"cipherlane.store", rows};

} // namespace

boost::system::error_code make_error_code(store_errc value) noexcept {
    return {static_cast<int>(value), category};
}

} // namespace cipherlane
