// One installation of a queue system in a Redis database: what everything that reads it shares.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/engines/redis/queue_search.hpp"
#include "backends/engines/redis/system.hpp"

namespace queuetrace {

/// A concrete container of a place with its length when it was looked up.
struct OpenList {
  const Place* place = nullptr;
  std::string key;           ///< of records: the text their keys begin with
  std::uint64_t length = 0;  ///< 0 for records: unknown
  std::uint64_t memory = 0;  ///< bytes it takes in the server, where its elements may be large; 0: not known
};

/// The containers there are now, and what was wrong with others.
struct OpenLists {
  std::vector<OpenList> lists;  ///< in the order of Deployment::places, then by key
  std::vector<std::string> warnings;
  std::vector<Untrusted> wrong_type;  ///< keys that are there and hold something else
  bool complete = true;               ///< false: the search for keys was cut short
};

/// Whether `--queue name` means the list itself: one of finished jobs, by its key or alias. What queue its jobs came
/// from is another question.
bool names_finished(const Place& place, std::string_view name);

/// Whether a place's entries are read at one moment (RedisKeyspace::read_running).
bool read_at_once(const Place& place);

/// Entries that are read of such a place: as many as fit into 16 MiB, and no more than one command may ask for.
std::uint64_t read_at_most(const OpenList& list);

/// What TIME answered; our own clock where this user may not ask. Throws Error for any other refusal.
Timestamp time_in(const Reply& reply);

struct Element;

/// An element of an open list as the system's functions see it.
Entry entry_of(const RedisSystem& system, const OpenList& list, const Element& element);

/// Used from one thread at a time; every call throws Error as RedisConnection does.
class RedisKeyspace {
 public:
  RedisKeyspace(std::shared_ptr<RedisConnection> connection, const RedisSystem& system, Deployment deployment)
      : connection_(std::move(connection)), system_(system), deployment_(std::move(deployment)) {}

  RedisConnection& connection() const { return *connection_; }
  const std::shared_ptr<RedisConnection>& shared_connection() const { return connection_; }
  const RedisSystem& system() const { return system_; }
  const Deployment& deployment() const { return deployment_; }
  /// How the store is addressed in job refs.
  const std::string& address() const { return address_; }
  void set_address(std::string address) { address_ = std::move(address); }

  /// The names of the queues (RedisPlacing::queues). Those that a pass over all keys found are kept for some seconds.
  const FoundNames& queue_names(const ReadLimits& limits);
  /// Whether the system's tables say where the names of its queues are.
  bool finds_queues() const { return !system_.place.queues.empty() || system_.place.find_queues != nullptr; }

  /// Resolves families to keys (one SCAN, or names) and reads all lengths in one round trip. A missing key is an empty
  /// container and left out; a key of another type becomes a warning. Records are always there.
  OpenLists open_lists(const ReadLimits& limits, const std::vector<const Place*>& places);
  /// The same for every place.
  OpenLists open_all(const ReadLimits& limits);
  std::vector<const Place*> places_of(PlaceRole role) const;
  /// The place a key is a container of; nullptr: of none.
  const Place* place_of(std::string_view key) const;

  /// Fills OpenList::memory of containers of payloads. Where MEMORY USAGE is not permitted it stays unknown.
  void ask_memory(std::vector<OpenList>& lists);
  /// Whether the server holds so much that a single record may be too large for one answer among others. Asked once.
  bool records_may_be_large();
  Timestamp server_time();
  /// The key of the job that an element of a container means; empty: there is no record.
  std::string record_key(const Place& place, std::string_view key, std::string_view element) const;
  /// What the system makes of an entry, with what every job of the store has.
  Job decode(const Entry& entry, const DecodeContext& context) const;
  /// All entries of a running list with its companions, at one moment; looked at again where no worker seems to have a
  /// job any more.
  std::vector<Job> read_running(const OpenList& list, const DecodeContext& context);
  std::vector<Job> running_jobs(const OpenLists& lists, const DecodeContext& context);
  /// Whether one of the globs is the queue of this key, or the place's alias; without globs every one is wanted.
  bool wants_queue(const std::vector<std::string>& queues, const Place& place, std::string_view key) const;

 private:
  std::shared_ptr<RedisConnection> connection_;
  const RedisSystem& system_;
  Deployment deployment_;
  std::string address_;
  std::optional<bool> may_be_large_;
  std::optional<FoundNames> queue_names_;
  std::chrono::steady_clock::time_point names_read_{};
};

}  // namespace queuetrace
