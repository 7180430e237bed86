#include "backends/engines/redis/unread_keys.hpp"

#include <algorithm>

#include "backends/engines/redis/deployment.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/list_ends.hpp"
#include "backends/engines/redis/queue_search.hpp"
#include "backends/engines/redis/records_elsewhere.hpp"
#include "model/count_words.hpp"
#include "model/job_filter.hpp"
#include "model/plain_names.hpp"

namespace queuetrace {
namespace {

constexpr std::chrono::seconds longest_search{5};
/// Keys of a database that is looked through beside every answer: 50 calls of SCAN, about 10 ms of the server.
constexpr std::uint64_t few_keys = 50'000;
constexpr std::size_t most_keys = 1'000;

bool is_in_family(const Place& place, std::string_view key) {
  return place.family && key.size() > place.key.size() + place.suffix.size() && key.starts_with(place.key) &&
         key.ends_with(place.suffix);
}

/// What the system calls a key of the type that a place is.
std::string_view type_of(Container container) {
  switch (container) {
    case Container::list: return "list";
    case Container::sorted_set: return "zset";
    case Container::set: return "set";
    case Container::hash:
    case Container::records: break;
  }
  return "hash";
}

std::string_view length_command(Container container) {
  switch (container) {
    case Container::list: return "LLEN";
    case Container::sorted_set: return "ZCARD";
    case Container::set: return "SCARD";
    case Container::hash:
    case Container::records: break;
  }
  return "HLEN";
}

/// The search in one installation.
class Search {
 public:
  Search(RedisConnection& connection, const RedisSystem& system, const Deployment& deployment, const ReadLimits& limits)
      : connection_(connection), system_(system), deployment_(deployment), limits_(limits), records_(system) {
    // Queues that are known by their keys were all found by those: a walk over the keyspace would find no other.
    const bool by_keys =
        !system.place.queues.empty() && std::ranges::all_of(system.place.queues, [](const QueueNames& names) {
          return names.from == QueueNames::From::keys;
        });
    names_queues_ = (!system.place.queues.empty() || system.place.find_queues != nullptr) &&
                    (!by_keys || system.find.recognises != nullptr);
  }

  UnreadKeys run(SearchDepth depth) {
    if (!searches()) return {};
    if (depth == SearchDepth::beside_an_answer) {
      for (std::size_t node = 0; node < connection_.nodes(); ++node) {
        RedisCommand size{"DBSIZE"};
        size.node = node;
        // Who may not ask has the keys looked through: SCAN may be permitted.
        const Reply keys = std::move(connection_.pipeline({&size, 1}).front());
        unread_.not_searched += static_cast<std::uint64_t>(std::max<std::int64_t>(0, keys.integer()));
      }
      if (unread_.not_searched > few_keys) return std::move(unread_);
      unread_.not_searched = 0;
    }
    know_queues();
    if (system_.find.recognises != nullptr)
      look_at_elements();
    else
      look_at_names();
    std::ranges::sort(unread_.keys, {}, &UnreadKey::key);
    return std::move(unread_);
  }

 private:
  /// Whether anything could be found.
  bool searches() const { return system_.find.recognises != nullptr || records_.looks_for_any() || names_queues_; }

  void know_queues() {
    if (names_queues_) queues_ = find_queues(connection_, system_, deployment_, limits_);
  }

  /// Whether the place's jobs are those of the key. Absent names: whatever is in a family is read.
  bool is_read(const Place& place, std::string_view key) const {
    if (!place.family) return place.key == key;
    if (!is_in_family(place, key)) return false;
    return !place.names_queue || !queues_ || !queues_->complete ||
           std::ranges::binary_search(queues_->names, queue_of(place, key), {},
                                      [](const std::string& name) { return std::string_view(name); });
  }

  bool is_over() {
    if (!limits_.stop.stop_requested() && std::chrono::steady_clock::now() < limits_.deadline) return false;
    unread_.complete = false;
    return true;
  }

  void look_at_elements() {
    FoundKeys found = scan_keys(connection_, "*", most_keys, limits_, "list");
    unread_.complete = found.complete;
    // Other installations have their own lists; what has a name of this one can only be its own.
    const bool has_others = !system_.place.installation.key.empty();
    std::erase_if(found.keys, [&](const std::string& key) {
      const auto reads = [&](const Place& place) { return is_read(place, key); };
      const auto is_named = [&](const Place& place) { return is_in_family(place, key); };
      return is_of_others(key, deployment_) || std::ranges::any_of(deployment_.places, reads) ||
             (has_others && std::ranges::none_of(deployment_.places, is_named));
    });
    std::vector<std::string> recognised;
    const bool all = look_at_ends(connection_, found.keys, limits_, [&](std::size_t index, std::string_view element) {
      if (system_.find.recognises(element)) recognised.push_back(found.keys[index]);
      return true;
    });
    unread_.complete = unread_.complete && all;
    std::vector<RedisCommand> lengths;
    for (const std::string& key : recognised) lengths.push_back({"LLEN", key});
    if (lengths.empty()) return;
    const std::vector<Reply> replies = connection_.pipeline(lengths);
    for (std::size_t i = 0; i < replies.size(); ++i) {
      const Place* const place = unnamed_place(recognised[i]);
      add(recognised[i], replies[i], place ? queue_of(*place, recognised[i]) : "");
    }
  }

  void add(const std::string& key, const Reply& length, std::string_view queue = {}) {
    unread_.keys.push_back(
        {key, static_cast<std::uint64_t>(std::max<std::int64_t>(0, length.integer())), std::string(queue)});
  }

