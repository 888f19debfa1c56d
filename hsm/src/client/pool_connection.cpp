#include "client/pool_connection.hpp"

#include "client/message_builder.hpp"
#include "client/pool_core.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/frame.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

/// Room for one read; grows to the longest message where one is longer.
constexpr std::size_t input_size = 16'384;

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
    , header_(owner_->settings().dialect->frame.header_length) {}

bool pool_connection::correlates() const noexcept {
    return engine_.dialect().frame.correlates;
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
    const auto& frame = engine_.dialect().frame;
    what.number = next_number();
    what.on = this;
    table_[what.number & (table_.size() - 1)] = &what;
    ++in_flight_;
    write_header(frame, what.number, header_);
    const auto mark = begin_frame(frame, header_, pending_);
    pending_.insert(pending_.end(), what.body.begin(), what.body.end());
    // The length was judged when the call was made.
    (void)end_frame(frame, mark, pending_);
    last_used_ = what.sent_at;
    if (!in_reader_) write();
}

void pool_connection::write() {
    if (write_under_way_ || pending_.empty() || !open_) return;
    write_under_way_ = true;
    writing_.swap(pending_);
    pending_.clear();
    link_->async_write(
        writing_, boost::asio::bind_executor(owner_->strand(), [self = shared_from_this()](const result<void>& sent) {
            self->write_under_way_ = false;
            wipe(self->writing_);
            self->writing_.clear();
            if (!sent) return self->fail(sent.error());
            self->write();
        }));
}

void pool_connection::read() {
    if (have_ == input_.size())
        input_.resize(std::min<std::size_t>(2 * input_.size(), engine_.dialect().frame.largest + 1024U));
    link_->async_read_some(byte_span(input_).subspan(have_),
        boost::asio::bind_executor(
            owner_->strand(), [self = shared_from_this()](const result<std::size_t>& got) { self->on_read(got); }));
}

void pool_connection::on_read(const result<std::size_t>& got) {
    if (!open_) return;
    if (!got) return fail(got.error());
    have_ += *got;
    // Handlers may make new calls; their requests leave together after all answers were read.
    in_reader_ = true;
    const auto good = read_answers();
    in_reader_ = false;
    if (!open_) return;
    if (!good) return fail(good.error());
    write();
    if (have_ > engine_.dialect().frame.largest + 512U)
        return fail(hsm::fail(hsm_errc::bad_length).in_field("answer"));
    close_if_done();
    if (open_) read();
}

result<void> pool_connection::read_answers() {
    const auto& frame = engine_.dialect().frame;
    std::size_t used = 0;
    while (open_) {
        CIPHERLANE_TRY(const auto cut, cut_frame(frame, byte_view(input_).subspan(used, have_ - used)));
        const bool stream = frame.length == framing::prefix::none;
        if (!cut || (stream && cut->body.empty())) break;
        auto size = read_answer(cut->header, cut->body);
        if (stream && !size && size.error().code() == make_error_code(hsm_errc::incomplete)) break;
        if (!size) return size.error();
        used += stream ? cut->consumed + *size : cut->consumed;
    }
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(used), input_.begin() + static_cast<std::ptrdiff_t>(have_),
        input_.begin());
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

result<std::size_t> pool_connection::read_answer(byte_view header, byte_view body) {
    auto* whose = find(header);
    if (whose == nullptr) {
        // Only after a time-out can an answer be late; any other without a question means a broken peer.
        if (forgotten_ == 0) return hsm::fail(hsm_errc::wrong_header).in_field("header");
        --forgotten_;
        owner_->count_late(unit_);
        return body.size();
    }
    auto& subject = *whose->subject;
    if (subject.command == nullptr) {
        subject.raw.assign(body.begin(), body.end());
        release(*whose);
        owner_->answered(*this, *whose);
        return body.size();
    }
    if (whose->second) {
        field_set ignored;
        CIPHERLANE_TRY(const auto last, engine_.decode_second_answer(*subject.command, body, subject.asked, ignored));
        release(*whose);
        owner_->answered(*this, *whose);
        return last.consumed;
    }
    CIPHERLANE_TRY(subject.status, engine_.decode_answer(*subject.command, body, subject.asked, subject.values));
    const auto size = subject.status.consumed;
    if (whose->wants_raw) subject.raw.assign(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
    const bool refused = subject.status.what == answer_status::verdict::refused;
    if (!subject.command->second_answer_wire.empty() && !refused) {
        whose->second = true;
        return size;
    }
    release(*whose);
    owner_->answered(*this, *whose);
    return size;
}

void pool_connection::release(pool_call& what) {
    table_[what.number & (table_.size() - 1)] = nullptr;
    what.on = nullptr;
    --in_flight_;
}

void pool_connection::forget(pool_call& what) {
    release(what);
    ++forgotten_;
    if (!correlates()) return fail(hsm::fail(hsm_errc::late_answer));
    retire();
}

void pool_connection::retire() {
    retired_ = true;
    close_if_done();
}

void pool_connection::close_if_done() {
    if (!open_ || !retired_ || in_flight_ != 0 || in_reader_) return;
    open_ = false;
    link_->close();
    owner_->closed(*this, {});
}

void pool_connection::fail(const error& why) {
    if (!open_) return;
    open_ = false;
    link_->close();
    // The core may send the calls elsewhere at once, so they leave the table first.
    std::vector<pool_call*> lost;
    for (auto*& each : table_) {
        if (each == nullptr) continue;
        lost.push_back(each);
        each->on = nullptr;
        each = nullptr;
    }
    in_flight_ = 0;
    const auto self = shared_from_this();
    owner_->closed(*this, why);
    for (auto* each : lost) {
        owner_->lost(*each, unit_, why);
    }
}

} // namespace cipherlane::hsm
