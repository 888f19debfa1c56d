#pragma once

#include <cipherlane/core/error.hpp>

#include <boost/system/result.hpp>

#include <stdexcept>
#include <utility>

namespace cipherlane {

/// A value, or why there is none. `.value()` throws `error_exception` for those who like exceptions.
template <class T>
class [[nodiscard]] result : public boost::system::result<T, error> {
  public:
    using boost::system::result<T, error>::result;
};

/// Thrown by `result<T>::value()`.
class error_exception : public std::runtime_error {
  public:
    explicit error_exception(const error& why)
        : std::runtime_error(why.to_string())
        , why_(why) {}
    [[nodiscard]] const error& why() const noexcept { return why_; }

  private:
    error why_;
};

[[noreturn]] inline void throw_exception_from_error(const error& why, const boost::source_location& /*where*/) {
    throw error_exception(why);
}

} // namespace cipherlane

#define CIPHERLANE_JOIN_(a, b) a##b
#define CIPHERLANE_JOIN(a, b) CIPHERLANE_JOIN_(a, b)

/// `CIPHERLANE_TRY(auto x, f())`: x is the value of f(), or the function returns f()'s error.
#define CIPHERLANE_TRY(declaration, expression)                                                                      \
    auto CIPHERLANE_JOIN(try_, __LINE__) = (expression);                                                             \
    if (!CIPHERLANE_JOIN(try_, __LINE__)) return std::move(CIPHERLANE_JOIN(try_, __LINE__)).error();                 \
    declaration = *std::move(CIPHERLANE_JOIN(try_, __LINE__))

/// `CIPHERLANE_CHECK(f())`: the function returns f()'s error if it has one.
#define CIPHERLANE_CHECK(expression)                                                                                 \
    do {                                                                                                             \
        if (auto check_ = (expression); !check_) return std::move(check_).error();                                   \
    } while (false)
