#include "backends/engines/redis/belongings_reader.hpp"

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/action_rule.hpp"
#include "backends/engines/redis/expiry.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

using Type = BackedUpKey::Type;

/// Jobs whose keys are asked for in one pipeline.
constexpr std::size_t jobs_together = 16;

/// Entries of a stream, members of a set, elements of a list that are kept; one more is refused, so that no backup is
/// silently short.
constexpr std::size_t most_entries = 10'000;

struct TypeRule {
  std::string_view name;  ///< as TYPE answers
  Type type;
  RedisCommand (*read)(const std::string& key);
};
const TypeRule type_rules[] = {
    {"hash", Type::hash,
     [](const std::string& key) {
       return RedisCommand{"HGETALL", key};
     }},
    {"string", Type::string,
     [](const std::string& key) {
       return RedisCommand{"GET", key};
     }},
    {"stream", Type::stream,
     [](const std::string& key) {
       return RedisCommand{"XRANGE", key, "-", "+", "COUNT", std::to_string(most_entries + 1)};
     }},
    {"list", Type::list,
     [](const std::string& key) {
       return RedisCommand{"LRANGE", key, "0", std::to_string(most_entries)};
     }},
    {"zset", Type::sorted_set,
     [](const std::string& key) {
       return RedisCommand{"ZRANGE", key, "0", std::to_string(most_entries), "WITHSCORES"};
     }},
    {"set", Type::set,
     [](const std::string& key) {
       return RedisCommand{"SSCAN", key, "0", "COUNT", std::to_string(most_entries + 1)};
     }},
};

const TypeRule* rule_of(std::string_view type) {
  for (const TypeRule& rule : type_rules)
    if (rule.name == type) return &rule;
  return nullptr;
}

Pairs pairs_of(Reply::View reply) {
  Pairs pairs;
  for (std::size_t i = 0; i + 1 < reply.size(); i += 2)
    pairs.emplace_back(std::string(reply[i].text()), std::string(reply[i + 1].text()));
  return pairs;
}

[[noreturn]] void too_large(const std::string& key) {
  throw Error(ErrorKind::refused, "a key that belongs to a job has more entries than a backup keeps")
      .because(Untrusted(key));
}

void fill_key_content(BackedUpKey& key, const Reply& reply) {
  require_success(reply.root(), "read what belongs to a job");
  switch (key.type) {
    case Type::hash: key.fields = pairs_of(reply.root()); return;
    case Type::sorted_set:
      key.fields = pairs_of(reply.root());
      if (key.fields.size() > most_entries) too_large(key.key);
      return;
    case Type::string:
      if (reply.is(Reply::Type::string)) key.elements.emplace_back(reply.text());
      return;
    case Type::stream:
      if (reply.size() > most_entries) too_large(key.key);
      for (std::size_t i = 0; i < reply.size(); ++i)
        key.entries.emplace_back(std::string(reply[i][0].text()), pairs_of(reply[i][1]));
      return;
    case Type::list:
    case Type::set: {
      const bool scanned = key.type == Type::set;
      // A set that SCAN does not return in one answer is larger than is kept.
      if (scanned && (reply.size() != 2 || reply[0].text() != "0")) too_large(key.key);
      const Reply::View elements = scanned ? reply[1] : reply.root();
      if (elements.size() > most_entries) too_large(key.key);
      for (std::size_t i = 0; i < elements.size(); ++i) key.elements.emplace_back(elements[i].text());
      return;
    }
  }
}

bool is_empty(const BackedUpKey& key) { return key.fields.empty() && key.entries.empty() && key.elements.empty(); }

/// One job's questions and answers.
class JobReader {
 public:
  JobReader(RedisKeyspace& keys, const Locator& locator, std::span<const std::string> holders)
      : locator_(locator),
        is_string_(keys.system().read.record_type == RecordType::string),
        parts_(belongings_of(locator, keys.system(), holders)) {
    const RedisChanging& change = keys.system().change;
    if (!change.standing_key.empty())
      standing_key_ = fill_key(change.standing_key, {.prefix = keys.deployment().prefix, .queue = locator.queue});
  }

  void ask_facts(std::vector<RedisCommand>& commands, const ExpiryQuestions& expiry) const {
    if (!locator_.fields.empty() && is_string_) {
      commands.push_back({"GET", locator_.record});
    } else if (!locator_.fields.empty()) {
      RedisCommand guard{"HMGET", locator_.record};
      for (const auto& [name, value] : locator_.fields) guard.arguments.push_back(name);
      commands.push_back(std::move(guard));
    }
    if (locator_.standing) commands.push_back({"ZSCORE", standing_key_, locator_.id});
    for (const std::string& key : parts_.keys) {
      commands.push_back({"TYPE", key});
      commands.push_back(expiry.about(key));
    }
    const auto ask_part = [&](const char* command, const std::pair<std::string, std::string>& part) {
      commands.push_back({command, part.first, part.second});
      commands.push_back(expiry.about(part.first));
    };
    for (const auto& member : parts_.members) ask_part("ZSCORE", member);
    for (const auto& field : parts_.fields) ask_part("HGET", field);
    for (const auto& member : parts_.set_members) ask_part("SISMEMBER", member);
  }

