#include "cipherlane/gateway/explain.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/hmac.hpp>
#include <cipherlane/crypto/rsa.hpp>
#include <cipherlane/hostlink/gateway/http_date.hpp>
#include <cipherlane/ports/clock.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace cipherlane::cli {
namespace {

constexpr std::chrono::seconds oldest{300}; // what WeChat Pay and its clients take

std::string lower_hex(byte_view data) {
    auto text = to_hex(data);
    std::transform(text.begin(), text.end(), text.begin(),
        [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return text;
}

std::string sha256(std::string_view text) {
    const auto hash = crypto::digest(crypto::digest_algorithm::sha256, as_bytes(text));
    return hash ? lower_hex(hash->view()) : std::string();
}

/// Of a digest that the SDK has no name for, since nothing may be signed with it.
std::string old_digest(const EVP_MD* how, std::string_view text) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), hash.data(), &size, how, nullptr) != 1) return {};
    return lower_hex(byte_view(hash).first(size));
}

/// What a signature of RSA says that it was made over (RFC 8017, 9.2, note 1).
struct digest_row {
    const char* name;
    const char* head; ///< of the DigestInfo, in hex
    std::string (*of)(std::string_view text);
};
constexpr std::array digests{digest_row{"SHA-256", "3031300d060960864801650304020105000420", sha256},
    digest_row{"SHA-1", "3021300906052b0e03021a05000414",
        [](std::string_view text) { return old_digest(EVP_sha1(), text); }},
    digest_row{"MD5", "3020300c06082a864886f70d020505000410",
        [](std::string_view text) { return old_digest(EVP_md5(), text); }}};

/// As it should stand, and what had become of it.
struct read_signature {
    std::optional<bytes> value;
    std::string mistake;
};
read_signature base64_of(std::string text) {
    if (auto value = from_base64(text)) return {std::move(*value), {}};
    const auto with = [&](char from, char to) { std::replace(text.begin(), text.end(), from, to); };
    const bool blanks = text.find(' ') != std::string::npos;
    const bool url = text.find_first_of("-_") != std::string::npos;
    with(' ', '+');
    with('-', '+');
    with('_', '/');
    while (text.size() % 4 != 0)
        text += '=';
    if (auto value = from_base64(text)) {
        return {std::move(*value), blanks ? "\"+\" of the signature has become a blank: it was decoded as a form"
                                   : url  ? "the signature is base64 of URLs (\"-\" and \"_\")"
                                          : "the signature lost its \"=\" at the end"};
    }
    return {};
}

class judge {
  public:
    judge(const signed_message& what, const explain_with& with, explanation& to)
        : what_(what)
        , with_(with)
        , to_(to) {}

    void by_keys() {
        if (with_.keys.empty()) return;
        auto signature = base64_of(what_.signature);
        if (!signature.value)
            return wrong("the signature is no base64", {}, "look at how the header or field was taken");
        const auto& value = *signature.value;
        for (const auto& one : with_.keys) {
            if (!one.key.verifies(as_bytes(hashed(what_.texts.front().text)), value)) continue;
            to_.key = one.name;
            if (signature.mistake.empty()) return void(to_.verdict = signature_verdict::right);
            return wrong("the signature is right, but not as it stands", signature.mistake, "take it as it was sent");
        }
        for (const auto& one : with_.keys)
            if (another_text(one, value)) return;
        wrong("none of the keys given has made it", {},
            what_.names.empty() ? "give the key of the one who signs"
                                : "give the key of " + what_.names + ", which the message names");
    }

    void by_shared_key() {
        if (with_.shared_key.empty()) return;
        to_.key = "the shared key";
        for (const auto& text : what_.texts) {
            const auto made = shared(text.text);
            const auto fits = std::find_if(
                made.begin(), made.end(), [&](const signed_text& one) { return one.text == what_.signature; });
            if (fits == made.end()) continue;
            if (text.differs.empty() && fits->differs.empty()) return void(to_.verdict = signature_verdict::right);
            return other_text(text.differs.empty() ? fits->differs : text.differs);
        }
        to_.key.clear();
        wrong("it fits neither this key nor one of the usual mistakes", {},
            "compare the key with the console's, then the text above with what was signed, byte by byte");
    }

