// Where a listing stopped, as text that survives changes of the lists between two pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/time.hpp"

namespace queuetrace {

/// How far one container has been read. Positions count from the end where entries are added, 0 first; a container
/// without positions is read with SCAN's cursor.
struct ListProgress {
  std::string key;
  std::size_t place = 0;                                      ///< index in Deployment::places
  std::uint64_t length = 0;                                   ///< LLEN when the listing began
  std::uint64_t memory = 0;                                   ///< bytes it took in the server then; 0: not known
  std::uint64_t read = 0;                                     ///< positions below were looked at
  std::vector<std::pair<std::uint64_t, std::uint64_t>> held;  ///< looked at, matching, not given out yet: first, last
  std::vector<std::uint64_t> anchors;  ///< hashes of the entries just before `read`, to find the place again; with
                                       ///< SCAN those of the batch at `scan` that were given out
  bool finished = false;
  std::string scan = "0";  ///< SCAN's cursor of the batch that comes next
  std::size_t node = 0;    ///< the server of a cluster that is scanned
};

/// A job in the order newest first: ties by id, then by key.
struct JobMark {
  Timestamp created = infinite_past;  ///< infinite_past: unknown
  std::string id;
  std::string key;

  friend bool operator==(const JobMark&, const JobMark&) = default;
  /// Whether `a` comes before `b`.
  friend bool operator<(const JobMark& a, const JobMark& b) {
    if (a.created != b.created) return a.created > b.created;
    return a.id != b.id ? a.id < b.id : a.key < b.key;
  }
};

struct ListingCursor {
  std::uint64_t filter = 0;  ///< fingerprint of filter and order
  std::uint64_t scanned = 0;
  bool stopped = false;  ///< the scan bound was reached: only held entries are still to come
  std::vector<ListProgress> lists;
  std::optional<JobMark> after;  ///< containers in no order: what was given out of them last
  bool scan_again = false;       ///< they have more
};

std::string to_text(const ListingCursor& cursor);

/// Throws Error{usage} when the text is not a cursor of ours or was made for another filter.
ListingCursor parse_cursor(const std::string& text, std::uint64_t filter);

}  // namespace queuetrace
