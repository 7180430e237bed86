#include "backends/drivers/redis/reply_error.hpp"

namespace queuetrace {

std::string_view error_word(Reply::View reply) {
  if (!reply.is(Reply::Type::error)) return {};
  const std::string_view text = reply.text();
  return text.substr(0, text.find(' '));
}

Error error_from(Reply::View reply, const std::string& doing) {
  constexpr std::size_t longest = 1'000;
  const std::string_view word = error_word(reply);
  ErrorKind kind = ErrorKind::internal;
  std::string hint;
  if (word == "NOAUTH" || word == "WRONGPASS" || word == "NOPERM" || word == "DENIED") {
    kind = ErrorKind::authentication;
    hint = word == "NOPERM" ? "the Redis user needs permission for this command and these keys (ACL)"
                            : "check the user and password of the source";
  } else if (word == "LOADING" || word == "MASTERDOWN" || word == "CLUSTERDOWN" || word == "TRYAGAIN" ||
             word == "BUSY") {
    kind = ErrorKind::unreachable;
    hint = "the server is up but not ready; try again";
  } else if (word == "MOVED" || word == "ASK") {
    kind = ErrorKind::usage;
    hint = "the server is part of a cluster: name it as redis+cluster://HOST:PORT";
  }
  return Error(kind, "Redis refused: " + doing)
      .because(Untrusted(std::string(reply.text().substr(0, longest))))
      .with_hint(hint);
}

void require_success(Reply::View reply, const std::string& doing) {
  if (reply.is(Reply::Type::error)) throw error_from(reply, doing);
}

void require_permission(Reply::View reply, const std::string& doing) {
  if (error_word(reply) == "NOPERM") throw error_from(reply, doing);
}

}  // namespace queuetrace
