#include "tests/cli/transcript.hpp"

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace queuetrace::test {
namespace {

std::string filled(std::string word, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    const std::string mark = "${" + name + "}";
    for (std::size_t at = word.find(mark); at != std::string::npos; at = word.find(mark, at + value.size()))
      word.replace(at, mark.size(), value);
  }
  return word;
}

void write_lines(std::ofstream& file, char mark, const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) file << mark << (line.empty() ? "" : " ") << line << '\n';
  if (!text.empty() && text.back() != '\n') file << mark << "\\\n";  // no newline at the end
}

}  // namespace

std::vector<Step> read_transcript(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::vector<Step> steps;
  std::vector<std::string> remarks;
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.empty() || line[0] == '#') {
      remarks.push_back(line);
      continue;
    }
    const std::string rest = line.size() > 2 ? line.substr(2) : "";
    if (line[0] == '$') {
      steps.push_back(Step{remarks, rest, "", "", "", 0});
      remarks.clear();
      continue;
    }
    if (steps.empty()) throw std::runtime_error(file.string() + ":" + std::to_string(number) + ": no command yet");
    Step& step = steps.back();
    if (line[0] == '=') {
      step.exit_code = std::stoi(rest);
      continue;
    }
    std::string* text = line[0] == '<'   ? &step.input
                        : line[0] == '>' ? &step.output
                        : line[0] == '!' ? &step.messages
                                         : nullptr;
    if (text == nullptr) throw std::runtime_error(file.string() + ":" + std::to_string(number) + ": unknown line");
    if (line.substr(1) == "\\")
      text->pop_back();
    else
      *text += rest + "\n";
  }
  return steps;
}

void write_transcript(const std::filesystem::path& file, const std::vector<Step>& steps) {
  std::ofstream stream(file);
  for (const Step& step : steps) {
    for (const std::string& remark : step.remarks) stream << remark << '\n';
    stream << "$ " << step.command << '\n';
    write_lines(stream, '<', step.input);
    write_lines(stream, '>', step.output);
    write_lines(stream, '!', step.messages);
    if (step.exit_code != 0) stream << "= " << step.exit_code << '\n';
  }
}

std::vector<std::string> split_command(const std::string& command, const std::map<std::string, std::string>& values) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  char quote = 0;
  for (const char c : command) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      inside = true;
    } else if (c == ' ') {
      if (inside) words.push_back(filled(word, values));
      word.clear();
      inside = false;
    } else {
      word += c;
      inside = true;
    }
  }
  if (inside) words.push_back(filled(word, values));
  return words;
}

std::string generalised(std::string text, const std::map<std::string, std::string>& values) {
  // The longest value first: a URL holds the name of its folder.
  std::vector<std::pair<std::string, std::string>> ordered(values.begin(), values.end());
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& left, const auto& right) { return left.second.size() > right.second.size(); });
  for (const auto& [name, value] : ordered) {
    const std::string mark = "${" + name + "}";
    for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + mark.size()))
      text.replace(at, value.size(), mark);
  }
  static const std::regex varying(R"re("(elapsed_ms|latency_ms|clock_skew_ms|bytes)":-?[0-9]+)re");
  text = std::regex_replace(text, varying, "\"$1\":N");
  static const std::regex servers(R"re((PostgreSQL|Redis|SQLite) [0-9][0-9.]*)re");
  text = std::regex_replace(text, servers, "$1 N");
  static const std::regex systems(R"re(looked for [a-z0-9, -]+;)re");
  text = std::regex_replace(text, systems, "looked for SYSTEMS;");
  static const std::regex operations(R"re((queuetrace undo |\(operation )[0-9a-f]{8})re");
  text = std::regex_replace(text, operations, "$1OPERATION");
  static const std::regex measured(R"re(((?:LATENCY|CLOCK SKEW) +)\S+)re");
  return std::regex_replace(text, measured, "$1N");
}

}  // namespace queuetrace::test
