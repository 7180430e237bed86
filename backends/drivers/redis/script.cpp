#include "backends/drivers/redis/script.hpp"

#include <openssl/evp.h>

#include <array>

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

RedisCommand command(std::string_view name, const std::string& script, const ScriptCall& call) {
  RedisCommand out{std::string(name), script, std::to_string(call.keys.size())};
  out.arguments.insert(out.arguments.end(), call.keys.begin(), call.keys.end());
  out.arguments.insert(out.arguments.end(), call.values.begin(), call.values.end());
  return out;
}

}  // namespace

RedisScript::RedisScript(std::string text) : text_(std::move(text)), digest_(sha1_hex(text_)) {}

RedisCommand RedisScript::by_digest(const ScriptCall& call) const { return command("EVALSHA", digest_, call); }
RedisCommand RedisScript::by_text(const ScriptCall& call) const { return command("EVAL", text_, call); }

}  // namespace queuetrace
