// Build-time program: reads UnicodeData.txt, EastAsianWidth.txt and Scripts.txt and writes two-stage tables of property
// bytes. usage: generate_unicode_tables UnicodeData EastAsianWidth Scripts OUTPUT
#include <array>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "formatters/unicode/properties.hpp"

namespace {

using namespace queuetrace::unicode;

std::vector<std::uint8_t> properties(code_points, escaped);
std::vector<bool> letters(code_points, false);

struct Range {
  char32_t first, last;
};

constexpr std::array invisible{Range{0x034f, 0x034f},  Range{0x115f, 0x1160}, Range{0x17b4, 0x17b5},
                               Range{0x180b, 0x180d},  Range{0x180f, 0x180f}, Range{0x2800, 0x2800},
                               Range{0x3164, 0x3164},  Range{0xfe00, 0xfe0f}, Range{0xffa0, 0xffa0},
                               Range{0xe0000, 0xe0fff}};

std::ifstream open(const char* path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(std::string("cannot read ") + path);
  return file;
}

Range parse_range(const std::string& text) {
  const std::size_t dots = text.find("..");
  const auto first = static_cast<char32_t>(std::stoul(text, nullptr, 16));
  return {first,
          dots == std::string::npos ? first : static_cast<char32_t>(std::stoul(text.substr(dots + 2), nullptr, 16))};
}

std::uint8_t property_of_category(const std::string& category, char32_t point) {
  if (category == "Cf") return escaped | format;
  if (category[0] == 'C' || category == "Zl" || category == "Zp") return escaped;
  if (category == "Zs") return point == U' ' ? 0 : escaped;
  if (category == "Mn" || category == "Me") return mark | no_advance;
  return category == "So" ? symbol : 0;
}

void read_categories(const char* path) {
  std::ifstream file = open(path);
  char32_t first_of_range = 0;
  for (std::string line; std::getline(file, line);) {
    const std::size_t name = line.find(';');
    const std::size_t category = line.find(';', name + 1);
    const auto point = static_cast<char32_t>(std::stoul(line, nullptr, 16));
    const std::string title = line.substr(name + 1, category - name - 1);
    if (title.ends_with(", First>")) {
      first_of_range = point;
      continue;
    }
    const std::string word = line.substr(category + 1, 2);
    for (char32_t at = title.ends_with(", Last>") ? first_of_range : point; at <= point; ++at) {
      properties[at] = property_of_category(word, at);
      letters[at] = word[0] == 'L';
    }
  }
  for (const Range& range : invisible)
    for (char32_t at = range.first; at <= range.last; ++at) properties[at] |= escaped;
}

/// Calls `apply(range, value)` for each line `0041..005A ; value # comment`.
template <class Apply>
void read_property_file(const char* path, Apply apply) {
  std::ifstream file = open(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t semicolon = line.find(';');
    if (line.empty() || line[0] == '#' || semicolon == std::string::npos) continue;
    const std::size_t start = line.find_first_not_of(' ', semicolon + 1);
    apply(parse_range(line), line.substr(start, line.find_first_of(" #", start) - start));
  }
}

std::string version_of(const char* path) {
  std::ifstream file = open(path);
  std::string line;
  std::getline(file, line);  // "# EastAsianWidth-15.0.0.txt"
  const std::size_t dash = line.find('-');
  return line.substr(dash + 1, line.rfind(".txt") - dash - 1);
}

void write_tables(std::ostream& out, const std::string& version) {
  std::map<std::vector<std::uint8_t>, std::size_t> numbers;
  std::vector<std::vector<std::uint8_t>> blocks;
  out << "constexpr char table_version[] = \"" << version << "\";\nconstexpr std::uint16_t block_of[] = {";
  for (std::size_t start = 0; start < properties.size(); start += 256) {
    const std::vector<std::uint8_t> block(properties.begin() + static_cast<std::ptrdiff_t>(start),
                                          properties.begin() + static_cast<std::ptrdiff_t>(start + 256));
    const auto [entry, is_new] = numbers.try_emplace(block, blocks.size());
    if (is_new) blocks.push_back(block);
    out << (start / 256 % 32 == 0 ? "\n" : "") << entry->second << ',';
  }
  out << "};\nconstexpr std::uint8_t block_properties[][256] = {\n";
  for (const std::vector<std::uint8_t>& block : blocks) {
    out << '{';
    for (std::size_t i = 0; i < block.size(); ++i) out << static_cast<int>(block[i]) << (i % 64 == 63 ? ",\n" : ",");
    out << "},\n";
  }
  out << "};\n";
}

}  // namespace

int main(int count, char** arguments) try {
  if (count != 5) throw std::runtime_error("usage: generate_unicode_tables UnicodeData EastAsianWidth Scripts OUTPUT");
  read_categories(arguments[1]);
  read_property_file(arguments[2], [](Range range, const std::string& width) {
    for (char32_t at = range.first; at <= range.last; ++at)
      if ((width == "W" || width == "F") && !(properties[at] & no_advance)) properties[at] |= wide;
  });
  read_property_file(arguments[3], [](Range range, const std::string& script) {
    const bool is_latin = script == "Latin";
    if (!is_latin && script != "Cyrillic" && script != "Greek" && script != "Armenian") return;
    for (char32_t at = range.first; at <= range.last; ++at)
      if (letters[at]) properties[at] |= is_latin ? latin : look_alike;
  });
  for (char32_t at = 0x1160; at <= 0x11ff; ++at)
    properties[at] |= no_advance;  // Hangul vowels and finals join their syllable
  std::ofstream out(arguments[4]);
  write_tables(out, version_of(arguments[2]));
  if (!out.flush()) throw std::runtime_error("cannot write the tables");
  return 0;
} catch (const std::exception& problem) {
  std::cerr << "generate_unicode_tables: " << problem.what() << '\n';
  return 1;
}
