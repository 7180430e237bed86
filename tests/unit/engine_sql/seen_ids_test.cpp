// Ids that were handed out are told from others, however many there were.
#include "backends/engines/sql/seen_ids.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;

TEST_CASE("ids that were added are found again among many, in memory and on the disk") {
  for (const int count : {0, 1'000, 200'000}) {
    CAPTURE(count);
    SeenIds seen;
    for (int i = 0; i < count; ++i) seen.add("id " + std::to_string(i));
    const std::vector<std::string> candidates{"id 7", "id 999", "id 65535", "id 65536", "id 199999", "id 200000", ""};
    std::vector<std::string> others;
    for (const std::string& id : candidates)
      if (id.empty() || std::stoi(id.substr(3)) >= count) others.push_back(id);
    CHECK(seen.not_seen(candidates) == others);
    CHECK(seen.not_seen({}).empty());
    seen.add("id 200000");  // after it was read
    CHECK(seen.not_seen({"id 200000", "x"}) == std::vector<std::string>{"x"});
  }
}
