#include "certificate_words.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace cipherlane::net {
namespace {

struct release_names {
    void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};

std::string clean(std::string_view name) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*:";
    std::string shown(name.substr(0, 64));
    std::replace_if(
        shown.begin(), shown.end(), [&](char c) { return allowed.find(c) == std::string_view::npos; }, '?');
    return shown;
}

std::string_view content_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
        static_cast<std::size_t>(ASN1_STRING_length(text))};
}

template <class Address>
std::string address_of(std::string_view content) {
    typename Address::bytes_type raw{};
    std::copy(content.begin(), content.end(), raw.begin());
    return Address(raw).to_string();
}

std::string words_of(const GENERAL_NAME* name) {
    namespace ip = boost::asio::ip;
    if (name->type == GEN_DNS) return clean(content_of(name->d.dNSName));
    if (name->type != GEN_IPADD) return {};
    const auto content = content_of(name->d.iPAddress);
    if (content.size() == std::tuple_size_v<ip::address_v4::bytes_type>) return address_of<ip::address_v4>(content);
    if (content.size() == std::tuple_size_v<ip::address_v6::bytes_type>) return address_of<ip::address_v6>(content);
    return {};
}

} // namespace

std::string names_on(const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, release_names> names(static_cast<GENERAL_NAMES*>(
        certificate != nullptr ? X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr) : nullptr));
    std::string all;
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const auto one = words_of(sk_GENERAL_NAME_value(names.get(), i));
        if (!one.empty()) all.append(all.empty() ? "" : ", ").append(one);
    }
    return all.empty() ? "no name" : all;
}

std::string expiry_words(std::chrono::seconds left) {
    using days = std::chrono::duration<int, std::ratio<86'400>>;
    const auto whole = std::chrono::duration_cast<days>(left).count();
    if (left.count() < 0) {
        if (whole == 0) return "expired less than a day ago";
        return "expired " + std::to_string(-whole) + (whole == -1 ? " day ago" : " days ago");
    }
    if (whole == 0) return "expires in less than a day";
    return "expires in " + std::to_string(whole) + (whole == 1 ? " day" : " days");
}

} // namespace cipherlane::net
