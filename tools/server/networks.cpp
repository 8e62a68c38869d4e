#include "tools/server/networks.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <string_view>

namespace chancery::server {
namespace {

namespace ip = boost::asio::ip;

constexpr std::array not_public_v4{"0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10",   "127.0.0.0/8",  "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
                                   "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",  "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
                                   "240.0.0.0/4"};
// Of the public IPv6 internet only this is given out; in it are networks that lead back to IPv4, or nowhere.
constexpr const char* public_v6 = "2000::/3";
constexpr std::array not_public_v6{"2001::/23", "2001:db8::/32", "2002::/16"};

bool in_v4(const ip::address_v4& address, std::string_view network) {
  boost::system::error_code error;
  const auto parsed = ip::make_network_v4(std::string(network), error);
  const std::uint32_t mask = error ? 0 : parsed.netmask().to_uint();
  return !error && (address.to_uint() & mask) == (parsed.network().to_uint() & mask);
}

bool in_v6(const ip::address_v6& address, std::string_view network) {
  boost::system::error_code error;
  const auto parsed = ip::make_network_v6(std::string(network), error);
  if (error) return false;
  const auto own = address.to_bytes(), other = parsed.network().to_bytes();
  for (unsigned bit = 0; bit < parsed.prefix_length(); ++bit) {
    const unsigned char mask = static_cast<unsigned char>(0x80 >> (bit % 8));
    if ((own[bit / 8] & mask) != (other[bit / 8] & mask)) return false;
  }
  return true;
}

}  // namespace

bool may_reach(const std::string& text, const std::vector<std::string>& allowed) {
  boost::system::error_code error;
  ip::address address = ip::make_address(text, error);
  if (error) return false;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  const auto in = [&](std::string_view network) { return address.is_v4() ? in_v4(address.to_v4(), network) : in_v6(address.to_v6(), network); };
  if (std::any_of(allowed.begin(), allowed.end(), in)) return true;
  if (address.is_v4()) return std::none_of(not_public_v4.begin(), not_public_v4.end(), in);
  return in(public_v6) && std::none_of(not_public_v6.begin(), not_public_v6.end(), in);
}

}  // namespace chancery::server
