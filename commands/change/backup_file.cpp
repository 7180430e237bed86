#include "commands/change/backup_file.hpp"

#include "commands/change/json_line.hpp"
#include "commands/change/json_reader.hpp"
#include "commands/change/kept_file.hpp"
#include "commands/change/plan_words.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view schema = "queuetrace.backup/1";
/// A record holds a whole job; PostgreSQL's largest value is 1 GiB.
constexpr std::size_t longest_line = std::size_t{1} << 31U;

/// Runs `writing`; what it throws says that nothing is lost.
template <typename Writing>
void guarded(const Writing& writing) {
  try {
    writing();
  } catch (Error& error) {
    error.while_doing("jobs are backed up first: these were not changed");
    throw;
  }
}

}  // namespace

BackupWriter::BackupWriter(const std::filesystem::path& path, const PlanHeader& plan, const std::string& operation)
    : file_(path, PrivateFile::Mode::create) {
  KeptFile unfinished(path);
  file_.write(json_line({{"schema", std::string(schema)},
                         {"operation", operation},
                         {"source", Untrusted(plan.source)},
                         {"target", Untrusted(plan.target)},
                         {"system", Untrusted(plan.system)},
                         {"action", action_fields(plan.action)},
                         {"filter", plan.filter.empty() ? Value{} : Value{Untrusted(plan.filter)}},
                         {"made_at", plan.made_at}}));
  unfinished.keep();
}

void BackupWriter::add(const std::vector<BackupRecord>& records) {
  std::string lines;
  for (const BackupRecord& record : records)
    lines += json_line({{"id", record.id}, {"content", Untrusted(record.content)}});
  guarded([&] { file_.write(lines); });
  records_ += records.size();
}

void BackupWriter::sync() {
  guarded([&] { file_.sync(); });
}

void BackupWriter::finish() {
  file_.write(json_line({{"end", Fields{{"records", static_cast<std::int64_t>(records_)}}}}));
  file_.sync();
}

BackupReader::BackupReader(const std::filesystem::path& path) : lines_(path, longest_line) {
  const std::optional<std::string_view> line = lines_.next();
  const std::optional<JsonObject> header = line ? JsonObject::parse(*line) : std::nullopt;
  if (!header || header->text("schema") != schema)
    throw Error(ErrorKind::usage, lines_.name() + " is not a queuetrace backup")
        .with_hint("give a file written by `purge`, `job delete` or --backup");
  source_ = header->text("source");
  target_ = header->text("target");
  system_ = header->text("system");
  operation_ = header->text("operation");
}

std::optional<BackupRecord> BackupReader::next() {
  if (finished_ || torn_) return std::nullopt;
  const std::optional<std::string_view> line = lines_.next();
  if (!line) return std::nullopt;
  const std::optional<JsonObject> object = JsonObject::parse(*line);
  if (object && object->has("end")) {
    if (lines_.next()) throw Error(ErrorKind::usage, "there is data after the end of " + lines_.name());
    finished_ = true;
    return std::nullopt;
  }
  const std::optional<std::string> id = object ? object->bytes("id") : std::nullopt;
  const std::optional<std::string> content = object ? object->bytes("content") : std::nullopt;
  if (id && !id->empty() && content) return BackupRecord{Untrusted(*id), *content};
  if (lines_.torn()) {
    torn_ = true;
    return std::nullopt;
  }
  throw Error(ErrorKind::usage, "line " + std::to_string(lines_.number()) + " of " + lines_.name() + " is not a record")
      .with_hint("nothing was changed; is the file damaged?");
}

}  // namespace queuetrace