  private:
    [[nodiscard]] std::string hashed(const std::string& text) const {
        return what_.form == signature_form::hashed_by_key ? sha256(text) : text;
    }

    void wrong(std::string why, std::string mistake, std::string advice) {
        to_.verdict = signature_verdict::wrong;
        to_.why = std::move(why);
        to_.mistake = std::move(mistake);
        to_.advice = std::move(advice);
    }

    void other_text(const std::string& mistake) {
        wrong("the key is right, and another text was signed", mistake,
            "take the bytes as they came, before any program reads or writes them anew");
    }

    /// Whether this key made it, of a text that is one of the usual mistakes, or of any other.
    bool another_text(const judging_key& one, const bytes& signature) {
        to_.key = one.name;
        if (one.key.kind() == hostlink::signature_kind::rsa_sha256) return another_digest(one, signature);
        for (const auto& text : what_.texts) {
            if (!one.key.verifies(as_bytes(hashed(text.text)), signature)) continue;
            other_text(text.differs);
            return true;
        }
        to_.key.clear();
        return false; // SM2 does not tell another text from another key
    }

    bool another_digest(const judging_key& one, const bytes& signature) {
        const auto key = crypto::rsa_public_key::from_der(one.key.der());
        const auto info = key ? key->digest_in(signature) : result<bytes>(key.error());
        if (!info) {
            to_.key.clear();
            return false;
        }
        const auto found = lower_hex(*info);
        for (const auto& row : digests) {
            if (!found.starts_with(row.head)) continue;
            of_digest(row, found.substr(std::string_view(row.head).size()));
            return true;
        }
        wrong("the key is right, and the signature is of a digest that no gateway uses", {}, "sign with SHA-256");
        return true;
    }

    void of_digest(const digest_row& row, const std::string& signed_digest) {
        const bool usual = row.of == sha256;
        const std::string how =
            usual ? std::string() : std::string("it was signed with ") + row.name + ", not SHA-256";
        for (const auto& text : what_.texts) {
            for (const bool once_more :
                {what_.form == signature_form::hashed_by_key, what_.form != signature_form::hashed_by_key}) {
                if (row.of(once_more ? sha256(text.text) : text.text) != signed_digest) continue;
                const bool as_usual = once_more == (what_.form == signature_form::hashed_by_key);
                std::string all = text.differs;
                const auto add = [&](const std::string& more) {
                    all.append(all.empty() || more.empty() ? "" : "; ").append(more);
                };
                if (!as_usual) add(once_more ? "the text was hashed twice" : "the text was hashed once, not twice");
                add(how);
                return other_text(all);
            }
        }
        wrong("the key is right, and another text was signed: its " + std::string(row.name) + " is " + signed_digest,
            {}, "the body, or what stands before it, is not what was signed: compare it with what was sent");
        if (!usual) to_.mistake = how;
    }

