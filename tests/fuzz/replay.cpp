// Runs a fuzz target without libFuzzer, so that every run of the tests does it: each input of its corpus, and each of
// them changed at random, the same way in every run. `fuzz_replay_NAME CORPUS ROUNDS`; which input ended the run, and
// after which change, is said on standard error.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Random = std::mt19937;

constexpr std::size_t longest_input = 8'192;

std::string under_way, input_under_way;  ///< for keep_finding()

extern "C" void keep_finding(int) {
  const int file = ::open("finding", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (::write(file, input_under_way.data(), input_under_way.size()) < 0 ||
      ::write(STDERR_FILENO, under_way.data(), under_way.size()) < 0)
    ::_exit(EXIT_FAILURE);
  std::signal(SIGABRT, SIG_DFL);
}

std::size_t below(std::size_t end, Random& random) {
  return end == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
}

/// One change: a byte, a part that goes, comes twice or comes from another input, or a number at its limits.
void change(std::string& text, const std::vector<std::string>& inputs, Random& random) {
  static constexpr const char* parts[] = {"-1",      "0",        "9223372036854775808",
                                          "1e999",   "\xff\xfe", "\"",
                                          "\\u0000", "\r\n",     "{",
                                          "[",       "%",        ":",
                                          "\x80",    "true",     "null",
                                          "'",       "&",        "*",
                                          "="};
  const std::size_t at = below(text.size() + 1, random),
                    length = below(std::min<std::size_t>(text.size() - at, 32) + 1, random);
  switch (below(5, random)) {
    case 0:
      if (at < text.size()) text[at] = static_cast<char>(below(256, random));
      break;
    case 1: text.erase(at, length); break;
    case 2: text.insert(at, text.substr(at, length)); break;
    case 3: text.insert(at, parts[below(std::size(parts), random)]); break;
    default: {
      const std::string& other = inputs[below(inputs.size(), random)];
      const std::size_t from = below(other.size() + 1, random);
      text.replace(at, length, other.substr(from, below(64, random)));
    }
  }
  if (text.size() > longest_input) text.resize(longest_input);
}

void run(std::string input) {
  input_under_way = std::move(input);
  // Apart, so that reading behind its end is reading behind what was allocated.
  const std::vector<std::uint8_t> bytes(input_under_way.begin(), input_under_way.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return EXIT_FAILURE;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(words[1])) files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<std::string> inputs;
  for (const std::filesystem::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  if (inputs.empty()) return EXIT_FAILURE;
  std::signal(SIGABRT, keep_finding);
  Random random(20'260'101);
  const int rounds = std::atoi(words[2]);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    under_way = files[i].filename().string() + " ended the run\n";
    run(inputs[i]);
  }
  for (int round = 0; round < rounds; ++round) {
    const std::size_t chosen = below(inputs.size(), random);
    under_way = files[chosen].filename().string() + ", changed in round " + std::to_string(round) + ", ended the run\n";
    std::string input = inputs[chosen];
    for (std::size_t changes = 1 + below(4, random); changes > 0; --changes) change(input, inputs, random);
    run(std::move(input));
  }
  std::cout << inputs.size() << " inputs, " << rounds << " changed\n";
}
