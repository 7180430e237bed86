// Connection URLs as other programs write them.
#pragma once

#include <string>
#include <vector>

namespace queuetrace {

/// The URL with the scheme that this program knows: `postgresql+asyncpg://`, `postgis://` and `jdbc:postgresql://` are
/// `postgresql://`, `sqlite3:` is `sqlite:`. Of a SQLite file behind three slashes the
/// third belongs to the path, as SQLAlchemy has it, unless that is where the file is. Everything else stays as it is.
std::string usual_url(const std::string& url);

/// A postgresql:// URL without the parameters that libpq does not know (`pool=5`, of the program that it was written
/// for); their names are added to `left_out`. Other URLs stay as they are.
std::string without_unknown_parameters(const std::string& url, std::vector<std::string>& left_out);

}  // namespace queuetrace
