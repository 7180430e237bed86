// Where the program keeps what it did: $XDG_STATE_HOME/queuetrace, else ~/.local/state/queuetrace.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "model/time.hpp"

namespace queuetrace {

/// The folder, made or not. Throws Error{refused} that says what to set when the environment names none.
std::filesystem::path state_folder(const std::map<std::string, std::string>& environment);

/// A folder of it (`backups`), made for this user alone where it was missing. Throws Error{refused}.
std::filesystem::path made_state_folder(const std::map<std::string, std::string>& environment,
                                        const std::string& name = "");

/// `20260102T030405Z-retry-prod-1f2e3d4c`: sorts by time, and no two are alike.
std::string dated_name(Timestamp now, const std::string& word, const std::string& source);

}  // namespace queuetrace
