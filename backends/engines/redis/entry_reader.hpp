// From the elements of a window to jobs that match: records, details, decoding, filter.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/engines/redis/carrier_search.hpp"
#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/needles.hpp"
#include "backends/engines/redis/walker.hpp"

namespace queuetrace {

/// Where a record names another id than its key does, decoding leaves that id in Job::extra under this name: filters
/// find the job by both.
inline constexpr std::string_view other_id_field = "record_id";

/// A job that an element became.
struct MatchedEntry {
  std::size_t element = 0;  ///< index in the window
  Job job;
};

struct MatchedEntries {
  std::vector<MatchedEntry> jobs;
  std::size_t examined = 0;  ///< elements looked at
};

/// Whether a job, told by its element in the window and its record alone, is wanted at all.
using Admits = std::function<bool(std::size_t element, const Job&)>;

/// Asks the server in pipelines of bounded size, so the connection must have no reply outstanding where a place has
/// records or details.
class EntryReader {
 public:
  /// How much of records is read. `summary`: the system's summary fields, for counting and sorting; more where the
  /// filter needs it.
  enum class Depth { summary, whole };

  EntryReader(RedisKeyspace& keys, const JobFilter& filter, const DecodeContext& context, Depth depth);

  /// Jobs of the window that match, in its order, until `limit` are found or their texts have `enough_bytes`. `admits`,
  /// where given, spares the details of jobs that are not wanted. The connection may have replies outstanding only
  /// where `take_earlier` takes them: it is called once, before anything else is received.
  MatchedEntries read(const OpenList& list, const Window& window, std::size_t limit, const Admits& admits = {},
                      std::uint64_t enough_bytes = UINT64_MAX, const TakeEarlier& take_earlier = {});

  /// Whether the carriers of records tell which of this place may match, so that few are read whole.
  bool searches_carriers(const Place& place) const { return carriers_.serves(place); }

  /// Whether reading this place asks the server again.
  bool asks_again(const Place& place) const;

  /// When the job of an element was made, whatever the filter says.
  std::optional<Timestamp> created_at(const OpenList& list, const Element& element);

  /// Keys of another type than a hash where records were expected, so far.
  std::uint64_t skipped() const { return skipped_; }

  /// Elements and records of which only the beginning was read and searched, so far.
  std::uint64_t cut() const { return cut_; }

  /// The whole filter on one job.
  bool matches_filter(const Place& place, const Job& job) const;

 private:
  MatchedEntries read_payloads(const OpenList& list, const Window& window, std::size_t limit,
                               std::uint64_t enough_bytes);
  MatchedEntries read_records(const OpenList& list, const Window& window, std::size_t limit, const Admits& admits,
                              std::uint64_t enough_bytes);
  /// Of the elements whose carriers may match alone.
  MatchedEntries read_candidates(const OpenList& list, const Window& window, std::size_t limit, const Admits& admits,
                                 std::uint64_t enough_bytes, const TakeEarlier& take_earlier);
  /// Asks for the scores of elements that came without; one that has left has none. `scores` keeps their bytes.
  void add_scores(const OpenList& list, Window& window, std::vector<Reply>& scores);
  std::string record_key(const OpenList& list, const Element& element) const;
  RedisCommand record_command(const std::string& key, bool whole) const;
  RedisCommand command_for(const std::string& key, std::uint64_t size) const;
  /// Asks how large the records are, where they may be large, and takes fewer where they are.
  void shorten(std::size_t& count, std::vector<std::string>& keys, std::vector<std::uint64_t>& sizes);
  /// How many come next, after `count` of them had so many bytes of records and details.
  void fit_chunk(std::size_t count, std::size_t bytes);
  /// Whether a record that is there, read into `entry`, may be of a job that the filter asks for.
  bool may_match(const Element& element, const Entry& entry) const;
  /// Whether what the entry holds packed may be of such a job.
  bool may_match_unpacked(const Needles& needles, const Entry& entry) const;
  bool is_job(const Place& place, const Element& element) const;
  bool may_be_asked_id(const Place& place, const Element& element) const;
  /// `count`: elements that are wanted; then those that were looked at.
  std::vector<MatchedEntry> read_chunk(const OpenList& list, const Window& window, std::size_t first,
                                       std::size_t& count, const Admits& admits);
  bool passes(const JobFilter& filter, const Place& place, const Job& job) const;

  RedisKeyspace& keys_;
  const JobFilter& filter_;
  JobFilter without_details_;  ///< what of the filter a record alone can answer
  JobFilter without_holders_;  ///< the same where several queues share a place: details may tell queue and worker
  const DecodeContext& context_;
  Needles needles_;
  Needles record_needles_;  ///< of records, whose ids stand in their keys
  Needles id_needles_;      ///< ids alone, for containers of ids
  CarrierSearch carriers_;
  bool asks_traces_;
  bool whole_;
  std::size_t chunk_;
  std::uint64_t skipped_ = 0;
  std::uint64_t cut_ = 0;
};

}  // namespace queuetrace
