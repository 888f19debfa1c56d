#pragma once

#include <cipherlane/hostlink/http_fields.hpp>
#include <cipherlane/net/machine.hpp>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string>

namespace cipherlane::hostlink {

/// What came back: status, body, header.
struct http_answer {
    unsigned status = 0;
    std::string body; ///< may hold a PAN: who takes it wipes it
    http_fields fields;
};

/// The longest body that an answer may have, unless an exchange expects a file.
inline constexpr std::size_t usual_body_limit = 65'536;

/// One HTTP request and its answer over any transport. From the start of the send on every failure is
/// `outcome_unknown`.
class http_exchange final : public net::exchange<http_answer> {
  public:
    explicit http_exchange(std::string request, std::size_t body_limit = usual_body_limit);
    http_exchange(const http_exchange&) = delete;
    http_exchange& operator=(const http_exchange&) = delete;
    ~http_exchange() override; ///< wipes request and answer: they may hold a PAN and a PIN block

    [[nodiscard]] net::action resume(const net::event& what) override;
    [[nodiscard]] result<http_answer> take() override { return std::move(outcome_); }

  private:
    [[nodiscard]] net::action take_bytes(byte_view data);
    [[nodiscard]] net::action finish();
    [[nodiscard]] net::action fail(const error& why);

    std::string request_;
    std::string pending_; ///< bytes that the parser wants to see again with more behind them
    boost::beast::http::response_parser<boost::beast::http::string_body> parser_;
    result<http_answer> outcome_;
};

} // namespace cipherlane::hostlink
