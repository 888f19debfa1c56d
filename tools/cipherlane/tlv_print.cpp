#include "cipherlane/tlv_print.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/emv/bit_names.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>

#include <ostream>

namespace cipherlane::cli {

std::string tlv_value(const emv::tlv_object& object, showing how) {
    return how == showing::clear ? to_hex(object.value) : emv::describe_value(object.tag, object.value);
}

void print_tlv(std::ostream& out, emv::tlv_reader& reader, showing how) {
    const std::string indent(4 * reader.depth(), ' ');
    while (reader.next()) {
        const auto& object = reader.object();
        const auto* row = emv::find_tag(object.tag);
        const std::size_t size = object.value.size();
        out << indent << emv::tag_text(object.tag) << "  " << (row != nullptr ? row->name : "(unknown)") << ", "
            << size << (size == 1 ? " byte" : " bytes");
        if (emv::is_template(object.tag)) {
            out << "\n";
            auto inside = reader.inside();
            print_tlv(out, inside, how);
            if (auto done = inside.finish(); !done) throw error_exception(done.error());
            continue;
        }
        out << ": " << tlv_value(object, how);
        if (const auto meaning = emv::coded_meaning(object.tag, object.value); !meaning.empty()) {
            out << "  (" << meaning << ")";
        }
        out << "\n";
        if (auto fits = emv::check_value(object.tag, object.value); !fits) {
            out << indent << "    ! does not have the form of this tag (" << emv::to_string(row->format) << ")\n";
        }
        for (const auto& bit : emv::set_bits(object.tag, object.value)) {
            out << indent << "    byte " << int{bit.byte} << " bit " << int{bit.bit} << ": " << bit.text << "\n";
        }
    }
}

} // namespace cipherlane::cli
