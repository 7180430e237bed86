// What changes replaced is kept for so long and up to so much.
#include "commands/change/pruned_changes.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <string>

#include "tests/support/temporary_folder.hpp"

using namespace queuetrace;

namespace {

using Clock = std::filesystem::file_time_type::clock;

/// A folder with files of the names, each so many hours old and of so many bytes.
struct Folder {
  void add(const std::string& name, int hours, std::size_t bytes) {
    std::ofstream(folder.path() / name) << std::string(bytes, 'x');
    std::filesystem::last_write_time(folder.path() / name, now - std::chrono::hours(hours));
  }
  std::set<std::string> names() const {
    std::set<std::string> out;
    for (const auto& one : std::filesystem::directory_iterator(folder.path()))
      out.insert(one.path().filename().string());
    return out;
  }

  testing::TemporaryFolder folder;
  Clock::time_point now = Clock::now();
};

}  // namespace

TEST_CASE("what is too old goes, and then the oldest until the rest fits") {
  Folder kept;
  kept.add("a.jsonl", 800, 10);
  kept.add("b.jsonl", 700, 10);
  kept.add("c.jsonl", 3, 40);
  kept.add("d.jsonl", 2, 40);
  kept.add("e.jsonl", 1, 40);
  kept.add("other.txt", 900, 10);
  CHECK(prune_changes(kept.folder.path(), kept.now) == 1);
  CHECK(kept.names() == std::set<std::string>{"b.jsonl", "c.jsonl", "d.jsonl", "e.jsonl", "other.txt"});
  CHECK(prune_changes(kept.folder.path(), kept.now, {std::chrono::hours(720), 100}) == 2);
  CHECK(kept.names() == std::set<std::string>{"d.jsonl", "e.jsonl", "other.txt"});
  CHECK(prune_changes(kept.folder.path(), kept.now) == 0);
}

TEST_CASE("a folder that is not there, and links in it, are left alone") {
  Folder kept;
  CHECK(prune_changes(kept.folder.path() / "none", kept.now) == 0);
  kept.add("target", 900, 10);
  std::filesystem::create_symlink("target", kept.folder.path() / "link.jsonl");
  CHECK(prune_changes(kept.folder.path(), kept.now) == 0);
  CHECK(kept.names() == std::set<std::string>{"link.jsonl", "target"});
}
