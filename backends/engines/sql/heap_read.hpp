// How everything is read in the order in which a PostgreSQL table (14 and later) holds it: range by range of its
// blocks, each in a statement of its own, so that no snapshot is held from one to the next.
//
// What is promised: a job that exists from the beginning to the end of the reading is handed out once, however often it
// is changed meanwhile and wherever its new version is put; one that comes or goes meanwhile, once or not at all. How:
//  - Versions of rows that were committed before the reading began do not move. They are handed out as their blocks are
//    read, and their ids are kept (seen_ids.hpp).
//  - Versions written since, told by their transaction (xmin), are passed over in the blocks. When the last block was
//    read, their ids are read in one statement, and those that were not handed out are read by their key.
// Where the table itself is written anew meanwhile (VACUUM FULL, CLUSTER), or more jobs change than can be kept in
// memory, the answer says that it is incomplete.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "backends/engines/sql/seen_ids.hpp"

namespace queuetrace {

/// Ranges of places are looked up from this version of PostgreSQL on.
inline constexpr int first_heap_version = 140'000;

/// Whether the statement whose EXPLAIN this is looks at every row of the relation `j`.
bool reads_all(const SqlResult& plan);

/// Where a row lies: `(12,3)` is row 3 of block 12. Row 0 is in front of all rows of its block.
struct HeapPlace {
  std::uint64_t block = 0;
  std::uint64_t row = 0;

  std::string text() const { return "(" + std::to_string(block) + "," + std::to_string(row) + ")"; }
  static std::optional<HeapPlace> read(std::string_view text);
};

/// Where a reading goes on: behind a place of a relation; behind the last relation, with what changed meanwhile.
struct HeapPosition {
  std::uint64_t reading = 0;  ///< which one of a store: only the last one goes on
  std::size_t relation = 0;
  HeapPlace after;
};

std::string write_heap_cursor(const HeapPosition& position);
/// Absent: `text` is another cursor.
std::optional<HeapPosition> read_heap_cursor(std::string_view text);

/// How much of a table one statement looks at: as many blocks as are read in a fraction of a second and hold about one
/// page of jobs, from 8 to 8,192 (64 MiB), 64 at first. Where hardly any job is expected in all that is left, by the
/// planner or by what was found so far, one statement looks at all of it (8 GiB at most), which the server shares among
/// its workers.
class HeapStride {
 public:
  /// Hardly any job is expected in these blocks.
  void begin_with_all(std::uint64_t blocks);
  std::uint64_t blocks() const { return blocks_; }
  /// Whether that is all there is, for the server's workers to share.
  bool is_shared() const;
  /// What one statement looked at and found, how long it took, and how many blocks are left.
  void note(std::uint64_t blocks, std::size_t rows, std::size_t page_size, std::chrono::milliseconds time,
            std::uint64_t left = 0);
  /// The statement ran into its time-out. False when it cannot look at less.
  bool shorten();

 private:
  std::uint64_t blocks_ = 64;
  std::uint64_t looked_at_ = 0, found_ = 0;  ///< blocks and rows so far
};

/// One reading of all relations of a store.
struct HeapRead {
  struct Relation {
    std::uint64_t blocks = 0;       ///< when the reading began; what lies behind came later
    std::string file;               ///< another one when the table was written anew
    std::vector<std::string> left;  ///< ids that changed meanwhile and were not handed out
  };
  std::uint64_t number = 0;
  std::string began;  ///< every transaction below this one had ended, a 32-bit number
  std::vector<Relation> relations;
  SeenIds seen;
  HeapStride stride;
  bool told_changes = false;  ///< Relation::left is filled
};

}  // namespace queuetrace
