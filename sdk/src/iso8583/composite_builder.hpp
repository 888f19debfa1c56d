#pragma once

#include "dialect_builder.hpp"

#include <set>
#include <string>
#include <vector>

namespace cipherlane::iso8583 {

/// Reads the structures that fields have inside: the table `composite` of a dialect's file.
class composite_builder {
  public:
    composite_builder(dialect_store& store, toml_report& report) noexcept
        : store_(store)
        , report_(report) {}

    /// `section` must outlive what is read afterwards: a composite may name another one.
    void read_all(const toml_value& section);
    /// The key `inside` of a field or a part, where it is there.
    void inside(toml_reader& from, const composite_spec*& to);

  private:
    /// The composite of this name, read when it is first asked for. Null where there is none, or where it is inside
    /// itself.
    [[nodiscard]] const composite_spec* find(const std::string& name);
    void read(const toml_value& section, const std::string& path, composite_spec& to);
    [[nodiscard]] subfield_spec read_part(const toml_value& section, const std::string& path,
        const composite_spec& of, const std::vector<subfield_spec>& before);
    /// What a sub-field behind a bitmap has beyond others: an encoding and a length of its own.
    void encoded_part(toml_reader& from, const composite_spec& of, subfield_spec& row);

    dialect_store& store_;
    toml_report& report_;
    const toml_value* all_ = nullptr;
    std::set<std::string, std::less<>> open_; ///< those being read
};

} // namespace cipherlane::iso8583
