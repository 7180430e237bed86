#include "commands/change/state_folder.hpp"

#include <sys/stat.h>
#include <algorithm>

#include <cerrno>
#include <cstring>

#include "commands/report/random_id.hpp"
#include "commands/report/suggestion.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

std::string value_of(const std::map<std::string, std::string>& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

void make(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return;
  throw Error(ErrorKind::refused, "cannot create the folder " + in_quotes(folder.string()))
      .because(Untrusted(std::strerror(errno)))
      .with_hint("every change is recorded there; set XDG_STATE_HOME to a writable folder");
}

}  // namespace

std::filesystem::path state_folder(const std::map<std::string, std::string>& environment) {
  const std::filesystem::path state = value_of(environment, "XDG_STATE_HOME");
  if (state.is_absolute()) return state / "queuetrace";
  const std::filesystem::path home = value_of(environment, "HOME");
  if (home.is_absolute()) return home / ".local/state/queuetrace";
  throw Error(ErrorKind::refused, "nowhere to record changes: neither XDG_STATE_HOME nor HOME is set")
      .with_hint("set XDG_STATE_HOME to a writable folder");
}

std::filesystem::path made_state_folder(const std::map<std::string, std::string>& environment,
                                        const std::string& name) {
  const std::filesystem::path folder = state_folder(environment);
  std::error_code ignored;  // the last one says what is wrong
  std::filesystem::create_directories(folder.parent_path(), ignored);
  make(folder);
  if (name.empty()) return folder;
  make(folder / name);
  return folder / name;
}

std::string dated_name(Timestamp now, const std::string& word, const std::string& source) {
  std::string time = to_rfc3339(now).substr(0, 19);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  std::string name = source;
  std::replace(name.begin(), name.end(), '/', '-');  // `source/system`
  return time + "Z-" + word + "-" + name + "-" + random_hex(4);
}

}  // namespace queuetrace
