#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/crypto/password_hash.hpp>
#include <cipherlane/till/clerk_book.hpp>
#include <cipherlane/till/errc.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace cipherlane {
namespace {

constexpr std::array<std::string_view, 6> right_words{"sell", "void", "refund", "decide", "settle", "review"};
constexpr std::size_t longest_file = 1'048'576;
constexpr std::size_t longest_name = 60;
constexpr std::size_t shortest_secret = 4;
constexpr std::size_t longest_secret = 128;

toml_faults clerk_faults() {
    return {layer::till, "clerks", till_errc::no_file, till_errc::not_toml, till_errc::bad_setting};
}

bool is_operator_number(std::string_view id) {
    const auto fits = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    return !id.empty() && id.size() <= 3 && std::all_of(id.begin(), id.end(), fits);
}

std::vector<right> read_rights(toml_reader& from) {
    std::vector<std::string> words;
    from.need("rights");
    from.texts("rights", words);
    std::vector<right> made;
    for (const auto& word : words) {
        if (const auto found = find_right(word)) {
            made.push_back(*found);
        } else {
            from.fail("rights", "allowed: sell, void, refund, decide, settle, review");
        }
    }
    return made;
}

/// One that stands for the secret of nobody, so that an unknown operator takes as long as a known one.
const std::string& secret_of_nobody() {
    static const std::string kept = "scrypt:15:8:1:" + std::string(32, '0') + ":" + std::string(64, '0');
    return kept;
}

std::string in_quotes(std::string_view text) {
    std::string made = "\"";
    for (const char c : printable_text(text, longest_name)) {
        if (c == '"' || c == '\\') made += '\\';
        made += c;
    }
    return made + "\"";
}

error bad(std::string_view field, std::string_view expected) {
    return error(till_errc::bad_setting, layer::till)
        .during("clerks")
        .in_field(field)
        .with_hint("expected " + std::string(expected));
}

} // namespace

std::string_view to_string(right value) noexcept {
    return right_words[static_cast<std::size_t>(value)];
}

std::optional<right> find_right(std::string_view word) noexcept {
    const auto found = std::find(right_words.begin(), right_words.end(), word);
    if (found == right_words.end()) return std::nullopt;
    return static_cast<right>(found - right_words.begin());
}

bool clerk::may(right what) const noexcept {
    return std::find(rights.begin(), rights.end(), what) != rights.end();
}

std::string words_of(const std::vector<right>& rights) {
    std::string text;
    for (const auto one : rights)
        text.append(text.empty() ? "" : ", ").append(to_string(one));
    return text.empty() ? "nothing" : text;
}

result<clerk_book> clerk_book::parse(std::string_view text, std::string_view file) {
    CIPHERLANE_TRY(const auto root, parse_toml(text, clerk_faults(), file));
    toml_report report(clerk_faults(), file);
    toml_reader top(root, "", report);
    clerk_book made;
    for (auto& at : top.sections("clerk")) {
        clerk one;
        std::string secret;
        for (const std::string_view key : {"id", "secret"})
            at.need(key);
        at.text("id", one.id);
        if (at.has("id") && !is_operator_number(one.id)) at.fail("id", "expected 1 to 3 letters and digits");
        if (made.find(one.id) != nullptr) at.fail("id", "two operators of this number");
        if (auto name = at.text("name", longest_name)) one.name = *std::move(name);
        at.text("secret", secret);
        one.rights = read_rights(at);
        at.finish();
        made.clerks_.push_back(std::move(one));
        made.secrets_.push_back(std::move(secret));
    }
    top.finish();
    CIPHERLANE_CHECK(report.outcome());
    return made;
}

result<clerk_book> clerk_book::load(const std::string& file) {
    CIPHERLANE_TRY(auto opened, secret_file::open(file));
    CIPHERLANE_TRY(const auto content, opened.read(longest_file));
    return parse(as_text(content.expose()), file);
}

const clerk* clerk_book::find(std::string_view id) const noexcept {
    const auto found = std::find_if(clerks_.begin(), clerks_.end(), [&](const auto& one) { return one.id == id; });
    return found == clerks_.end() ? nullptr : &*found;
}

result<bool> clerk_book::is_secret_of(std::string_view id, byte_view secret) const {
    const auto* const who = find(id);
    const auto& kept = who == nullptr ? secret_of_nobody() : secrets_[static_cast<std::size_t>(who - clerks_.data())];
    const auto same = crypto::check_password(secret, kept);
    if (!same) return bad("secret", "what cipherlane till clerks writes").at_endpoint(id);
    return *same && who != nullptr;
}

result<void> clerk_book::put(clerk who, byte_view secret, crypto::scrypt_cost cost) {
    if (!is_operator_number(who.id)) return bad("id", "1 to 3 letters and digits");
    if (who.name.size() > longest_name) return bad("name", "at most 60 bytes");
    if (secret.size() < shortest_secret || secret.size() > longest_secret)
        return bad("secret", "4 to 128 characters");
    CIPHERLANE_TRY(auto kept, crypto::hash_password(secret, cost));
    remove(who.id);
    clerks_.push_back(std::move(who));
    secrets_.push_back(std::move(kept));
    return {};
}

bool clerk_book::remove(std::string_view id) {
    const auto* const who = find(id);
    if (who == nullptr) return false;
    const auto at = who - clerks_.data();
    clerks_.erase(clerks_.begin() + at);
    secrets_.erase(secrets_.begin() + at);
    return true;
}

std::string clerk_book::to_toml() const {
    std::string text = "# The operators of a till. cipherlane till clerks changes it.\n";
    for (std::size_t i = 0; i < clerks_.size(); ++i) {
        const auto& one = clerks_[i];
        text += "\n[[clerk]]\nid = " + in_quotes(one.id) + "\n";
        if (!one.name.empty()) text += "name = " + in_quotes(one.name) + "\n";
        text += "rights = [";
        for (std::size_t k = 0; k < one.rights.size(); ++k)
            text.append(k == 0 ? "" : ", ").append(in_quotes(to_string(one.rights[k])));
        text += "]\nsecret = \"" + secrets_[i] + "\"\n";
    }
    return text;
}

result<void> clerk_book::save(const std::string& file) const {
    const auto fresh = file + ".new";
    (void)std::remove(fresh.c_str()); // what an earlier one left when it was killed
    CIPHERLANE_CHECK(secret_file::create(fresh, as_bytes(to_toml())));
    if (std::rename(fresh.c_str(), file.c_str()) != 0) {
        (void)std::remove(fresh.c_str());
        return error(core_errc::no_file, layer::till).during("clerks").at_endpoint(file);
    }
    return sync_folder_of(file);
}

} // namespace cipherlane
