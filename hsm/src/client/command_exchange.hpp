#pragma once

#include <cipherlane/hsm/reply.hpp>
#include <cipherlane/net/machine.hpp>

#include <cstddef>

namespace cipherlane::hsm {

/// What an error that ends a call means for the caller: a command that must not be repeated, once a byte of it has
/// left, has an unknown outcome. Of an answer that came and broke its format the field, the offset and, as peer text,
/// the reason are kept (`unreadable_answer`).
[[nodiscard]] error judge_loss(error why, const command_spec* command, bool left) noexcept;

/// Whether its command answers once more.
[[nodiscard]] bool answers_again(const reply& first) noexcept;

/// Puts the second answer's status, if it is the worse, and its bytes to what the first one left.
void add_second_answer(const answer_status& status, byte_view body, reply& into);

/// Whether the unit hangs up after this answer: a refusal may be the last word of one that cannot resynchronise; a
/// comparison that failed is not.
[[nodiscard]] bool hangs_up_after(const reply& of);

/// A whole message, and where the command in it is.
struct command_message {
    bytes whole;
    std::size_t command_at = 0;
    std::size_t command_size = 0;
};

/// One command over a link that carries nothing else meanwhile: send, take the answer (both, of commands that
/// answer twice), check its header.
///
/// A raw command has `subject->command == nullptr` where the profile does not know it; its answer ends with the
/// message's length then.
class command_exchange final : public net::exchange<reply_ptr> {
  public:
    /// `header` is the part of the message that comes back.
    command_exchange(reply_ptr subject, command_message request, bytes header);
    command_exchange(const command_exchange&) = delete;
    command_exchange& operator=(const command_exchange&) = delete;
    ~command_exchange() override;

    [[nodiscard]] net::action resume(const net::event& what) override;
    [[nodiscard]] result<reply_ptr> take() override;

  private:
    [[nodiscard]] net::action read(byte_view data);
    [[nodiscard]] result<bool> read_message();
    [[nodiscard]] result<std::size_t> read_body(byte_view body);
    [[nodiscard]] net::action end(error why);

    reply_ptr subject_;
    command_message request_;
    bytes header_;
    bytes input_;
    error why_;
    bool left_ = false;
    bool second_ = false;
};

} // namespace cipherlane::hsm
