#include "client/pool_connection.hpp"

#include "client/command_exchange.hpp"
#include "client/message_builder.hpp"
#include "client/pool_core.hpp"
#include "client/what_came.hpp"
#include "command/bind.hpp"
#include "fail.hpp"
#include "wiped_growth.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/frame.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

/// Room for one read; grows to the longest message where one is longer.
constexpr std::size_t input_size = 16'384;
/// No write is worth waiting for more than this.
constexpr std::size_t large_write = 16'384;

std::uint32_t largest_for(std::size_t header_length) {
    return header_length >= 8 ? 0xFFFFFFFFU : (1U << (4 * header_length)) - 1;
}

std::size_t table_for(std::size_t room) {
    std::size_t size = 4;
    while (size < 4 * room) {
        size *= 2;
    }
    return size;
}

} // namespace

pool_connection::pool_connection(
    std::shared_ptr<pool_core> owner, std::size_t unit, std::unique_ptr<net::transport> link)
    : owner_(std::move(owner))
    , unit_(unit)
    , link_(std::move(link))
    , engine_(owner_->settings().dialect)
    , room_(owner_->room())
    , table_(table_for(room_))
    , largest_number_(largest_for(owner_->settings().dialect->frame.header_length))
    , input_(input_size)
    , header_length_(owner_->settings().dialect->frame.header_length) {}

pool_connection::~pool_connection() {
    wipe(input_);
    wipe(writing_);
    wipe(pending_);
}

bool pool_connection::correlates() const noexcept {
    return engine_.dialect().frame.correlates;
}

bool pool_connection::is_stream() const noexcept {
    return engine_.dialect().frame.length == framing::prefix::none;
}

void pool_connection::start() {
    read();
}

/// The next number whose place in the table is free.
std::uint32_t pool_connection::next_number() {
    do {
        number_ = number_ == largest_number_ ? 0 : number_ + 1;
    } while (table_[number_ & (table_.size() - 1)] != nullptr);
    return number_;
}

void pool_connection::send(pool_call& what) {
    what.number = next_number();
    what.on = this;
    table_[what.number & (table_.size() - 1)] = &what;
    take_in_flight();
    put_message(what);
    last_used_ = what.sent_at;
    ++pending_calls_;
    // A write costs more than several calls do, so the calls of one turn leave together; but half of what may be in
    // flight does not wait for the other half, so that the unit works on one while this side reads the other.
    const bool enough = 2 * pending_calls_ >= room_ || pending_.size() >= large_write;
    if (enough || !owner_->gathers(*this)) flush();
}

/// Its length was judged when the call was made.
void pool_connection::put_message(const pool_call& what) {
    const auto& frame = engine_.dialect().frame;
    make_room(pending_, pending_.size() + header_length_ + what.body.size() + frame.trailer.size() + 3);
    const auto mark = begin_frame(frame, {}, pending_);
    write_header(frame, what.number, byte_span(pending_).last(header_length_));
    pending_.insert(pending_.end(), what.body.begin(), what.body.end());
    (void)end_frame(frame, mark, pending_);
}

void pool_connection::flush() {
    gathered_ = false;
    if (write_under_way_ || pending_.empty() || !open_) return;
    pending_calls_ = 0;
    const auto gone = link_->write_now(pending_);
    // A link that is lost says so again, when the caller is out of the way.
    write_rest(gone ? *gone : 0);
}

void pool_connection::write_rest(std::size_t gone) {
    if (gone == pending_.size()) {
        wipe(pending_);
        return pending_.clear();
    }
    write_under_way_ = true;
    writing_.swap(pending_);
    link_->async_write(byte_view(writing_).subspan(gone),
        boost::asio::bind_executor(owner_->strand(), [self = shared_from_this()](const result<void>& sent) {
            self->write_under_way_ = false;
            wipe(self->writing_);
            self->writing_.clear();
            if (!sent) return self->fail(sent.error());
            self->flush();
        }));
}

void pool_connection::take_in_flight() {
    auto& home = owner_->unit_at(unit_);
    if (in_flight_++ == 0) home.forget_idle(*this);
    ++home.in_flight;
}

void pool_connection::free_in_flight(std::size_t count) {
    auto& home = owner_->unit_at(unit_);
    in_flight_ -= count;
    home.in_flight -= count;
    if (in_flight_ == 0 && has_room()) home.note_idle(*this);
}

void pool_connection::read() {
    if (have_ == input_.size()) {
        const auto larger = std::min<std::size_t>(2 * input_.size(), engine_.dialect().frame.largest + 1024U);
        make_room(input_, larger);
        input_.resize(larger);
    }
    // The link runs on the pool's strand by itself.
    link_->async_read_some(byte_span(input_).subspan(have_),
        [self = shared_from_this()](const result<std::size_t>& got) { self->on_read(got); });
}

void pool_connection::on_read(const result<std::size_t>& got) {
    if (!open_) return;
    if (!got) return fail(explained(got.error()));
    have_ += *got;
    {
        // Handlers may make new calls; their requests leave together after all answers were read.
        const pool_core::batch together(*owner_);
        const auto good = read_answers();
        if (!open_) return;
        if (!good) return fail(explained(good.error()));
    }
    if (have_ > engine_.dialect().frame.largest + 512U)
        return fail(explained(hsm::fail(hsm_errc::bad_length).in_field("answer")));
    close_if_done();
    if (open_) read();
}

/// What came instead of an answer says most about why there is none.
error pool_connection::explained(error why) const {
    const auto words = what_came(engine_.dialect().frame, byte_view(input_).first(have_));
    return words.empty() ? why : std::move(why).with_hint(words);
}

