#pragma once

#include <cipherlane/core/bytes.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::tests {

/// The forms in which digits or bytes may lie about: ASCII, UTF-16 of both orders, packed digits of both alignments,
/// hex of the ASCII and of the bytes, base64 at all three alignments.
class secret_search {
  public:
    /// A PAN, a track ('D' allowed) or a PIN, as text. At least six characters, or it would be found by chance.
    void add_digits(std::string_view digits);
    /// A key or PIN block.
    void add_bytes(byte_view secret);

    /// What is found in `data`, in words; empty if nothing is.
    [[nodiscard]] std::vector<std::string> find(byte_view data) const;
    /// The same over every file below a folder, with the file's name.
    [[nodiscard]] std::vector<std::string> find_in_folder(const std::string& folder) const;

  private:
    struct pattern {
        std::string form;
        std::string data;
    };
    void add(std::string form, std::string data);
    void add_text_forms(const std::string& form, std::string_view text);
    void add_base64(const std::string& form, byte_view data);
    std::vector<pattern> patterns_;
};

} // namespace cipherlane::tests
