#include "command/finding.hpp"
#include "command/reply_shelf.hpp"
#include "fail.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hsm/reply.hpp>

#include <algorithm>

namespace cipherlane::hsm {

void reply::clear() noexcept {
    command = nullptr;
    how = nullptr;
    flat = false;
    // Nearly always it is as it was made.
    status.consumed = 0;
    if (status.what != answer_status::kind::ok) status = {};
    asked.clear();
    values.clear();
    if (raw.empty()) return;
    wipe(raw);
    raw.clear();
}

void reply_return::operator()(reply* used) const noexcept {
    used->clear();
    if (home != nullptr) {
        home->give_back(used);
    } else {
        delete used;
    }
}

reply_shelf::~reply_shelf() {
    for (auto* each : free_) {
        delete each;
    }
}

reply_ptr reply_shelf::take(const std::shared_ptr<reply_shelf>& self, const std::shared_ptr<const profile>& dialect) {
    reply* one = nullptr;
    {
        const std::lock_guard lock(self->guard_);
        if (!self->free_.empty()) {
            one = self->free_.back();
            self->free_.pop_back();
        }
    }
    if (one == nullptr) one = new reply;
    one->dialect = dialect;
    return reply_ptr(one, reply_return{self});
}

void reply_shelf::give_back(reply* used) noexcept {
    {
        const std::lock_guard lock(guard_);
        // Room was made in advance, so that this cannot throw.
        if (free_.size() < free_.capacity()) {
            free_.push_back(used);
            return;
        }
    }
    delete used;
}

namespace {

bool lists(const std::vector<std::string>& list, std::string_view what) {
    return std::find(list.begin(), list.end(), what) != list.end();
}

hsm_errc kind_of(const reply& of) {
    const auto code = of.status.code.view();
    const auto& command = *of.command;
    const bool unnamed = of.dialect->meaning(command, code).empty();
    if (lists(command.mismatch, code) || (unnamed && lists(command.mismatch, "*"))) return hsm_errc::verification;
    // What a status means to this command alone is about what it was asked, not about the unit.
    const bool own = command.errors.find(code) != command.errors.end();
    return !own && lists(of.dialect->out_of_service, code) ? hsm_errc::out_of_service : hsm_errc::refused;
}

} // namespace

result<void> check_status(const reply& of) {
    if (of.status.what != answer_status::kind::refused) return {};
    return fail(kind_of(of))
        .during(of.command->code)
        .with_peer_code(of.status.code.view())
        .with_peer_text(of.dialect->meaning(*of.command, of.status.code.view()))
        .in_field(local_finding(of));
}

std::string explain(const profile& dialect, const error& why) {
    const auto* command = dialect.command(why.operation());
    if (command == nullptr || why.peer_code().empty()) return {};
    std::string text(command->title);
    const auto meaning = dialect.meaning(*command, why.peer_code());
    text.append(": ").append(meaning.empty() ? "no meaning is published for this code" : meaning);
    if (!why.field().empty()) text.append("; the request had ").append(why.field());
    return text;
}

} // namespace cipherlane::hsm
