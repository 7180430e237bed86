// Looks through the carriers of many records for trace ids, so that few records need to be read whole.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/needles.hpp"
#include "backends/engines/redis/walker.hpp"

namespace queuetrace {

/// Takes the replies that were asked for before, when the next requests are on their way.
using TakeEarlier = std::function<void()>;

/// Costs one HMGET of RedisReading::carriers a record, and one HSTRLEN for each carrier that may be large where the
/// server holds so much that there may be large ones: just before it, so that the server still has the record at hand.
/// The server always has a request while answers are looked at; what is under way is bounded in records and, by what
/// was seen or asked of their sizes, in bytes.
class CarrierSearch {
 public:
  CarrierSearch(RedisKeyspace& keys, const JobFilter& filter);

  /// Whether the carriers tell enough of the records of this place.
  bool serves(const Place& place) const;

  /// The elements of the window, in its order, whose records may be what the filter asks for: those with such texts in
  /// their carriers, and those of which the carriers tell nothing (gone, of another type, too large). `take_earlier` is
  /// called once where replies are outstanding.
  std::vector<std::size_t> candidates(const OpenList& list, const Window& window, const TakeEarlier& take_earlier);

 private:
  struct Record {
    std::size_t element;
    std::string key;
    std::uint64_t size = 0;  ///< of its large carriers; 0: not known
    bool alone = false;      ///< too large to be read beside others: a candidate that is not looked at
  };
  /// Records that were asked for together, their sizes or their carriers.
  struct Batch {
    std::size_t first = 0, end = 0;
    std::uint64_t bytes = 0;  ///< of the carriers, as expected
    bool sizes = false;
  };
  /// One look through a window.
  struct Look {
    std::vector<Record> records;
    std::deque<Batch> under_way = {};
    std::size_t sized = 0, asked = 0;  ///< records whose sizes are known, whose carriers were asked for
    std::size_t asked_sizes = 0;
    std::size_t batches = 0;  ///< of carriers, under way
    std::uint64_t bytes = 0;  ///< of those
  };
  std::vector<Record> records_of(const OpenList& list, const Window& window) const;
  /// Asks for what may be under way beside what is.
  void ask(Look& look);
  void add_sizes(Look& look, std::vector<RedisCommand>& commands) const;
  /// Whether there were any to ask for.
  bool add_carriers(Look& look, std::vector<RedisCommand>& commands) const;
  Batch batch_from(const Look& look) const;
  void take_sizes(Look& look, const Batch& batch);
  void take_carriers(const OpenList& list, const Window& window, const Look& look, const Batch& batch,
                     std::vector<std::size_t>& found);
  /// What came of a batch, for the size of the next.
  void see(std::size_t count, std::uint64_t bytes);
  bool may_match(const OpenList& list, const Element& element, const Reply& reply) const;

  RedisKeyspace& keys_;
  std::span<const std::string_view> carriers_;
  std::vector<std::string_view> large_;  ///< carriers that may be large: no summary has them
  Needles needles_;
  bool with_ids_;     ///< alternatives ask for ids as well
  std::size_t most_;  ///< records of the next batch
  std::uint64_t mean_ = 0;
  std::optional<bool> may_be_large_;
};

}  // namespace queuetrace
