#include "backends/drivers/redis/sentinel.hpp"

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/drivers/redis/session.hpp"
#include "model/error.hpp"

namespace queuetrace {

RedisAddress find_master(const RedisTarget& target) {
  std::optional<Error> last;
  for (const RedisAddress& sentinel : target.addresses) {
    try {
      RedisSession session(sentinel, {target.sentinel_user, target.sentinel_password, 0, false}, target);
      const RedisCommand question{"SENTINEL", "GET-MASTER-ADDR-BY-NAME", target.master};
      session.send({&question, 1});
      const Reply reply = session.receive();
      require_success(reply.root(), "ask the Sentinel at " + to_text(sentinel) + " for the master");
      if (reply.size() == 2) {
        RedisAddress master = parse_addresses("master:" + std::string(reply[1].text()), 0).front();
        master.host = std::string(reply[0].text());
        return master;
      }
      last = Error(ErrorKind::not_found,
                   "the Sentinel at " + to_text(sentinel) + " knows no master '" + target.master + "'");
    } catch (const Error& error) {
      last = error;
    }
  }
  throw *last;
}

}  // namespace queuetrace
