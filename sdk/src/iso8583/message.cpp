#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/iso8583/message.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <functional>
#include <utility>

namespace cipherlane::iso8583 {
namespace {

constexpr std::size_t first_capacity = 512;

} // namespace

message::message(message&& other) noexcept
    : mti_(other.mti_)
    , header_(other.header_)
    , tpdu_(other.tpdu_)
    , monitor_(other.monitor_)
    , monitor_size_(other.monitor_size_)
    , present_(std::exchange(other.present_, {}))
    , slots_(other.slots_)
    , arena_(std::move(other.arena_))
    , used_(std::exchange(other.used_, 0))
    , capacity_(std::exchange(other.capacity_, 0)) {}

message& message::operator=(message&& other) noexcept {
    if (this != &other) {
        wipe(used());
        mti_ = other.mti_;
        header_ = other.header_;
        tpdu_ = other.tpdu_;
        monitor_ = other.monitor_;
        monitor_size_ = other.monitor_size_;
        present_ = std::exchange(other.present_, {});
        slots_ = other.slots_;
        arena_ = std::move(other.arena_);
        used_ = std::exchange(other.used_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
    }
    return *this;
}

message::~message() {
    wipe(used());
}

message message::clone() const {
    message copy;
    copy.mti_ = mti_;
    copy.header_ = header_;
    copy.tpdu_ = tpdu_;
    copy.monitor_ = monitor_;
    copy.monitor_size_ = monitor_size_;
    for (const int field : present_)
        copy.set(field, get(field));
    return copy;
}

message& message::set_mti(std::string_view digits) noexcept {
    mti_ = digits;
    return *this;
}

message& message::set_tpdu(const iso8583::tpdu& value) noexcept {
    tpdu_ = value;
    return *this;
}

message& message::set_header(std::string_view digits) noexcept {
    header_ = digits;
    return *this;
}

message& message::set_monitor_header(byte_view data) noexcept {
    assert(data.empty() || data.size() == lri_bytes);
    monitor_size_ = static_cast<std::uint8_t>(std::min(data.size(), lri_bytes));
    std::copy_n(data.data(), monitor_size_, monitor_.data());
    return *this;
}

void message::grow(std::size_t least) {
    const std::size_t capacity = std::max({first_capacity, 2 * std::size_t{capacity_}, least});
    auto larger = std::make_unique<std::uint8_t[]>(capacity);
    if (used_ != 0) std::memcpy(larger.get(), arena_.get(), used_);
    wipe(used());
    arena_ = std::move(larger);
    capacity_ = static_cast<std::uint32_t>(capacity);
}

std::uint8_t* message::make_room(int field, std::size_t size) {
    auto& at = slots_[static_cast<std::size_t>(field)];
    if (present_.contains(field)) {
        wipe({arena_.get() + at.offset, at.size});
        if (size <= at.size) {
            at.size = static_cast<std::uint32_t>(size);
            return arena_.get() + at.offset;
        }
    }
    if (used_ + size > capacity_) grow(used_ + size);
    at = {used_, static_cast<std::uint32_t>(size)};
    used_ += static_cast<std::uint32_t>(size);
    present_.insert(field);
    return arena_.get() + at.offset;
}

message& message::set(int field, std::string_view value) {
    assert(field >= 2 && field <= max_field);
    // The value may be a view into this very message; it must survive a wipe or a move of the memory.
    const auto mine = as_text(used());
    if (std::less_equal<>()(mine.data(), value.data()) && std::less<>()(value.data(), mine.data() + mine.size())) {
        bytes copy(as_bytes(value).begin(), as_bytes(value).end());
        set(field, as_text(copy));
        cipherlane::wipe(copy);
        return *this;
    }
    auto* to = make_room(field, value.size());
    if (!value.empty()) std::memcpy(to, value.data(), value.size());
    return *this;
}

message& message::leave_mac_hole(int field) {
    std::memset(make_room(field, 8), 0, 8);
    return *this;
}

message& message::remove(int field) noexcept {
    if (present_.contains(field)) {
        const auto& at = slots_[static_cast<std::size_t>(field)];
        wipe({arena_.get() + at.offset, at.size});
        present_.erase(field);
    }
    return *this;
}

void message::clear() noexcept {
    wipe(used());
    used_ = 0;
    present_ = {};
    mti_ = {};
    header_ = {};
    tpdu_ = {};
    monitor_size_ = 0;
}

} // namespace cipherlane::iso8583
