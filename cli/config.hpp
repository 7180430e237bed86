// The configuration file as the model's Configuration (queuetrace-config(5)).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "cli/config_file.hpp"
#include "model/configuration.hpp"
#include "model/error.hpp"

namespace queuetrace {

/// The defaults alone: the built-in viewers, no source.
Configuration default_configuration();

/// Reads the file that configuration_path() names. A file that is not there gives the defaults, unless it was named by
/// --config or QUEUETRACE_CONFIG. What is wrong inside is in Configuration::problems. Throws Error{usage} for a file
/// that cannot or must not be read.
Configuration load_configuration(const std::optional<std::filesystem::path>& given, const Environment& environment);

/// Configuration of this text; `environment` fills `url = "${NAME}"`. Never throws.
Configuration parse_configuration(std::string_view text, const std::filesystem::path& path,
                                  const Environment& environment);

/// NAME of `${NAME}`; empty when the text is anything else.
std::string substituted_variable(const std::string& text);

/// All problems of a file as one error.
Error problems_error(const Configuration& configuration);

}  // namespace queuetrace
