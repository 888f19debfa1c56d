#include "client/command_exchange.hpp"

#include "client/what_came.hpp"
#include "command/bind.hpp"
#include "fail.hpp"
#include "wiped_growth.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/frame.hpp>
#include <cipherlane/net/errc.hpp>

#include <algorithm>

namespace cipherlane::hsm {

error judge_loss(error why, const command_spec* command, bool left) noexcept {
    // A peer that refused our certificate never saw what came behind it.
    const bool refused = why.code() == make_error_code(net_errc::certificate_refused);
    const bool harmless = !left || refused || (command != nullptr && command->repeat == repetition::safe);
    if (harmless) return why;
    const bool came = why.where() == layer::hsm && why.is(condition::bad_message);
    auto judged = fail(came ? hsm_errc::unreadable_answer : hsm_errc::lost_answer).in_field(why.field());
    if (came) judged = std::move(judged).with_peer_text(why.code().message());
    if (!why.hint().empty()) judged = std::move(judged).with_hint(why.hint());
    if (why.offset()) judged = std::move(judged).at_offset(*why.offset());
    if (command != nullptr) judged = std::move(judged).during(command->code);
    return std::move(judged).at_endpoint(why.endpoint());
}

bool answers_again(const reply& first) noexcept {
    return first.command != nullptr && !first.command->second_answer_wire.empty() &&
           first.status.what != answer_status::kind::refused;
}

void add_second_answer(const answer_status& status, byte_view body, reply& into) {
    if (status.what > into.status.what) into.status = status;
    make_room(into.raw, into.raw.size() + body.size());
    into.raw.insert(into.raw.end(), body.begin(), body.end());
}

bool hangs_up_after(const reply& of) {
    if (!of.dialect->frame.closes_after_unknown || of.status.what != answer_status::kind::refused) return false;
    const auto status = check_status(of);
    return !status && status.error().code() != make_error_code(hsm_errc::verification);
}

command_exchange::command_exchange(reply_ptr subject, command_message request, bytes header)
    : subject_(std::move(subject))
    , request_(std::move(request))
    , header_(std::move(header)) {}

command_exchange::~command_exchange() {
    wipe(request_.whole);
    wipe(input_);
}

net::action command_exchange::resume(const net::event& what) {
    switch (what.what) {
    case net::event::kind::started: left_ = true; return net::action::send(request_.whole);
    case net::event::kind::sent: return net::action::receive();
    case net::event::kind::received: return read(what.bytes);
    case net::event::kind::expired: return end(fail(hsm_errc::late_answer));
    case net::event::kind::failed: break;
    }
    return end(what.why);
}

net::action command_exchange::read(byte_view data) {
    make_room(input_, input_.size() + data.size());
    input_.insert(input_.end(), data.begin(), data.end());
    auto whole = read_message();
    if (!whole) return end(whole.error());
    if (*whole) return net::action::done();
    const bool endless = input_.size() > std::size_t{subject_->dialect->frame.largest} + 2;
    return endless ? end(fail(hsm_errc::bad_length).in_field("answer").at_offset(input_.size()))
                   : net::action::receive();
}

/// True when the last message is there.
result<bool> command_exchange::read_message() {
    const auto& frame = subject_->dialect->frame;
    for (;;) {
        CIPHERLANE_TRY(const auto cut, cut_frame(frame, input_));
        if (!cut) return false;
        if (!std::equal(cut->header.begin(), cut->header.end(), header_.begin(), header_.end())) {
            return fail(hsm_errc::wrong_header).in_field("header").at_offset(0);
        }
        auto used = read_body(cut->body);
        const bool stream = frame.length == framing::prefix::none;
        const bool early = !used && used.error().code() == make_error_code(hsm_errc::incomplete);
        if (stream && early) return false;
        if (!used) return used.error();
        const auto size = stream ? cut->consumed + *used : cut->consumed;
        drop_front(input_, size, input_.size());
        input_.resize(input_.size() - size);
        if (!second_ && answers_again(*subject_)) {
            second_ = true;
            continue;
        }
        if (!input_.empty()) return fail(hsm_errc::left_over).in_field("answer").at_offset(size);
        return true;
    }
}

result<std::size_t> command_exchange::read_body(byte_view body) {
    auto& into = *subject_;
    if (into.command == nullptr) {
        into.raw.assign(body.begin(), body.end());
        return body.size();
    }
    const codec engine(into.dialect);
    if (second_) {
        field_set ignored;
        CIPHERLANE_TRY(const auto status, engine.decode_second_answer(*into.command, body, into.asked, ignored));
        add_second_answer(status, body.first(status.consumed), into);
        return status.consumed;
    }
    const auto asked = byte_view(request_.whole).subspan(request_.command_at, request_.command_size);
    CIPHERLANE_TRY(const auto size, decode_call(engine, asked, body, into));
    into.raw.assign(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
    return size;
}

/// What came instead of an answer says most about why there is none.
net::action command_exchange::end(error why) {
    why_ = std::move(why);
    const auto sent = byte_view(request_.whole);
    const bool echo =
        !sent.empty() && input_.size() >= sent.size() && std::equal(sent.begin(), sent.end(), input_.begin());
    const auto words = echo ? std::string("what came is the request itself: that port sends back what it gets")
                            : what_came(subject_->dialect->frame, input_);
    if (!words.empty()) why_ = std::move(why_).with_hint(words);
    return net::action::done();
}

result<reply_ptr> command_exchange::take() {
    if (why_.code()) return judge_loss(why_, subject_->command, left_);
    return std::move(subject_);
}

} // namespace cipherlane::hsm
