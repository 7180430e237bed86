#include "cli/password.hpp"

#include "cli/program_output.hpp"
#include "model/connection_url.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::chrono::seconds command_limit{60};  // long enough for a person to unlock a key ring

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

Secret from_command(const Source& source, const Environment& environment) {
  const ProgramOutput output = run_for_output(source.password_command, environment, command_limit);
  if (output.timed_out) throw Error(ErrorKind::usage, "password_command did not answer within 60 seconds");
  if (output.exit_code != 0)
    throw Error(ErrorKind::usage, "password_command failed with exit code " + std::to_string(output.exit_code));
  const std::string password = first_line(output.text);
  if (password.empty()) throw Error(ErrorKind::usage, "password_command printed no password");
  return Secret(password);
}

}  // namespace

void fetch_password(Source& source, const Environment& environment) {
  try {
    if (source.password_file) {
      source.password = from_file(source);
      return;
    }
    if (!source.password_command.empty()) {
      source.password = from_command(source, environment);
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
