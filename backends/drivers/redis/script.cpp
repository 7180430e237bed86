#include "backends/drivers/redis/script.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "model/error.hpp"

namespace queuetrace {

std::string sha1_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha1(), nullptr) != 1)
    throw Error(ErrorKind::internal, "cannot compute the digest of a script");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += digits[bytes[i] >> 4];
    hex += digits[bytes[i] & 15];
  }
  return hex;
}

namespace {

/// Arguments before the first key: the command, the script, how many keys there are.
constexpr std::ptrdiff_t before_keys = 3;

RedisCommand command(std::string_view name, const std::string& script, ScriptCall call) {
  RedisCommand out{std::string(name), script, std::to_string(call.keys.size())};
  out.arguments.reserve(out.arguments.size() + call.keys.size() + call.values.size());
  std::ranges::move(call.keys, std::back_inserter(out.arguments));
  std::ranges::move(call.values, std::back_inserter(out.arguments));
  return out;
}

}  // namespace

RedisScript::RedisScript(std::string text) : text_(std::move(text)), digest_(sha1_hex(text_)) {}

RedisCommand RedisScript::by_digest(ScriptCall call) const { return command("EVALSHA", digest_, std::move(call)); }
RedisCommand RedisScript::by_text(ScriptCall call) const { return command("EVAL", text_, std::move(call)); }

ScriptCall RedisScript::call_of(RedisCommand command) {
  const auto keys = command.arguments.begin() + before_keys;
  const auto values = keys + std::stol(command.arguments[before_keys - 1]);
  ScriptCall call;
  std::move(keys, values, std::back_inserter(call.keys));
  std::move(values, command.arguments.end(), std::back_inserter(call.values));
  return call;
}

}  // namespace queuetrace
