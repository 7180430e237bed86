#include "commands/change/put_back_records.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace queuetrace {
namespace {

/// A chunk ends before the record that would make it larger: all of it is held in memory, decoded once more.
constexpr std::uint64_t most_chunk_bytes = 4u << 20;

/// The records of the file, the last one first where that is the order in which they are put back.
class Records {
 public:
  Records(BackupReader& reader, bool last_first) : reader_(reader), last_first_(last_first) {
    if (!last_first) return;
    for (std::uint64_t place = reader.place(); reader.next(); place = reader.place()) places_.push_back(place);
  }

  std::optional<BackupRecord> next() {
    if (!last_first_) return reader_.next();
    if (places_.empty()) return std::nullopt;
    std::optional<BackupRecord> record = reader_.at(places_.back());
    places_.pop_back();
    return record;
  }

 private:
  BackupReader& reader_;
  bool last_first_;
  std::vector<std::uint64_t> places_;
};

}  // namespace

BackupFacts put_back_records(BackupReader& reader, JobAdministration& administration, bool dry_run, ChunkedWork& work,
                             const std::function<void(const TargetReport&)>& sink) {
  BackupFacts facts;
  std::vector<BackupRecord> chunk;
  const auto apply = [&] {
    return work.run(chunk.size(), [&] {
      for (const TargetReport& report : work.hold([&] {
             return reader.is_removed() ? administration.restore(std::move(chunk), dry_run, work.whole_limits())
                                        : administration.undo(std::move(chunk), dry_run, work.whole_limits());
           })) {
        sink(report);
        if (report.outcome == Outcome::unknown) work.lose();
        if (report.outcome == Outcome::skipped) work.must_stop();  // where that left it out
      }
    });
  };
  bool going = true;
  std::uint64_t bytes = 0;
  const auto end_chunk = [&] {
    going = apply();
    chunk.clear();
    bytes = 0;
  };
  Records records(reader, !reader.is_removed());
  while (std::optional<BackupRecord> record = records.next()) {
    ++facts.records;
    if (!going) continue;
    if (!chunk.empty() && (chunk.size() >= work.chunk() || bytes + record->content.size() > most_chunk_bytes))
      end_chunk();
    bytes += record->content.size();
    chunk.push_back(std::move(*record));
    if (going && bytes > most_chunk_bytes) end_chunk();  // before another record is read
  }
  if (going && !chunk.empty()) apply();
  facts.torn = reader.torn();
  facts.finished = reader.finished();
  return facts;
}

}  // namespace queuetrace
