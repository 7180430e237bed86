// What a file of a past operation holds is put back: jobs that were removed, or what a change replaced. A plan too:
// looked at, confirmed, done.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "commands/change/admin_operation.hpp"
#include "commands/change/write_options.hpp"
#include "commands/context.hpp"

namespace queuetrace {

struct PutBackRequest {
  std::string verb;  ///< `restore`, `undo`
  std::filesystem::path file;
  std::string undoes;              ///< the operation that is undone; empty: none is
  std::string what;                ///< its verb
  bool force = false;              ///< into another source than it came from
  std::vector<std::string> again;  ///< the words of the command that goes on: `undo`, an id
  WriteOptions write;
};

/// done, too when everything was there already; partial when something could not be put back, or the file was cut;
/// otherwise as change_jobs(). Throws Error for what ends it before it began.
ExitCode put_back(const PutBackRequest& request, OperationFacts& told, Context& context);

}  // namespace queuetrace
