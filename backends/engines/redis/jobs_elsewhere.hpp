// Jobs of a store that another store shows, so that each is listed and counted once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/fingerprint.hpp"
#include "model/untrusted.hpp"

namespace queuetrace {

/// Ids, kept as fingerprints of 64 bits: 8 bytes each.
class JobsElsewhere {
 public:
  /// More are not remembered: 32 MiB.
  static constexpr std::size_t most = 4'000'000;

  void clear() { ids_.clear(); }
  /// False: there are too many already. Found only after settle().
  bool add(const Untrusted& id) {
    if (ids_.size() == most) return false;
    ids_.push_back(fingerprint(id.raw()));
    return true;
  }
  void settle() { std::sort(ids_.begin(), ids_.end()); }
  bool contains(const Untrusted& id) const {
    return std::binary_search(ids_.begin(), ids_.end(), fingerprint(id.raw()));
  }

 private:
  std::vector<std::uint64_t> ids_;
};

}  // namespace queuetrace
