// The makers of the formats, for formatters/catalogue.cpp only.
#pragma once

#include <memory>

#include "formatters/formatter.hpp"

namespace queuetrace {

std::unique_ptr<Formatter> make_table_formatter(std::ostream& out, const FormatterOptions& options);
std::unique_ptr<Formatter> make_wide_formatter(std::ostream& out, const FormatterOptions& options);
std::unique_ptr<Formatter> make_json_formatter(std::ostream& out, const FormatterOptions& options);
std::unique_ptr<Formatter> make_json_lines_formatter(std::ostream& out, const FormatterOptions& options);
std::unique_ptr<Formatter> make_yaml_formatter(std::ostream& out, const FormatterOptions& options);
std::unique_ptr<Formatter> make_csv_formatter(std::ostream& out, const FormatterOptions& options);
std::unique_ptr<Formatter> make_tsv_formatter(std::ostream& out, const FormatterOptions& options);
std::unique_ptr<Formatter> make_name_formatter(std::ostream& out, const FormatterOptions& options);

}  // namespace queuetrace
