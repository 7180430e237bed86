// Connection URLs: what kind of store they name, their parts, and how they may be shown.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/secret.hpp"

namespace queuetrace {

/// The parts of a URL, percent-decoded. libpq keyword strings (`host=db dbname=jobs`) are not URLs and do not parse.
struct ConnectionUrl {
  std::string scheme;  ///< lower case: postgresql, postgres, redis, rediss, redis+sentinel, redis+cluster, unix, sqlite
  std::string user;
  Secret password;
  bool has_password = false;
  std::string hosts;  ///< `host`, `host:port`, or several joined by commas, as written; IPv6 in brackets
  std::string path;   ///< with its leading slash; a file for sqlite: and unix:
  std::map<std::string, std::string> parameters;
};

/// Absent when the text is not a URL.
std::optional<ConnectionUrl> parse_connection_url(std::string_view text);

/// The text with every secret as `***` (docs/threats.md section 6.2, rows R01 to R14); `scheme://<hidden>` when it does
/// not parse. Takes URLs, libpq keyword strings and OTLP header lists.
std::string masked_url(std::string_view text);

/// What was typed in place of a source with its secrets masked: a URL as masked_url() has it, without a scheme what
/// stands between a colon and an `@` and the values of secret parameters; any other text as it is.
std::string masked_place(std::string_view text);

/// A word of a command line with the secrets masked of the URL, or of the keywords with a `password=`, that it is or
/// has behind its option (`--source=URL`, `-sURL`); any other word as it is.
std::string masked_argument(std::string_view argument);

/// A message with every word masked that contains `://`; words end at blanks and quotes.
std::string with_masked_urls(std::string_view message);

}  // namespace queuetrace
