#include "gateway/lower_hex.hpp"
#include "gateway/md5.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/crypto/data_cipher.hpp>
#include <cipherlane/crypto/key_policy.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/alipay_signature.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace cipherlane::hostlink::alipay {
namespace {

error no_answer(std::string_view member) {
    return error(hostlink_errc::unreadable_answer, layer::hostlink).during("alipay answer").in_field(member);
}

/// The members of a JSON object as they stand in its text.
class raw_members {
  public:
    explicit raw_members(std::string_view text) noexcept
        : text_(text) {}

    /// Calls `take(name, value)` for each; false where this is no object, or `take` says so.
    template <class Take>
    [[nodiscard]] bool read(Take take) {
        if (!eat('{')) return false;
        for (bool first = true; !eat('}'); first = false) {
            if (!first && !eat(',')) return false;
            const auto name = string();
            if (!name || !eat(':')) return false;
            const auto value = this->value();
            if (!value || !take(name->substr(1, name->size() - 2), *value)) return false;
        }
        blanks();
        return at_ == text_.size();
    }

  private:
    void blanks() noexcept {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
            ++at_;
    }
    bool eat(char c) noexcept {
        blanks();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::optional<std::string_view> string() noexcept {
        blanks();
        const auto from = at_;
        if (at_ >= text_.size() || text_[at_] != '"') return std::nullopt;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\') {
                ++at_;
            } else if (text_[at_] == '"') {
                ++at_;
                return text_.substr(from, at_ - from);
            }
        }
        return std::nullopt;
    }
    std::optional<std::string_view> value() noexcept {
        blanks();
        if (at_ >= text_.size()) return std::nullopt;
        if (text_[at_] == '"') return string();
        const auto from = at_;
        if (text_[at_] != '{' && text_[at_] != '[') {
            at_ = std::min(text_.find_first_of(",}] \t\r\n", at_), text_.size());
            return at_ == from ? std::nullopt : std::optional(text_.substr(from, at_ - from));
        }
        for (std::size_t depth = 0; at_ < text_.size();) {
            const char c = text_[at_];
            if (c == '"') {
                if (!string()) return std::nullopt;
                continue;
            }
            ++at_;
            if (c == '{' || c == '[') ++depth;
            if ((c == '}' || c == ']') && --depth == 0) return text_.substr(from, at_ - from);
        }
        return std::nullopt;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::string unquoted(std::string_view value) {
    if (value.size() < 2 || value.front() != '"') return {};
    std::string text(value.substr(1, value.size() - 2));
    text.erase(std::remove(text.begin(), text.end(), '\\'), text.end()); // base64 with "\/"
    return text;
}

result<crypto::data_key> content_key(std::string_view key) {
    CIPHERLANE_TRY(const auto material, from_base64(key));
    const secret_bytes kept(material);
    return crypto::data_key::create(crypto::algorithm::aes, kept.expose(), crypto::legacy_policy);
}

constexpr std::size_t aes_block = 16;
constexpr std::array<std::uint8_t, aes_block> no_iv{};

} // namespace

std::string request_text(const parameters& all) {
    return joined(all, {"sign"}, empty_values::dropped);
}

std::string v3_request_text(std::string_view credentials, std::string_view method, std::string_view target,
    std::string_view body, std::string_view app_auth_token) {
    std::string text;
    for (const auto part : {credentials, method, target, body})
        text.append(part).append("\n");
    if (!app_auth_token.empty()) text.append(app_auth_token).append("\n");
    return text;
}

std::string certificate_number(const certificate& of) {
    return to_lower_hex(md5(as_bytes(of.issuer_reversed() + of.serial_decimal())));
}

std::string root_number(const std::vector<certificate>& roots) {
    std::string all;
    for (const auto& one : roots) {
        if (!one.is_signed_with_rsa()) continue;
        if (!all.empty()) all += '_';
        all += certificate_number(one);
    }
    return all;
}

result<split_answer> split(std::string_view body, std::string_view method) {
    std::string wanted(method);
    std::replace(wanted.begin(), wanted.end(), '.', '_');
    wanted += "_response";
    split_answer found;
    bool signed_twice = false;
    std::string_view fault = "body";
    const bool whole = raw_members(body).read([&](std::string_view name, std::string_view value) {
        if (name == "sign" || name == "alipay_cert_sn") {
            auto& to = name == "sign" ? found.sign : found.certificate;
            signed_twice = !to.empty();
            fault = name;
            to = unquoted(value);
            return !signed_twice;
        }
        if (name != wanted && name != "error_response") return !name.ends_with("_response");
        fault = name;
        if (!found.signed_text.empty()) return false;
        found.node = name;
        found.signed_text = value;
        return true;
    });
    if (!whole) return no_answer(fault);
    if (found.signed_text.empty()) return no_answer(wanted);
    return found;
}

std::vector<std::string> notice_texts(const parameters& all, notice_form form) {
    std::vector<std::string> texts;
    const auto add = [&](std::string text) {
        if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
    };
    for (const auto empties : {empty_values::kept, empty_values::dropped}) {
        if (form == notice_form::service) {
            add(joined(all, {"sign"}, empties));
            continue;
        }
        add(joined(all, {"sign", "sign_type"}, empties));
        add(joined(all, {"sign", "sign_type", "alipay_cert_sn"}, empties));
    }
    return texts;
}

result<std::string> encrypt_content(std::string_view key, std::string_view clear) {
    CIPHERLANE_TRY(auto made, content_key(key));
    const std::size_t pad = aes_block - clear.size() % aes_block;
    bytes text(clear.begin(), clear.end());
    text.insert(text.end(), pad, static_cast<std::uint8_t>(pad));
    CIPHERLANE_CHECK(crypto::encrypt_data(made, crypto::block_mode::cbc, no_iv, text, text));
    return to_base64(text);
}

result<std::string> decrypt_content(std::string_view key, std::string_view text) {
    CIPHERLANE_TRY(auto made, content_key(key));
    auto data = from_base64(text);
    if (!data || data->empty() || data->size() % aes_block != 0) return no_answer("encrypted");
    CIPHERLANE_CHECK(crypto::decrypt_data(made, crypto::block_mode::cbc, no_iv, *data, *data));
    const std::size_t pad = data->back();
    const bool padded = pad >= 1 && pad <= aes_block &&
                        std::all_of(data->end() - static_cast<std::ptrdiff_t>(pad), data->end(),
                            [&](std::uint8_t one) { return one == pad; });
    if (!padded) return no_answer("encrypted");
    return std::string(as_text(byte_view(*data).first(data->size() - pad)));
}

} // namespace cipherlane::hostlink::alipay
