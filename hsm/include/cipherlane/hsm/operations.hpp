#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/hsm/call_end.hpp>
#include <cipherlane/hsm/card_requests.hpp>
#include <cipherlane/hsm/data_requests.hpp>
#include <cipherlane/hsm/key_requests.hpp>
#include <cipherlane/hsm/mac_requests.hpp>
#include <cipherlane/hsm/pin_requests.hpp>
#include <cipherlane/hsm/raw_command.hpp>
#include <cipherlane/hsm/sm_requests.hpp>
#include <cipherlane/hsm/unit_requests.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

namespace cipherlane::hsm {

/// The typed operations, the same for one unit (`client`) and for many (`pool`) and for every dialect.
///
/// Each has a blocking form and one with a completion token of signature `void(result<R>)`. Errors by condition:
/// `unsupported` (the profile cannot do it, in whole or in this form; the field says what), `rejected_by_peer` (see
/// `check_status`), `misuse` and `bad_message` (a value does not fit, found before anything was sent), `timed_out`,
/// `cancelled`, `link_lost`, and `outcome_unknown` where a command that must not be repeated left and no answer came.
class operations {
  public:
    operations(const operations&) = delete;
    operations& operator=(const operations&) = delete;
    virtual ~operations() = default;

    [[nodiscard]] virtual const profile& dialect() const noexcept = 0;
    /// Where handlers run that have no executor of their own.
    [[nodiscard]] virtual boost::asio::any_io_executor get_executor() const = 0;

    /// Any typed request, blocking.
    template <class Request>
    [[nodiscard]] auto run(const Request& request, const call& bounds) -> result<typename Request::response> {
        auto answer = run_command(request, bounds);
        if (!answer) return answer.error();
        return Request::response::from(**answer);
    }

    /// Any typed request, asynchronous. `request` need not outlive the call of this function.
    template <class Request, class Token>
    auto async_run(const Request& request, const call& bounds, Token&& token) {
        using response = typename Request::response;
        return boost::asio::async_initiate<Token, void(result<response>)>(
            [this](auto handler, const Request* what, call limits) {
                start_command(*what, limits, typed_end<response>(std::move(handler)));
            },
            token, &request, bounds);
    }

    /// A command as bytes. Never repeated by itself.
    [[nodiscard]] virtual result<raw_answer> execute(const raw_command& command, const call& bounds) = 0;

#define CIPHERLANE_HSM_OPERATION(name)                                                                               \
    [[nodiscard]] auto name(const name##_request& request, const call& bounds) {                                     \
        return run(request, bounds);                                                                                 \
    }                                                                                                                \
    template <class Token>                                                                                           \
    auto async_##name(const name##_request& request, const call& bounds, Token&& token) {                            \
        return async_run(request, bounds, std::forward<Token>(token));                                               \
    }

    CIPHERLANE_HSM_OPERATION(diagnose)
    CIPHERLANE_HSM_OPERATION(echo)
    CIPHERLANE_HSM_OPERATION(random)
    CIPHERLANE_HSM_OPERATION(generate_key)
    CIPHERLANE_HSM_OPERATION(generate_and_export_key)
    CIPHERLANE_HSM_OPERATION(import_key)
    CIPHERLANE_HSM_OPERATION(export_key)
    CIPHERLANE_HSM_OPERATION(form_key)
    CIPHERLANE_HSM_OPERATION(check_value)
    CIPHERLANE_HSM_OPERATION(store_key)
    CIPHERLANE_HSM_OPERATION(find_key)
    CIPHERLANE_HSM_OPERATION(translate_pin)
    CIPHERLANE_HSM_OPERATION(verify_pin_pvv)
    CIPHERLANE_HSM_OPERATION(verify_pin_ibm)
    CIPHERLANE_HSM_OPERATION(make_offset)
    CIPHERLANE_HSM_OPERATION(make_mac)
    CIPHERLANE_HSM_OPERATION(verify_mac)
    CIPHERLANE_HSM_OPERATION(encrypt)
    CIPHERLANE_HSM_OPERATION(decrypt)
    CIPHERLANE_HSM_OPERATION(reencrypt)
    CIPHERLANE_HSM_OPERATION(make_cvv)
    CIPHERLANE_HSM_OPERATION(verify_cvv)
    CIPHERLANE_HSM_OPERATION(verify_arqc)
    CIPHERLANE_HSM_OPERATION(dukpt_translate_pin)
    CIPHERLANE_HSM_OPERATION(dukpt_mac)
    CIPHERLANE_HSM_OPERATION(sm2_sign)
    CIPHERLANE_HSM_OPERATION(sm2_verify)
    CIPHERLANE_HSM_OPERATION(sm3)
#undef CIPHERLANE_HSM_OPERATION

  protected:
    operations() = default;
    [[nodiscard]] virtual result<reply_ptr> run_command(const operation_request& request, const call& bounds) = 0;
    /// `request` is read before this returns.
    virtual void start_command(const operation_request& request, const call& bounds, call_end end) = 0;
};

} // namespace cipherlane::hsm
