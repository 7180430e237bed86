#include "backends/capture.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <map>

#include "backends/capture_counts.hpp"
#include "backends/capture_indexes.hpp"
#include "backends/capture_schema.hpp"
#include "backends/drivers/sqlite/writer.hpp"
#include "backends/engines/sql/stored_values.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

/// The name of the field under which a capture's reader keeps where a job was captured from.
constexpr std::string_view captured_source = "captured_source";

SqliteValue text(const std::optional<Untrusted>& value) {
  return value ? SqliteValue(std::string_view(value->raw())) : SqliteValue();
}

SqliteValue text(const std::optional<std::string>& value) {
  return value ? SqliteValue(std::string_view(*value)) : SqliteValue();
}

SqliteValue number(const std::optional<std::int64_t>& value) { return value ? SqliteValue(*value) : SqliteValue(); }

SqliteValue number(const std::optional<Timestamp>& value) {
  return value ? SqliteValue(std::int64_t{value->time_since_epoch().count()}) : SqliteValue();
}

SqliteValue number(const std::optional<Milliseconds>& value) {
  return value ? SqliteValue(std::int64_t{value->count()}) : SqliteValue();
}

std::string_view to_word(Payload::Form form) {
  switch (form) {
    case Payload::Form::json: return "json";
    case Payload::Form::text: return "text";
    case Payload::Form::binary: return "binary";
    case Payload::Form::encrypted: return "encrypted";
  }
  return "text";
}

/// Text is stored as text so that SQL can look into it; SQLite's text functions end at a zero byte, so text with one is
/// stored as bytes.
SqliteValue bytes_of(const Payload& payload) {
  const std::string_view bytes = payload.text.raw();
  const bool is_text = payload.form == Payload::Form::json || payload.form == Payload::Form::text;
  // An empty blob reads back as NULL through substr().
  if (bytes.empty()) return bytes;
  if (is_text && bytes.find('\0') == std::string_view::npos) return bytes;
  return SqliteBlob{bytes};
}

