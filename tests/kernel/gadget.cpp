#include "gadget.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace cipherlane::tests {
namespace {

namespace fs = std::filesystem;

const std::string gadgets = "/sys/kernel/config/usb_gadget/";
constexpr const char* strings = "/strings/0x409";
constexpr const char* configuration = "/configs/c.1";

void write_file(const fs::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    if (!(out << text << std::flush)) throw std::runtime_error("gadget: cannot write " + file.string());
}

} // namespace

gadget::gadget(
    const std::string& function, const std::string& serial_number, const std::vector<attribute>& attributes)
    : folder_(gadgets + serial_number)
    , function_(function + ".0") {
    for (const auto& part : {folder_, folder_ + strings, folder_ + configuration})
        fs::create_directory(part);
    write_file(folder_ + "/idVendor", std::to_string(vendor));
    write_file(folder_ + "/idProduct", std::to_string(product));
    write_file(folder_ + strings + "/manufacturer", "Cipherlane");
    write_file(folder_ + strings + "/product", "Gadget");
    write_file(folder_ + strings + "/serialnumber", serial_number);
    const std::string own = folder_ + "/functions/" + function_;
    fs::create_directory(own);
    for (const auto& [name, value] : attributes)
        write_file(fs::path(own) / name, value);
    fs::create_directory_symlink(own, folder_ + configuration + "/" + function_);
}

gadget::~gadget() {
    std::error_code ignored;
    if (plugged_) std::ofstream(folder_ + "/UDC") << "\n" << std::flush;
    // From the inside out, folder by folder: the kernel takes no other order.
    fs::remove(folder_ + configuration + "/" + function_, ignored);
    for (const auto& part :
        {configuration + std::string(), "/functions/" + function_, strings + std::string(), std::string()})
        fs::remove(folder_ + part, ignored);
}

void gadget::plug() {
    write_file(folder_ + "/UDC", "dummy_udc.0");
    plugged_ = true;
}

void gadget::unplug() {
    write_file(folder_ + "/UDC", "\n");
    plugged_ = false;
}

} // namespace cipherlane::tests
