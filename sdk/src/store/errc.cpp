#include <cipherlane/core/error_category.hpp>
#include <cipherlane/store/errc.hpp>

namespace cipherlane {
namespace {

constexpr errc_row rows[] = {
    {store_errc::cannot_open, condition::local_fault, "cannot be opened or created"},
    {store_errc::in_use, condition::local_fault, "in use by another process"},
    {store_errc::not_a_journal, condition::local_fault, "a file of another kind"},
    {store_errc::newer_schema, condition::local_fault, "written by a newer version"},
    {store_errc::corrupt, condition::local_fault, "file is corrupt"},
    {store_errc::disk_full, condition::local_fault, "disk is full"},
    {store_errc::io_failed, condition::local_fault, "database failed"},
    {store_errc::wrong_key, condition::local_fault, "key is not the one that this file was begun with"},
    {store_errc::seal_broken, condition::local_fault, "seal of the card data is broken"},
    {store_errc::no_answer, condition::local_fault, "disk does not answer"},
    {store_errc::too_late, condition::timed_out, "deadline passed before anything was written"},
    {store_errc::key_used, condition::misuse, "idempotency key has been used"},
    {store_errc::bad_record, condition::misuse, "record is incomplete"},
    {store_errc::no_record, condition::misuse, "no such record"},
    {store_errc::bad_transition, condition::misuse, "state of the record does not allow this"},
    {store_errc::journal_gone, condition::local_fault, "the journal was removed or replaced while in use"},
    {store_errc::journal_lost, condition::local_fault, "the journal is not there, and there was one"},
    {store_errc::other_journal, condition::local_fault, "not the journal that this till had"},
    {store_errc::journal_behind, condition::local_fault, "an old copy: the till has come further than this journal"},
    {store_errc::mark_lost, condition::local_fault, "the journal's mark is not there or cannot be read"},
    {store_errc::record_damaged, condition::local_fault, "a record is damaged"},
    {store_errc::card_absent, condition::misuse, "no card data is kept"},
    {store_errc::database_lost, condition::local_fault, "no connection to the database"},
    {store_errc::file_gone, condition::local_fault, "the file was removed or replaced while in use"},
};

const table_category category{"cipherlane.store", rows};

} // namespace

boost::system::error_code make_error_code(store_errc value) noexcept {
    return category.code(value);
}

} // namespace cipherlane