    /// What a shared key makes of a text, the right way first.
    [[nodiscard]] std::vector<signed_text> shared(const std::string& text) const {
        const std::string key(as_text(with_.shared_key));
        if (what_.form == signature_form::shared_sha256) {
            return {{"", sha256(text + "&" + sha256(key))},
                {"the key itself was put behind the text, not its hash", sha256(text + "&" + key)}};
        }
        if (what_.form == signature_form::hmac) {
            auto made = crypto::hmac_key::create(crypto::digest_algorithm::sha256, with_.shared_key);
            if (!made) return {};
            const auto mac = crypto::hmac(*made, as_bytes(text));
            if (!mac) return {};
            return {{"", to_base64(mac->view())},
                {"the signature was written in hex, not in base64", lower_hex(mac->view())}};
        }
        const auto capitals = [](std::string digits) {
            std::transform(digits.begin(), digits.end(), digits.begin(),
                [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - ('a' - 'A')) : c; });
            return digits;
        };
        const auto sha = sha256(text + key);
        const auto md5 = old_digest(EVP_md5(), text + key);
        const bool says_sha = text.find("signType=SHA256") != std::string::npos;
        const std::string other = says_sha ? "MD5, and signType says SHA256" : "SHA-256, and signType says MD5";
        return {{"", capitals(says_sha ? sha : md5)}, {"the digest stood in small letters", says_sha ? sha : md5},
            {"it was made with " + other, capitals(says_sha ? md5 : sha)},
            {"\"&key=\" stood between text and key",
                capitals(says_sha ? sha256(text + "&key=" + key) : old_digest(EVP_md5(), text + "&key=" + key))}};
    }

    const signed_message& what_;
    const explain_with& with_;
    explanation& to_;
};

/// When it came, as far as that is known.
std::optional<std::chrono::system_clock::time_point> moment_of(
    const captured_http& message, const explain_with& with) {
    if (with.at) return with.at;
    const auto date = message.fields.only("Date");
    return date ? hostlink::read_http_date(*date) : std::nullopt;
}

/// What the time in a message says against it.
void look_at_clock(
    const captured_http& message, const signed_message& what, const explain_with& with, explanation& to) {
    const auto seen = moment_of(message, with);
    if (!what.made || !seen) return;
    const auto off = *what.made - std::chrono::floor<std::chrono::seconds>(seen->time_since_epoch());
    if (std::chrono::abs(off) <= oldest) return;
    // How much the others take is not published.
    const bool refused = what.gateway == gateway_speech::wechat;
    to.notes.push_back("clock: it was signed " + std::to_string(std::chrono::abs(off).count()) + " s " +
                       (off.count() < 0 ? "before " : "after ") + (with.at ? "the time given" : "its own Date") +
                       (refused ? "; more than 300 s are refused, whatever the signature" : ""));
    if (!refused || to.verdict != signature_verdict::right) return;
    to.verdict = signature_verdict::wrong;
    to.why = "the signature is right, and too old or too new";
    to.mistake = "clock";
    to.advice = "set the clock of the machine that signs, or of the one that looks; a message that was kept is "
                "judged with --at";
}

std::string day_of(std::chrono::system_clock::time_point when) {
    return ports::to_civil(when).to_string().substr(0, 10);
}

std::string days_of(const hostlink::certificate& of, std::optional<std::chrono::system_clock::time_point> seen) {
    auto text = "from " + day_of(of.begins()) + " to " + day_of(of.ends());
    if (!seen) return text;
    const auto days = [](auto span) { return std::to_string(std::chrono::floor<std::chrono::days>(span).count()); };
    if (*seen < of.begins()) return text + ", " + days(of.begins() - *seen) + " days too early";
    if (*seen > of.ends()) return text + ", over for " + days(*seen - of.ends()) + " days";
    return text + ", " + days(of.ends() - *seen) + " days were left";
}

/// The key that has signed, or else the only one that there is, where it came with a certificate.
const judging_key* certified_key(const explain_with& with, const explanation& told) {
    const auto used = std::find_if(
        with.keys.begin(), with.keys.end(), [&](const judging_key& one) { return one.name == told.key; });
    const auto* one = used != with.keys.end() ? &*used : with.keys.size() == 1 ? &with.keys.front() : nullptr;
    return one != nullptr && one->certificate ? one : nullptr;
}

