#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cipherlane::tests {

/// A device that the kernel itself plays (configfs, libcomposite), plugged into its dummy_hcd: the other end is a
/// node of this machine too, /dev/ttyGS0 or /dev/hidg0. Throws `std::runtime_error` where the kernel refuses.
class gadget {
  public:
    struct attribute {
        std::string name;
        std::string value; ///< may hold any bytes
    };
    /// `function` is "acm" or "hid", with its attributes.
    gadget(const std::string& function, const std::string& serial_number, const std::vector<attribute>& attributes);
    gadget(const gadget&) = delete;
    gadget& operator=(const gadget&) = delete;
    ~gadget();

    static constexpr unsigned vendor = 0x1209;
    static constexpr unsigned product = 0x5A03;

    void plug();
    void unplug();

  private:
    std::string folder_;
    std::string function_;
    bool plugged_ = false;
};

} // namespace cipherlane::tests