std::int64_t size_of(const Payload& payload) {
  return static_cast<std::int64_t>(
      std::min(payload.size, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
}

/// Whether a note says that the job ran, but that its worker was gone or too late; the codes are those of the systems.
bool is_stale(const Job& job) {
  return std::any_of(job.notes.begin(), job.notes.end(), [](const Note& note) {
    return note.code == "stale" || note.code == "lease-expired" || note.code == "orphaned" || note.code == "stranded";
  });
}

/// Values in the order of the table's columns; the texts they point to live as long as `row` and the job.
class JobRow {
 public:
  JobRow(const Job& job, std::int64_t position, std::optional<std::int64_t> peek_position) {
    add(position);
    source_ = &source_of(job);
    add(std::string_view(*source_));
    add(std::string_view(job.system));
    add(std::string_view(job.ref.id.raw()));
    add(text(job.queue));
    add(text(job.kind));
    add(queuetrace::to_word(job.state));
    add(text(job.native_state));
    add(priority_of(job));
    add(number(job.attempts));
    add(number(job.max_attempts));
    add(number(job.created_at));
    add(number(job.scheduled_at));
    add(number(job.started_at));
    add(number(job.finished_at));
    add(std::int64_t{job.created_at.value_or(infinite_past).time_since_epoch().count()});
    add(number(job.wait));
    add(number(job.run));
    add(text(job.worker));
    add(text(job.error));
    add_payload(job.payload);
    add_payload(job.result);
    add_trace(job.trace);
    add(text(job.tenant));
    add(text(job.workflow_id));
    add(text(job.batch_id));
    parents_ = encode_ids(job.parents);
    notes_ = encode_notes(job.notes);
    add(text(parents_));
    add(text(notes_));
    add(text(extra_));
    add(number(peek_position));
    add(std::int64_t{is_stale(job) ? 1 : 0});
  }

  const SqliteValue* values() const { return values_.data(); }
  const std::string& source() const { return *source_; }
  bool has_parents() const { return parents_.has_value(); }
  std::size_t count() const { return count_; }

 private:
  void add(SqliteValue value) { values_.at(count_++) = value; }

  void add_payload(const std::optional<Payload>& payload) {
    add(payload ? bytes_of(*payload) : SqliteValue());
    add(payload ? SqliteValue(to_word(payload->form)) : SqliteValue());
    add(payload ? SqliteValue(size_of(*payload)) : SqliteValue());
  }

  void add_trace(const TraceContext& trace) {
    if (trace.trace_id && trace.status != TraceStatus::placeholder) {
      std::string canonical = parse_trace_id(trace.trace_id->raw()).canonical;
      if (!canonical.empty() && canonical != trace.trace_id->raw()) canonical_ = std::move(canonical);
    }
    add(text(trace.trace_id));
    add(text(canonical_));
    add(text(trace.span_id));
    add(text(trace.parent_span_id));
    add(text(trace.correlation_id));
    add(text(trace.causation_id));
    add(to_word(trace.status));
  }

  SqliteValue priority_of(const Job& job) {
    if (!job.priority) return {};
    if (const auto* count = std::get_if<std::int64_t>(&*job.priority))
      priority_ = std::to_string(*count);
    else
      priority_ = std::get<Untrusted>(*job.priority).raw();
    return std::string_view(priority_);
  }

  /// Takes the original source out of `extra` when the job comes from a capture, so that copying keeps it.
  const std::string& source_of(const Job& job) {
    const auto found = std::find_if(job.extra.begin(), job.extra.end(),
                                    [](const Field& field) { return field.name == captured_source; });
    const Untrusted* original = found == job.extra.end() ? nullptr : std::get_if<Untrusted>(&found->value);
    if (original == nullptr) {
      extra_ = encode_fields(job.extra);
      return job.ref.source;
    }
    Fields rest(job.extra.begin(), found);
    rest.insert(rest.end(), found + 1, job.extra.end());
    extra_ = encode_fields(rest);
    return original->raw();
  }

  std::array<SqliteValue, capture_schema::job_columns> values_;
  std::size_t count_ = 0;
  const std::string* source_ = nullptr;
  std::string priority_;
  std::optional<std::string> canonical_, parents_, notes_, extra_;
};

}  // namespace

struct CaptureWriter::Implementation {
  Implementation(const std::filesystem::path& file, bool replace)
      : writer(file, replace),
        indexes(begin(writer)),
        counts(writer, std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())) {
    writer.prepare_rows(capture_schema::insert_job);
  }

  static SqliteWriter& begin(SqliteWriter& writer) {
    writer.execute(capture_schema::tables);
    return writer;
  }

  void add(const Job& job, std::optional<std::int64_t> peek_position) {
    const JobRow row(job, static_cast<std::int64_t>(++jobs), peek_position);
    indexes.expect(row.values());
    writer.add_row(row.values(), row.count());
    counts.add(job, is_stale(job));
    has_parents = has_parents || row.has_parents();
    has_causes = has_causes || job.trace.causation_id;
    if (peek_position || job.state == JobState::pending) note_place(row.source(), peek_position.has_value());
  }

  /// Of a job that is pending or has a place.
  void note_place(const std::string& source, bool has_place) {
    constexpr std::size_t most_sources = 1'000;  // beyond them they are looked for in the file
    if (places.size() < most_sources || places.contains(source))
      places[source] |= has_place;
    else
      lacks_places = true;
  }

  void fill_summaries() {
    writer.end_rows();
    writer.execute(capture_schema::summaries);
    counts.finish();
    if (has_parents) writer.execute(capture_schema::fill_ties_of_parents);
    if (has_causes) writer.execute(capture_schema::fill_ties_of_causes);
    for (const auto& [source, has_place] : places) lacks_places = lacks_places || !has_place;
    if (!lacks_places) return;
    indexes.expect_column(capture_schema::peek_position);
    writer.execute(capture_schema::place_pending);
  }

  void meta(std::string_view key, std::string_view value) {
    const std::array<SqliteValue, 2> values{key, value};
    writer.run(capture_schema::insert_meta, values.data(), values.size());
  }

  SqliteWriter writer;
  CaptureIndexes indexes;
  CaptureCounts counts;
  std::uint64_t jobs = 0;
  std::uint64_t bytes = 0;
  bool has_parents = false, has_causes = false;
  std::map<std::string, bool> places;  ///< sources of pending jobs, and whether the order of any is known
  bool lacks_places = false;           ///< the order of some source is not known
};

CaptureWriter::CaptureWriter(std::filesystem::path file, bool replace)
    : implementation_(std::make_unique<Implementation>(file, replace)) {}

CaptureWriter::~CaptureWriter() = default;

void CaptureWriter::add(const Job& job, std::optional<std::int64_t> peek_position) {
  implementation_->add(job, peek_position);
}

std::uint64_t CaptureWriter::finish(const CaptureFacts& facts) {
  Implementation& capture = *implementation_;
  capture.fill_summaries();
  capture.indexes.finish();
  capture.meta("format", "queuetrace-capture");
  capture.meta("format_version", "2");
  capture.meta("program", facts.program);
  capture.meta("created_at", to_rfc3339(facts.created_at));
  capture.meta("filter", facts.filter);
  capture.meta("jobs", std::to_string(capture.jobs));
  for (const CapturedSource& source : facts.sources) {
    const std::array<SqliteValue, 5> values{std::string_view(source.address), std::string_view(source.system),
                                            static_cast<std::int64_t>(source.jobs), text(source.truncated),
                                            text(source.error)};
    capture.writer.run(capture_schema::insert_source, values.data(), values.size());
  }
  capture.bytes = capture.writer.finish();
  return capture.jobs;
}

std::uint64_t CaptureWriter::bytes() const { return implementation_->bytes; }

}  // namespace queuetrace