/// What the certificate of the key that has signed says against it: its days, its number, its owner, its chain.
void look_at_certificate(
    const captured_http& message, const signed_message& what, const explain_with& with, explanation& to) {
    const auto* const used = certified_key(with, to);
    if (used == nullptr) return;
    const auto& of = *used->certificate;
    auto seen = moment_of(message, with);
    if (!seen && what.made) seen = std::chrono::system_clock::time_point(*what.made);
    const auto issuer = of.is_self_issued() ? std::string("itself") : of.issuer_common_name();
    to.notes.push_back("certificate: " + of.serial_hex() + " of " + of.common_name() + ", issued by " +
                       (issuer.empty() ? "somebody without a name" : issuer) + ", " + days_of(of, seen));
    const bool by_serial = what.gateway == gateway_speech::wechat && !what.names.empty();
    if (by_serial && what.names != of.serial_hex())
        to.notes.push_back(
            "certificate: the message names " + what.names + ", by which its reader looks for the key");
    const bool judged = !with.roots.empty() || !with.between.empty();
    const bool leads = judged && of.leads_to(with.roots, with.between); // its days are told by themselves
    if (judged)
        to.notes.push_back(
            leads ? "chain: it leads to one of the roots given" : "chain: it leads to none of the roots given");
    if (to.verdict != signature_verdict::right) return;
    const auto refuse = [&to](std::string why, std::string mistake, std::string advice) {
        to.verdict = signature_verdict::wrong;
        to.why = "the signature is right, and its certificate " + std::move(why);
        to.mistake = std::move(mistake);
        to.advice = std::move(advice);
    };
    if (seen && (*seen < of.begins() || *seen > of.ends()))
        return refuse(*seen < of.begins() ? "did not hold yet" : "had expired", "certificate",
            "get the certificate that holds now from the console; a message that was kept is judged with --at");
    if (judged && !leads)
        refuse("leads to none of the roots given", "chain",
            "give the gateway's roots and what lies between, as its console has them; else somebody else has signed");
}

} // namespace

result<judging_key> read_judging_key(const std::string& name, std::string_view text) {
    CIPHERLANE_TRY(auto key, hostlink::signature_key::create(text));
    judging_key made{name, std::move(key)};
    if (auto certificate = hostlink::certificate::create(text))
        made.certificate = std::make_shared<const hostlink::certificate>(*std::move(certificate));
    return made;
}

result<void> add_authorities(explain_with& to, std::string_view pem) {
    CIPHERLANE_TRY(auto all, hostlink::certificate::create_all(pem));
    for (auto& one : all)
        (one.is_self_issued() ? to.roots : to.between).push_back(std::move(one));
    return {};
}

std::string judging_key::about() const {
    const bool rsa = key.kind() == hostlink::signature_kind::rsa_sha256;
    return std::string(rsa ? "RSA" : "SM2") + ", SHA-256 of it " + sha256(as_text(key.der()));
}

std::string_view to_string(signature_verdict value) noexcept {
    constexpr std::string_view names[] = {"right", "wrong", "not judged"};
    return names[static_cast<std::size_t>(value)];
}

explanation explain(const captured_http& message, const signed_message& what, const explain_with& with) {
    explanation made;
    if (what.texts.empty()) return made;
    made.digest = sha256(what.texts.front().text);
    if (!message.note.empty()) made.notes.push_back(message.note);
    if (!what.note.empty()) made.notes.push_back(what.note);
    if (!what.signature.empty()) {
        judge by(what, with, made);
        const bool keyed = what.form == signature_form::by_key || what.form == signature_form::hashed_by_key;
        keyed ? by.by_keys() : by.by_shared_key();
    }
    const bool judges = !with.keys.empty() || !with.shared_key.empty();
    if (judges && !what.refused.empty() && made.verdict != signature_verdict::wrong) {
        made.verdict = signature_verdict::wrong;
        made.why = "whoever reads it refuses it, whatever the signature";
        made.mistake = what.refused;
        made.advice = "take the message whole, each part once, as it was sent";
    }
    look_at_clock(message, what, with, made);
    look_at_certificate(message, what, with, made);
    return made;
}

} // namespace cipherlane::cli
