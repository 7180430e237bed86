// Golden cases of the command line, written as transcripts: what is typed, what is printed on both streams, the exit
// code.
//
//   # a remark
//   $ queuetrace job show 4242 --source ${HAMMERWORK}
//   < text for standard input, one line
//   > a line of standard output
//   ! a line of standard error
//   = 3
//
// `${NAME}` stands for a value of the run (a server's URL, a file). `= 0` may be left out.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/run_program.hpp"

namespace queuetrace::test {

struct Step {
  std::vector<std::string> remarks;  ///< lines before the command, with their `#` or empty
  std::string command;
  std::string input;
  std::string output;
  std::string messages;
  int exit_code = 0;
};

/// Throws std::runtime_error naming file and line when a line is none of the above.
std::vector<Step> read_transcript(const std::filesystem::path& file);
void write_transcript(const std::filesystem::path& file, const std::vector<Step>& steps);

/// Splits a command at blanks, honouring single and double quotes, and fills in `${NAME}` inside each word.
std::vector<std::string> split_command(const std::string& command, const std::map<std::string, std::string>& values);

/// What a program printed, with the values of the run as `${NAME}` again and what differs between runs as a fixed text:
/// `"elapsed_ms":N`, `"latency_ms":N`, skews, versions of servers, and the list of systems that were looked for.
std::string generalised(std::string text, const std::map<std::string, std::string>& values);

}  // namespace queuetrace::test
