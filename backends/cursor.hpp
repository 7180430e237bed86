// The opaque text of `--cursor`: where each store of a listing continues, bound to the filter it was made for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/job_filter.hpp"

namespace queuetrace {

/// Where one store continues. A page of the store may have been shown only in part, because jobs of other stores came
/// between: then `after` is where that page began and `shown` how many of its jobs were shown, the last of them
/// `last_id`.
struct StorePosition {
  std::optional<std::string> after;  ///< JobQuery::after; absent: from the start
  std::uint64_t shown = 0;
  std::string last_id;
  bool finished = false;
};

/// Positions by store address (JobStore::address()).
using ListingPosition = std::map<std::string, StorePosition>;

/// URL-safe text without blanks.
std::string encode_cursor(const ListingPosition& position, const JobFilter& filter);

/// Throws Error{usage} when the text is not a cursor, or was made for another filter.
ListingPosition decode_cursor(std::string_view text, const JobFilter& filter);

}  // namespace queuetrace
