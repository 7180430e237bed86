#include "formatters/catalogue.hpp"

#include <array>

namespace queuetrace {
namespace {

constexpr std::array formats{
    OutputFormat{"table", "columns for people", false, make_table_formatter},
    OutputFormat{"wide", "more columns, exact times", false, make_wide_formatter},
    OutputFormat{"json", "one document, one record per line", true, make_json_formatter},
    OutputFormat{"jsonl", "one JSON record per line", true, make_json_lines_formatter},
    OutputFormat{"yaml", "the JSON document with one field per line", true, make_yaml_formatter},
    OutputFormat{"csv", "comma-separated, RFC 4180", false, make_csv_formatter},
    OutputFormat{"tsv", "tab-separated, \\t and \\n for tabs and line ends", false, make_tsv_formatter},
    OutputFormat{"name", "one reference per line", false, make_name_formatter}};

}  // namespace

std::span<const OutputFormat> output_formats() { return formats; }

const OutputFormat* find_output_format(std::string_view name) {
  for (const OutputFormat& format : formats)
    if (format.name == name) return &format;
  return nullptr;
}

}  // namespace queuetrace
