#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/gbk.hpp>

#include <cerrno>
#include <iconv.h>

namespace cipherlane {
namespace {

/// One open converter; opening one costs more than most conversions.
class converter {
  public:
    converter(const char* to, const char* from) noexcept
        : handle_(iconv_open(to, from)) {}
    converter(const converter&) = delete;
    converter& operator=(const converter&) = delete;
    ~converter() {
        if (open()) iconv_close(handle_);
    }
    [[nodiscard]] bool open() const noexcept { return handle_ != reinterpret_cast<iconv_t>(-1); }

    result<std::string> run(std::string_view text, std::string_view operation) {
        if (!open()) {
            // A system without the GBK tables still carries plain ASCII.
            for (std::size_t i = 0; i < text.size(); ++i) {
                if (static_cast<unsigned char>(text[i]) > 0x7F) return refuse(operation, i);
            }
            return std::string(text);
        }
        iconv(handle_, nullptr, nullptr, nullptr, nullptr);
        // Two bytes of GBK become at most three of UTF-8, one at most one.
        std::string out(2 * text.size() + 4, '\0');
        char* in = const_cast<char*>(text.data()); // NOLINT: iconv does not write there
        std::size_t in_left = text.size();
        char* to = out.data();
        std::size_t out_left = out.size();
        const auto done = iconv(handle_, &in, &in_left, &to, &out_left);
        // A positive count is of characters that do not come back as they were.
        if (done != 0) return refuse(operation, text.size() - in_left);
        out.resize(out.size() - out_left);
        return out;
    }

  private:
    static error refuse(std::string_view operation, std::size_t at) {
        return error(core_errc::bad_text, layer::core).during(operation).at_offset(at);
    }
    iconv_t handle_;
};

} // namespace

result<std::string> gbk_to_utf8(byte_view wire) {
    thread_local converter from_gbk("UTF-8", "GBK");
    return from_gbk.run(as_text(wire), "GBK to UTF-8");
}

result<std::string> utf8_to_gbk(std::string_view text) {
    thread_local converter to_gbk("GBK", "UTF-8");
    return to_gbk.run(text, "UTF-8 to GBK");
}

} // namespace cipherlane
