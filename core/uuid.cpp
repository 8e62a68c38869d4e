#include "core/uuid.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <chrono>
#include <random>

namespace chancery {
namespace {

/// 6ba7b811-9dad-11d1-80b4-00c04fd430c8, which RFC 9562 lists for URLs.
constexpr boost::uuids::uuid name_space{{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,  //
                                         0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}};

}  // namespace

std::string uuid_of_name(std::string_view name) {
  return boost::uuids::to_string(boost::uuids::name_generator_sha1(name_space)(name.data(), name.size()));
}

std::string uuid_of_time(std::uint64_t unix_milliseconds, const std::array<std::uint8_t, 10>& random) {
  boost::uuids::uuid uuid{};
  for (std::size_t i = 0; i < 6; ++i) uuid.data[i] = static_cast<std::uint8_t>(unix_milliseconds >> (8 * (5 - i)));
  for (std::size_t i = 0; i < random.size(); ++i) uuid.data[6 + i] = random[i];
  uuid.data[6] = static_cast<std::uint8_t>((uuid.data[6] & 0x0fU) | 0x70U);  // version 7
  uuid.data[8] = static_cast<std::uint8_t>((uuid.data[8] & 0x3fU) | 0x80U);  // the variant of the RFC
  return boost::uuids::to_string(uuid);
}

std::string fresh_uuid() {
  thread_local std::random_device device;
  std::array<std::uint8_t, 10> random{};
  for (auto& byte : random) byte = static_cast<std::uint8_t>(device());
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return uuid_of_time(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()),
                      random);
}

}  // namespace chancery
