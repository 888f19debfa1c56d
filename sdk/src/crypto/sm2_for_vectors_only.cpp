#include "sm2_domain.hpp"

#include <cipherlane/crypto/sm2_for_vectors_only.hpp>

#include <algorithm>

// Plain arithmetic, in the words of the standard and without regard to timing. It shares nothing with the keys in use
// but the message digest, so that each checks the other.
namespace cipherlane::crypto::for_vectors_only {
namespace {

constexpr std::size_t uncompressed_size = 65;

error failed() noexcept {
    return crypto_error(crypto_errc::library_failed, "SM2");
}
error bad_key() noexcept {
    return crypto_error(crypto_errc::bad_key_encoding, "SM2");
}
error not_authentic() noexcept {
    return crypto_error(crypto_errc::verification_failed, "SM2");
}

/// Numbers modulo the order of the group, with the context they share.
class arithmetic {
  public:
    explicit arithmetic(const sm2_domain& domain)
        : domain_(domain)
        , context_(BN_CTX_new())
        , group_(domain.group())
        , order_(load(domain.n)) {}

    [[nodiscard]] bool ready() const { return context_ && group_ && order_; }
    [[nodiscard]] const sm2_domain& domain() const { return domain_; }
    [[nodiscard]] EC_GROUP* group() const { return group_.get(); }
    [[nodiscard]] const BIGNUM* order() const { return order_.get(); }
    [[nodiscard]] BN_CTX* context() const { return context_.get(); }

    [[nodiscard]] static number load(byte_view value) {
        return number(BN_bin2bn(value.data(), static_cast<int>(value.size()), nullptr));
    }
    [[nodiscard]] number add(const number& a, const number& b) const {
        number sum(BN_new());
        return BN_mod_add(sum.get(), a.get(), b.get(), order(), context()) == 1 ? std::move(sum) : nullptr;
    }
    [[nodiscard]] number subtract(const number& a, const number& b) const {
        number rest(BN_new());
        return BN_mod_sub(rest.get(), a.get(), b.get(), order(), context()) == 1 ? std::move(rest) : nullptr;
    }
    [[nodiscard]] number multiply(const number& a, const number& b) const {
        number product(BN_new());
        return BN_mod_mul(product.get(), a.get(), b.get(), order(), context()) == 1 ? std::move(product) : nullptr;
    }
    [[nodiscard]] number invert(const number& a) const {
        return number(BN_mod_inverse(nullptr, a.get(), order(), context()));
    }
    /// True for 1 to n-1.
    [[nodiscard]] bool in_range(const number& a) const {
        return !BN_is_zero(a.get()) && BN_cmp(a.get(), order()) < 0;
    }

    /// g · G + p · P as 04 ‖ x ‖ y; P may be null. Empty at infinity.
    [[nodiscard]] bytes combine(const BIGNUM* g, const EC_POINT* point, const BIGNUM* p) const {
        const curve_point made(EC_POINT_new(group()));
        bytes out(uncompressed_size);
        if (EC_POINT_mul(group(), made.get(), g, point, p, context()) != 1 ||
            EC_POINT_point2oct(group(), made.get(), POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(),
                context()) != out.size()) {
            return {};
        }
        return out;
    }
    /// Null if x ‖ y is not on the curve.
    [[nodiscard]] curve_point point(byte_view xy) const {
        curve_point made(EC_POINT_new(group()));
        bytes marked(1, std::uint8_t{4});
        marked.insert(marked.end(), xy.begin(), xy.end());
        if (xy.size() != uncompressed_size - 1 ||
            EC_POINT_oct2point(group(), made.get(), marked.data(), marked.size(), context()) != 1) {
            return nullptr;
        }
        return made;
    }

