// A format prints records: begin, one row a record, end. Records are made by the *_record files here; formats never see
// a job.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/age_limits.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// A field of a record as table-like formats show it. Machine formats print every field, whatever the columns say.
/// Columns name every field of the record: CSV heads its file with them, and --fields is checked against them.
struct Column {
  enum class Where {
    table,
    wide,
    never
  };  ///< `table`: in both; `wide`: only in -o wide; `never`: machine formats only
  std::string_view field;
  std::string_view heading;
  Where where = Where::table;
  bool right = false;            ///< numbers
  bool shrinkable = false;       ///< may be cut to fit a terminal; never for ids
  bool wraps = false;            ///< sentences: go on in further lines of a terminal, and are neither cut nor parted
  std::string_view out_of = {};  ///< tables print `2/3` with this field, where it is known, as the second number
  /// Of a block: stands without its heading, the first of a record in bold above the others, a further one below it.
  bool headline = false;
};

struct Remarks;
struct TableView;

/// What is about to be printed.
struct Heading {
  enum class Layout { list, detail };  ///< `detail`: tables print `FIELD  value` blocks, one a record
  std::string_view schema;             ///< `queuetrace.jobs/1`
  std::string_view list_key;           ///< `jobs`
  std::span<const Column> columns;
  Layout layout = Layout::list;
  std::string_view name_field = "ref";  ///< what -o name prints
  const TableView* table = nullptr;     ///< how -o table shows lists (formatters/table_view.hpp); null: by the columns
  bool several_sources = false;         ///< more than one answered: tables name the source of each row
  bool single = false;                  ///< there is one record: documents hold it as an object and not in a list
};

enum class TimeStyle { relative, iso, local, unix_seconds };

struct FormatterOptions {
  bool terminal = false;  ///< stdout is one: rows of tables fit into `width`
  int width = 0;          ///< cells; 0: unlimited
  bool color = false;
  bool hyperlinks = false;
  bool ascii = false;  ///< for people: the terminal shows no UTF-8, so other characters are written as `\u{h}`
  bool headers = true;
  bool wide = false;
  bool full_ids = false;  ///< tables print ids whole
  bool show_secrets = false;
  std::vector<std::string> redact;  ///< further keys to mask, glob
  std::vector<std::string> fields;  ///< `--fields`: only these, in this order; empty: all
  TimeStyle time_style = TimeStyle::relative;
  Timestamp now;
  AgeLimits ages = {};  ///< from which on ages stand out in colour
};

/// Prints to the stream it was made with; escapes, redacts and encodes everything for its channel. Streams rows as they
/// come; tables hold back a page to size their columns. begin() or the first row() throws Error{usage} for a field in
/// `fields` that the records do not have.
class Formatter {
 public:
  virtual ~Formatter() = default;
  virtual void begin(const Heading& heading) = 0;
  virtual void row(const Record& record) = 0;
  /// What tables print above and below the rows; told before end(), at most once.
  virtual void tell(const Remarks&) {}
  /// `summary`: next_cursor, truncated, sources, warnings, ...: part of the document in JSON, nothing in the others.
  virtual void end(const Fields& summary) = 0;
  /// Values that redaction replaced so far: `(3 values hidden, --show-secrets shows them)`.
  virtual std::uint64_t hidden_values() const { return 0; }
};

/// Thrown by begin() when `fields` is only `help`: the names there are, instead of records.
struct FieldNames {
  std::vector<std::string> names;
};

/// One entry of `-o`.
struct OutputFormat {
  std::string_view name;
  std::string_view summary;
  bool machine = false;  ///< JSON family: errors on stderr are JSON too
  std::unique_ptr<Formatter> (*make)(std::ostream& out, const FormatterOptions& options) = nullptr;
};

/// All formats, in the order `--help` lists them: table, wide, json, jsonl, yaml, csv, tsv, name.
std::span<const OutputFormat> output_formats();
const OutputFormat* find_output_format(std::string_view name);

}  // namespace queuetrace