result<void> pool_connection::read_answers() {
    const auto& frame = engine_.dialect().frame;
    std::size_t used = 0;
    while (open_) {
        CIPHERLANE_TRY(const auto cut, cut_frame(frame, byte_view(input_).subspan(used, have_ - used)));
        if (!cut || (is_stream() && cut->body.empty())) break;
        auto* whose = find(cut->header);
        if (whose == nullptr) {
            CIPHERLANE_CHECK(take_late());
            used += is_stream() ? cut->consumed + cut->body.size() : cut->consumed;
            continue;
        }
        const auto got = read_answer(*whose, cut->body);
        if (is_stream() && !got && got.error().code() == make_error_code(hsm_errc::incomplete)) break;
        used += is_stream() && got ? cut->consumed + got->size : cut->consumed;
        if (!got) {
            end_unreadable(*whose, got.error());
        } else if (got->last) {
            end_answered(*whose, used != have_);
        }
    }
    drop_front(input_, used, have_);
    have_ -= used;
    return {};
}

pool_call* pool_connection::find(byte_view header) {
    if (!correlates()) {
        const bool same = std::all_of(header.begin(), header.end(),
            [&](std::uint8_t c) { return c == static_cast<std::uint8_t>(engine_.dialect().frame.header_fill); });
        const auto at = std::find_if(table_.begin(), table_.end(), [](const pool_call* c) { return c != nullptr; });
        return same && at != table_.end() ? *at : nullptr;
    }
    std::uint32_t number = 0;
    for (auto c : header.last(std::min<std::size_t>(header.size(), 8))) {
        const int digit = hex_value(static_cast<char>(c));
        if (digit < 0) return nullptr;
        number = (number << 4) | static_cast<std::uint32_t>(digit);
    }
    auto* found = table_[number & (table_.size() - 1)];
    return found != nullptr && found->number == number ? found : nullptr;
}

/// Only after a time-out can an answer be late; any other without a question means a broken peer.
result<void> pool_connection::take_late() {
    if (forgotten_ == 0) return hsm::fail(hsm_errc::wrong_header).in_field("header");
    --forgotten_;
    owner_->count_late(unit_);
    return {};
}

result<pool_connection::taken> pool_connection::read_answer(pool_call& whose, byte_view body) {
    auto& subject = *whose.subject;
    if (subject.command == nullptr) {
        subject.raw.assign(body.begin(), body.end());
        return taken{body.size()};
    }
    if (whose.second) return read_second(whose, body);
    CIPHERLANE_TRY(const auto size, decode_call(engine_, whose.body, body, subject));
    if (whose.wants_raw) subject.raw.assign(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
    whose.second = answers_again(subject);
    return taken{size, !whose.second};
}

result<pool_connection::taken> pool_connection::read_second(pool_call& whose, byte_view body) {
    auto& subject = *whose.subject;
    field_set ignored;
    CIPHERLANE_TRY(const auto status, engine_.decode_second_answer(*subject.command, body, subject.asked, ignored));
    add_second_answer(status, whose.wants_raw ? body.first(status.consumed) : byte_view(), subject);
    return taken{status.consumed};
}

/// An answer came for this call that is none of its command. Where lengths cut the messages and headers tell whose
/// they are the others are in step as before.
void pool_connection::end_unreadable(pool_call& whose, const error& why) {
    const auto* command = whose.subject->command;
    const bool second_to_come = command != nullptr && !command->second_answer_wire.empty() && !whose.second;
    release(whose);
    if (is_stream() || !correlates()) {
        fail(why);
    } else if (second_to_come) {
        ++forgotten_;
        retire();
    }
    owner_->unreadable(*this, whose, why);
}

/// The call's last answer has come. No other call may enter, not even one of its caller, before it is known that this
/// connection can carry one.
void pool_connection::end_answered(pool_call& whose, bool more_behind) {
    release(whose);
    if (more_behind && !correlates()) {
        // Two answers to one question. The first is whole and the call's; whose the other is nobody can tell later.
        fail(hsm::fail(hsm_errc::left_over).in_field("answer"));
    } else if (hangs_up_after(*whose.subject)) {
        retire();
    }
    owner_->answered(*this, whose);
}

void pool_connection::release(pool_call& what) {
    table_[what.number & (table_.size() - 1)] = nullptr;
    what.on = nullptr;
    free_in_flight(1);
}

void pool_connection::forget(pool_call& what) {
    release(what);
    ++forgotten_;
    if (correlates()) return retire();
    // The answer must find nobody. That a caller would not wait says nothing about the unit.
    close_quietly();
}

void pool_connection::retire() {
    retired_ = true;
    owner_->unit_at(unit_).forget_idle(*this);
    close_if_done();
}

void pool_connection::close_if_done() {
    if (open_ && retired_ && in_flight_ == 0) close_quietly();
}

/// Without calling it a failure of the unit. Nothing is in flight.
void pool_connection::close_quietly() {
    if (!open_) return;
    const auto self = shared_from_this();
    open_ = false;
    owner_->unit_at(unit_).forget_idle(*this);
    link_->close();
    owner_->closed(*this, {});
}

void pool_connection::fail(const error& why) {
    if (!open_) return;
    open_ = false;
    owner_->unit_at(unit_).forget_idle(*this);
    link_->close();
    // The core may send the calls elsewhere at once, so they leave the table first.
    std::vector<pool_call*> lost;
    for (auto*& each : table_) {
        if (each == nullptr) continue;
        lost.push_back(each);
        each->on = nullptr;
        each = nullptr;
    }
    free_in_flight(in_flight_);
    const auto self = shared_from_this();
    owner_->closed(*this, why);
    for (auto* each : lost) {
        owner_->lost(*each, unit_, why);
    }
}

} // namespace cipherlane::hsm