  /// The place whose queue the system does not name; nullptr: the key is read, or not of its queues.
  const Place* unnamed_place(std::string_view key) const {
    if (!queues_ || !queues_->complete) return nullptr;
    const Place* unnamed = nullptr;
    for (const Place& place : deployment_.places) {
      if (system_.place.belongs != nullptr && !system_.place.belongs(place, key)) continue;
      if (is_read(place, key)) return nullptr;
      if (place.names_queue && is_in_family(place, key)) unnamed = &place;
    }
    return unnamed;
  }

  void look_at_names() {
    const FoundKeys found = scan_keys(connection_, "*", most_keys, limits_, {}, [&](std::string_view key) {
      if (is_of_others(key, deployment_)) return false;
      records_.note(key);
      return unnamed_place(key) != nullptr;
    });
    unread_.complete = found.complete;
    if (!found.keys.empty() && !is_over()) look_at_containers(found.keys);
    if (records_.found_any() && !is_over()) look_at_records();
  }

  void look_at_containers(const std::vector<std::string>& keys) {
    std::vector<RedisCommand> commands;
    for (const std::string& key : keys) {
      commands.push_back({"TYPE", key});
      commands.push_back({std::string(length_command(unnamed_place(key)->container)), key});
    }
    const std::vector<Reply> replies = connection_.pipeline(commands);
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (const Place& place = *unnamed_place(keys[i]); replies[2 * i].text() == type_of(place.container))
        add(keys[i], replies[2 * i + 1], queue_of(place, keys[i]));
  }

  void look_at_records() {
    const auto none = [](std::string_view) { return false; };  // those of others were not noted
    for (const std::string& record : records_.confirmed(connection_, none)) unread_.keys.push_back({record});
  }

  RedisConnection& connection_;
  const RedisSystem& system_;
  const Deployment& deployment_;
  const ReadLimits& limits_;
  bool names_queues_ = false;  ///< whether queues have names that a walk may find others beside
  std::optional<FoundNames> queues_;
  RecordsElsewhere records_;
  UnreadKeys unread_;
};

/// The command that has the system name the queues again; empty: their names stand in no set, or are not harmless.
std::string remedy_for_names(const UnreadKeys& unread, const RedisSystem& system, const Deployment& deployment) {
  const auto names = std::ranges::find(system.place.queues, QueueNames::From::set, &QueueNames::from);
  if (names == system.place.queues.end()) return {};
  std::string members;
  std::vector<std::string_view> told;
  for (const UnreadKey& one : unread.keys) {
    if (one.queue.empty() || std::ranges::find(told, one.queue) != told.end()) continue;
    if (!std::ranges::all_of(one.queue, [](char c) {
          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' ||
                 c == '-';
        }))
      return {};
    told.push_back(one.queue);
    members += " " + fill_key(names->member, {.prefix = deployment.prefix, .queue = one.queue});
  }
  if (members.empty()) return {};
  return "the library's own set of queues does not name them: redis-cli SADD " +
         fill_key(names->key, {.prefix = deployment.prefix}) + members;
}

}  // namespace

UnreadKeys find_unread_keys(RedisConnection& connection, const RedisSystem& system, const Deployment& deployment,
                            SearchDepth depth, ReadLimits limits) {
  limits.deadline = std::min(limits.deadline, std::chrono::steady_clock::now() + longest_search);
  return Search(connection, system, deployment, limits).run(depth);
}

bool is_of_others(std::string_view key, const Deployment& deployment) {
  const auto setting = deployment.settings.find(std::string(ignored_option));
  if (setting != deployment.settings.end())
    for (std::string_view rest = setting->second; !rest.empty();) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      if (matches_glob(rest.substr(0, end), key)) return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  return std::ranges::any_of(deployment.other_prefixes, [&](const std::string& prefix) {
    return prefix.size() > deployment.prefix.size() && key.starts_with(prefix);
  });
}

std::string_view unread_code(const RedisSystem& system) {
  if (!system.find.unread_code.empty()) return system.find.unread_code;
  return system.find.recognises != nullptr ? "unread-list" : "unread-keys";
}

std::optional<Finding> told(const UnreadKeys& unread, const RedisSystem& system, const Deployment& deployment) {
  const bool are_lists = system.find.recognises != nullptr;
  if (unread.keys.empty()) {
    if (unread.complete && unread.not_searched == 0) return std::nullopt;
    Finding cut{Finding::Severity::warning, "keys", "", "queuetrace doctor -s <source>", "keys-not-searched"};
    cut.unanswered = true;
    if (unread.complete) {
      cut.severity = Finding::Severity::note;
      cut.text = "whether jobs lie beside those that are read was not looked for among " +
                 count_words(unread.not_searched, "key") + ": queuetrace doctor does";
    } else {
      cut.text = "time ran out before all keys were looked at: jobs beside those that are read may be missing";
    }
    return cut;
  }
  Finding keys{Finding::Severity::problem, are_lists ? "lists" : "keys", "", "", std::string(unread_code(system))};
  for (const UnreadKey& one : unread.keys) keys.names.emplace_back(one.key);
  keys.count = Count{keys.names.size(), unread.complete ? Exactness::exact : Exactness::at_least};
  keys.text =
      std::string(are_lists ? "lists" : "keys") + " that look like its jobs are not read: " + plain_names(keys.names);
  keys.remedy = remedy_for_names(unread, system, deployment);
  if (keys.remedy.empty())
    keys.remedy = system.find.unread_remedy.empty()
                      ? "name them where the system keeps the names of its queues, or in the keys of the source"
                      : std::string(system.find.unread_remedy);
  return keys;
}

}  // namespace queuetrace
