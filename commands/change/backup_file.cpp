#include "commands/change/backup_file.hpp"

#include <algorithm>

#include "commands/change/json_line.hpp"
#include "commands/change/json_reader.hpp"
#include "commands/change/kept_file.hpp"
#include "formatters/json_text.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view backup_schema = "queuetrace.backup/1";
constexpr std::string_view undo_schema = "queuetrace.undo/1";
/// A record holds a whole job; PostgreSQL's largest value is 1 GiB.
constexpr std::size_t longest_backup_line = std::size_t{1} << 31U;

/// Lines are written together as far as they are small, and large ones in parts: they are not held twice.
constexpr std::size_t most_lines = std::size_t{1} << 20U;

/// The record in an object; absent: it is none.
std::optional<BackupRecord> record_in(JsonObject object) {
  const std::optional<std::string> id = object.bytes("id");
  std::optional<std::string> content = id && !id->empty() ? object.take_bytes("content") : std::nullopt;
  if (!content) return std::nullopt;
  return BackupRecord{Untrusted(*id), *std::move(content)};
}

/// Runs `writing`; what it throws says what that means for the jobs.
template <typename Writing>
void guarded(Kept kept, const Writing& writing) {
  try {
    writing();
  } catch (Error& error) {
    error.while_doing(kept == Kept::jobs ? "jobs are backed up first: these were not changed"
                                         : "what was changed last cannot be undone");
    throw;
  }
}

}  // namespace

BackupWriter::BackupWriter(const std::filesystem::path& path, const KeptHeader& header)
    : file_(path, PrivateFile::Mode::create), kept_(header.kept) {
  KeptFile unfinished(path);
  file_.write(json_line({{"schema", std::string(kept_ == Kept::jobs ? backup_schema : undo_schema)},
                         {"operation", header.operation},
                         {"source", Untrusted(header.source)},
                         {"target", Untrusted(header.target)},
                         {"system", Untrusted(header.system)},
                         {"address", Untrusted(header.address)},
                         {"action", header.action},
                         {"filter", header.filter.empty() ? Value{} : Value{Untrusted(header.filter)}},
                         {"made_at", header.made_at}}));
  unfinished.keep();
}

void BackupWriter::add(const std::vector<BackupRecord>& records) {
  std::string lines;
  const auto write = [&] {
    guarded(kept_, [&] { file_.write(lines); });
    lines.clear();
  };
  for (const BackupRecord& record : records) {
    lines += "{\"id\":";
    append_json_string(lines, record.id.raw());
    lines += ",\"content\":";
    append_json_string_in_parts(lines, record.content, [&] {
      if (lines.size() >= most_lines) write();
    });
    lines += "}\n";
  }
  write();
  records_ += records.size();
}

void BackupWriter::sync() {
  guarded(kept_, [&] { file_.sync(); });
}

void BackupWriter::finish() {
  file_.write(json_line({{"end", Fields{{"records", static_cast<std::int64_t>(records_)}}}}));
  file_.sync();
}

BackupReader::BackupReader(const std::filesystem::path& path) : lines_(path, longest_backup_line) {
  const std::optional<std::string_view> line = lines_.next();
  const std::optional<JsonObject> header = line ? JsonObject::parse(*line) : std::nullopt;
  const std::string schema = header ? header->text("schema") : "";
  if (schema != backup_schema && schema != undo_schema)
    throw Error(ErrorKind::usage, lines_.name() + " is not a queuetrace backup")
        .with_hint("give a file written by `purge`, `job delete` or --backup");
  source_ = header->text("source");
  target_ = header->text("target");
  system_ = header->text("system");
  address_ = header->text("address");
  operation_ = header->text("operation");
  action_ = header->object("action").text("kind");
  filter_ = header->text("filter");
  kept_ = schema == backup_schema ? Kept::jobs : Kept::changes;
}

BackupRecord BackupReader::at(std::uint64_t place) {
  lines_.go_to(place);
  const std::optional<std::string_view> line = lines_.next();
  std::optional<JsonObject> object = line ? JsonObject::parse(*line) : std::nullopt;
  std::optional<BackupRecord> record = object ? record_in(*std::move(object)) : std::nullopt;
  if (line && line->size() > most_lines) lines_.forget_line();
  if (!record) throw Error(ErrorKind::internal, lines_.name() + " changed while it was read");
  return *std::move(record);
}

std::optional<BackupRecord> BackupReader::next() {
  if (finished_ || torn_) return std::nullopt;
  const std::optional<std::string_view> line = lines_.next();
  if (!line) return std::nullopt;
  std::optional<JsonObject> object = JsonObject::parse(*line);
  if (object && object->has("end")) {
    if (lines_.next()) throw Error(ErrorKind::usage, "there is data after the end of " + lines_.name());
    finished_ = true;
    return std::nullopt;
  }
  if (object)
    if (std::optional<BackupRecord> record = record_in(*std::move(object))) {
      if (line->size() > most_lines) lines_.forget_line();
      return record;
    }
  if (lines_.torn()) {
    torn_ = true;
    return std::nullopt;
  }
  throw Error(ErrorKind::usage, "line " + std::to_string(lines_.number()) + " of " + lines_.name() + " is not a record")
      .with_hint("nothing was changed; is the file damaged?");
}

}  // namespace queuetrace