  private:
    const sm2_domain& domain_;
    number_context context_;
    curve_group group_;
    number order_;
};

/// GB/T 32918.4, 5.4.3.
result<bytes> derive(byte_view shared, std::size_t size) {
    bytes out;
    CIPHERLANE_TRY(auto stream, digest_stream::create(digest_algorithm::sm3));
    for (std::uint32_t counter = 1; out.size() < size; ++counter) {
        const std::array<std::uint8_t, 4> tail{static_cast<std::uint8_t>(counter >> 24),
            static_cast<std::uint8_t>(counter >> 16), static_cast<std::uint8_t>(counter >> 8),
            static_cast<std::uint8_t>(counter)};
        CIPHERLANE_CHECK(stream.update(shared));
        CIPHERLANE_CHECK(stream.update(tail));
        CIPHERLANE_TRY(const auto piece, stream.finish());
        out.insert(out.end(), piece.view().begin(), piece.view().end());
    }
    out.resize(size);
    return out;
}

} // namespace

result<sm2_signature> sign_with_k(
    sm2_curve curve, byte_view scalar, byte_view id, byte_view message, byte_view k_bytes) {
    const arithmetic math(domain_of(curve));
    if (!math.ready()) return failed();
    CIPHERLANE_TRY(const auto own_point, sm2_public_of(math.domain(), scalar));
    CIPHERLANE_TRY(
        const auto digest, sm2_message_digest(math.domain(), id, byte_view(own_point).subspan(1), message));
    const number d = arithmetic::load(scalar);
    const number e = arithmetic::load(digest.view());
    const number k = arithmetic::load(k_bytes);
    if (!math.in_range(k)) return failed();
    const bytes kg = math.combine(k.get(), nullptr, nullptr);
    if (kg.empty()) return failed();
    const number r = math.add(e, arithmetic::load(byte_view(kg).subspan(1, sm2_size)));
    const number one = arithmetic::load(bytes{1});
    const number s = math.multiply(math.invert(math.add(one, d)), math.subtract(k, math.multiply(r, d)));
    sm2_signature out;
    if (!math.in_range(r) || BN_is_zero(math.add(r, k).get()) || !math.in_range(s) ||
        !store_number(r.get(), byte_span(out).first(sm2_size)) ||
        !store_number(s.get(), byte_span(out).last(sm2_size))) {
        return failed();
    }
    return out;
}

result<void> verify(
    sm2_curve curve, byte_view point, byte_view id, byte_view message, const sm2_signature& signature) {
    const arithmetic math(domain_of(curve));
    if (!math.ready()) return failed();
    const curve_point signer = math.point(point);
    if (!signer) return bad_key();
    CIPHERLANE_TRY(const auto digest, sm2_message_digest(math.domain(), id, point, message));
    const number r = arithmetic::load(byte_view(signature).first(sm2_size));
    const number s = arithmetic::load(byte_view(signature).last(sm2_size));
    if (!math.in_range(r) || !math.in_range(s)) return not_authentic();
    const number t = math.add(r, s);
    if (BN_is_zero(t.get())) return not_authentic();
    const bytes sum = math.combine(s.get(), signer.get(), t.get());
    if (sum.empty()) return not_authentic();
    const number expected =
        math.add(arithmetic::load(digest.view()), arithmetic::load(byte_view(sum).subspan(1, sm2_size)));
    if (BN_cmp(expected.get(), r.get()) != 0) return not_authentic();
    return {};
}

result<bytes> decrypt(sm2_curve curve, byte_view scalar, byte_view c1c3c2) {
    const arithmetic math(domain_of(curve));
    if (!math.ready()) return failed();
    CIPHERLANE_CHECK(sm2_public_of(math.domain(), scalar));
    if (c1c3c2.size() <= uncompressed_size + sm2_size || c1c3c2[0] != 4) return not_authentic();
    const curve_point c1 = math.point(c1c3c2.subspan(1, uncompressed_size - 1));
    if (!c1) return not_authentic();
    const auto c3 = c1c3c2.subspan(uncompressed_size, sm2_size);
    const auto c2 = c1c3c2.subspan(uncompressed_size + sm2_size);
    const number d = arithmetic::load(scalar);
    const bytes shared = math.combine(nullptr, c1.get(), d.get());
    if (shared.empty()) return not_authentic();
    const auto xy = byte_view(shared).subspan(1);
    CIPHERLANE_TRY(bytes clear, derive(xy, c2.size()));
    if (std::all_of(clear.begin(), clear.end(), [](auto byte) { return byte == 0; })) return not_authentic();
    for (std::size_t i = 0; i < clear.size(); ++i)
        clear[i] ^= c2[i];
    CIPHERLANE_TRY(auto stream, digest_stream::create(digest_algorithm::sm3));
    for (const byte_view part : {xy.first(sm2_size), byte_view(clear), xy.last(sm2_size)}) {
        CIPHERLANE_CHECK(stream.update(part));
    }
    CIPHERLANE_TRY(const auto computed, stream.finish());
    if (!std::ranges::equal(computed.view(), c3)) return not_authentic();
    return clear;
}

} // namespace cipherlane::crypto::for_vectors_only
