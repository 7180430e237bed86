#include "cli/password.hpp"

#include <algorithm>

#include "cli/program_output.hpp"
#include "model/connection_url.hpp"
#include "model/error.hpp"
#include "model/time.hpp"

namespace queuetrace {
namespace {

constexpr std::chrono::milliseconds command_limit{60'000};  // long enough for a person to unlock a key ring

std::string first_line(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Secret from_file(const Source& source) {
  const std::filesystem::path& file = *source.password_file;
  const std::optional<std::string> text = read_trusted_file(file, FileTrust::secret);
  if (!text) throw Error(ErrorKind::usage, "there is no password_file " + file.string());
  return Secret(first_line(*text));
}

Secret from_command(const Source& source, const Environment& environment, std::chrono::milliseconds limit) {
  const ProgramOutput output = run_for_output(source.password_command, environment, limit);
  if (output.timed_out) throw Error(ErrorKind::timed_out, "password_command did not end within " + to_human(limit));
  if (output.too_long) throw Error(ErrorKind::usage, "password_command printed more than 64 KiB and was ended");
  if (output.exit_code != 0)
    throw Error(ErrorKind::usage, "password_command failed with exit code " + std::to_string(output.exit_code));
  const std::string password = first_line(output.text);
  if (password.empty()) throw Error(ErrorKind::usage, "password_command printed no password");
  return Secret(password);
}

}  // namespace

void fetch_password(Source& source, const Environment& environment, std::optional<std::chrono::milliseconds> limit) {
  try {
    if (source.password_file) {
      source.password = from_file(source);
      return;
    }
    if (!source.password_command.empty()) {
      source.password = from_command(source, environment, std::min(limit.value_or(command_limit), command_limit));
      return;
    }
  } catch (Error& error) {
    error.while_doing("while fetching the password of source '" + source.name + "'");
    throw;
  }
  const auto redis_password = environment.find("REDISCLI_AUTH");
  if (redis_password == environment.end() || redis_password->second.empty()) return;
  const std::optional<ConnectionUrl> url = parse_connection_url(source.url.reveal());
  const bool redis = url && (url->scheme.starts_with("redis") || url->scheme == "unix");
  if (redis && !url->has_password && !url->parameters.contains("password"))
    source.password = Secret(redis_password->second);
}

}  // namespace queuetrace
