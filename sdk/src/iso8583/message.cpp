#include "short_copy.hpp"

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
    , bitmaps_(other.bitmaps_)
    , present_(std::exchange(other.present_, {}))
    , slots_(other.slots_)
    , arena_(std::move(other.arena_))
    , used_(std::exchange(other.used_, 0))
    , capacity_(std::exchange(other.capacity_, 0)) {
    other.forget_envelope();
}

message& message::operator=(message&& other) noexcept {
    if (this != &other) {
        wipe(used());
        mti_ = other.mti_;
        header_ = other.header_;
        tpdu_ = other.tpdu_;
        monitor_ = other.monitor_;
        monitor_size_ = other.monitor_size_;
        bitmaps_ = other.bitmaps_;
        present_ = std::exchange(other.present_, {});
        slots_ = other.slots_;
        arena_ = std::move(other.arena_);
        used_ = std::exchange(other.used_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
        other.forget_envelope();
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
    copy.bitmaps_ = bitmaps_;
    copy.set_header_pieces(header_pieces());
    copy.set_trailer(trailer());
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

/// Room for a value in a place; what was there, if anything, is wiped.
std::uint8_t* message::make_room(slot& place, std::size_t size, bool taken) {
    if (taken) {
        wipe({arena_.get() + place.offset, place.size});
        if (size <= place.size) {
            place.size = static_cast<std::uint32_t>(size);
            return arena_.get() + place.offset;
        }
    }
    if (used_ + size > capacity_) grow(used_ + size);
    place = {used_, static_cast<std::uint32_t>(size)};
    used_ += static_cast<std::uint32_t>(size);
    return arena_.get() + place.offset;
}

message& message::put(slot& place, byte_view data, bool taken) {
    // The value may be a view into this very message; it must survive a wipe or a move of the memory.
    const byte_view mine = used();
    if (std::less_equal<>()(mine.data(), data.data()) && std::less<>()(data.data(), mine.data() + mine.size())) {
        bytes copy(data.begin(), data.end());
        put(place, copy, taken);
        cipherlane::wipe(copy);
        return *this;
    }
    auto* to = make_room(place, data.size(), taken);
    if (!data.empty()) std::memcpy(to, data.data(), data.size());
    return *this;
}

message& message::set_header_pieces(byte_view data) {
    return put(slots_[header_slot], data, slots_[header_slot].size != 0);
}

message& message::set_trailer(byte_view data) {
    return put(slots_[trailer_slot], data, slots_[trailer_slot].size != 0);
}

void message::forget_envelope() noexcept {
    slots_[header_slot] = {};
    slots_[trailer_slot] = {};
    bitmaps_ = 0;
}

message& message::set_bitmaps(int least) noexcept {
    assert(least >= 0 && least <= max_bitmaps);
    bitmaps_ = static_cast<std::uint8_t>(least);
    return *this;
}

message& message::set(int field, std::string_view value) {
    assert(field >= 2 && field <= max_field);
    auto& place = slots_[static_cast<std::size_t>(field)];
    if (!has(field) && value.size() <= capacity_ - used_) { // nothing is wiped, nothing moves
        place = {used_, static_cast<std::uint32_t>(value.size())};
        short_copy(arena_.get() + used_, value.data(), value.size());
        used_ += static_cast<std::uint32_t>(value.size());
    } else {
        put(place, as_bytes(value), has(field));
    }
    present_.insert(field);
    return *this;
}

message& message::leave_mac_hole(int field) {
    std::memset(make_room(slots_[static_cast<std::size_t>(field)], 8, has(field)), 0, 8);
    present_.insert(field);
    return *this;
}

message& message::remove(int field) noexcept {
    if (present_.contains(field)) {
        const auto& place = slots_[static_cast<std::size_t>(field)];
        wipe({arena_.get() + place.offset, place.size});
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
    forget_envelope();
}

} // namespace cipherlane::iso8583