  void take_facts(const std::vector<Reply>& replies, std::size_t& next, const ExpiryQuestions& expiry, Timestamp now) {
    if (!locator_.fields.empty()) {
      const Reply& guard = replies[next++];
      require_success(guard.root(), "read the record of a job");
      same_ = is_string_ ? guard.is(Reply::Type::string) && sha1_hex(guard.text()) == locator_.guarded({})
                         : guard.size() == locator_.fields.size();
      for (std::size_t f = 0; same_ && f < guard.size(); ++f) {
        const std::optional<std::string>& seen = locator_.fields[f].second;
        same_ = guard[f].is(Reply::Type::string) == seen.has_value() && guard[f].text() == seen.value_or("");
      }
    }
    if (locator_.standing) same_ = replies[next++].text() == *locator_.standing && same_;
    for (const std::string& key : parts_.keys) {
      const std::string_view type = replies[next].text();
      const TypeRule* rule = rule_of(type);
      if (rule != nullptr)
        job_.keys.push_back({key, rule->type, {}, {}, {}, expiry.moment(replies[next + 1], now)});
      else if (type != "none")
        throw Error(ErrorKind::refused, "a key that belongs to a job is of a type that a backup cannot keep")
            .because(Untrusted(key));
      next += 2;
    }
    take_parts(parts_.members, BackedUpPart::Kind::member, replies, next, expiry, now);
    take_parts(parts_.fields, BackedUpPart::Kind::field, replies, next, expiry, now);
    take_parts(parts_.set_members, BackedUpPart::Kind::set_member, replies, next, expiry, now);
  }

  void ask_contents(std::vector<RedisCommand>& commands) const {
    for (const BackedUpKey& key : job_.keys)
      for (const TypeRule& rule : type_rules)
        if (rule.type == key.type) commands.push_back(rule.read(key.key));
  }

  void take_contents(const std::vector<Reply>& replies, std::size_t& next) {
    for (BackedUpKey& key : job_.keys) fill_key_content(key, replies[next++]);
    std::erase_if(job_.keys, [&](const BackedUpKey& key) { return is_empty(key) || is_held_by_another(key); });
  }

  std::optional<BackedUpJob> result() && {
    const bool record_there = locator_.record.empty() || parts_.keys.empty() ||
                              parts_.keys.front() != locator_.record ||
                              (!job_.keys.empty() && job_.keys.front().key == locator_.record);
    if (!same_ || !record_there) return std::nullopt;
    return std::move(job_);
  }

 private:
  void take_parts(const std::vector<std::pair<std::string, std::string>>& parts, BackedUpPart::Kind kind,
                  const std::vector<Reply>& replies, std::size_t& next, const ExpiryQuestions& expiry, Timestamp now) {
    for (const auto& [key, name] : parts) {
      const Reply& value = replies[next];
      const bool there = kind == BackedUpPart::Kind::set_member ? value.integer() == 1 : value.is(Reply::Type::string);
      if (there)
        job_.parts.push_back({kind, key, name, std::string(value.text()), expiry.moment(replies[next + 1], now)});
      if (key == locator_.key) same_ = same_ && is_as_seen(kind, name, there, value);
      next += 2;
    }
  }

  bool is_held_by_another(const BackedUpKey& key) const {
    return std::ranges::any_of(parts_.locks, [&](const auto& lock) {
      return lock.first == key.key && (key.type != Type::string || key.elements.front() != lock.second);
    });
  }

  /// Whether the member or field that the job was found in is as it was.
  bool is_as_seen(BackedUpPart::Kind kind, const std::string& name, bool there, const Reply& value) const {
    switch (locator_.container) {
      case Container::sorted_set:
        return kind != BackedUpPart::Kind::member || name != locator_.element ||
               (there && value.text() == locator_.score);
      case Container::hash:
        return kind != BackedUpPart::Kind::field || name != locator_.field ||
               (there && value.text() == locator_.element);
      case Container::set: return kind != BackedUpPart::Kind::set_member || name != locator_.element || there;
      default: return true;
    }
  }

  const Locator& locator_;
  bool is_string_;
  Belongings parts_;
  std::string standing_key_;
  BackedUpJob job_;
  bool same_ = true;
};

}  // namespace

std::vector<std::optional<BackedUpJob>> read_belongings(RedisKeyspace& keys, std::span<const Locator> locators,
                                                        std::span<const std::string> holders) {
  std::vector<std::optional<BackedUpJob>> out;
  if (locators.empty()) return out;
  const Locator& first = locators.front();
  const ExpiryQuestions expiry(keys.connection(), first.key.empty() ? first.record : first.key);
  for (std::size_t begin = 0; begin < locators.size(); begin += jobs_together) {
    std::vector<JobReader> jobs;
    for (const Locator& locator : locators.subspan(begin, std::min(jobs_together, locators.size() - begin)))
      jobs.emplace_back(keys, locator, holders);
    // The clock is asked with the lives of the keys, so that both are of one moment.
    std::vector<RedisCommand> commands{{"TIME"}};
    for (const JobReader& job : jobs) job.ask_facts(commands, expiry);
    std::vector<Reply> replies = keys.connection().pipeline(commands);
    const Timestamp now = time_in(replies.front());
    std::size_t next = 1;
    for (JobReader& job : jobs) job.take_facts(replies, next, expiry, now);
    commands.clear();
    for (const JobReader& job : jobs) job.ask_contents(commands);
    replies = keys.connection().pipeline(commands);
    next = 0;
    for (JobReader& job : jobs) job.take_contents(replies, next);
    for (JobReader& job : jobs) out.push_back(std::move(job).result());
  }
  return out;
}

}  // namespace queuetrace
