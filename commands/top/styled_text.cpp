#include "commands/top/styled_text.hpp"

#include <algorithm>

#include "formatters/unicode.hpp"

namespace queuetrace {

std::vector<StyledPart> parts_of(std::string_view line) {
  std::vector<StyledPart> parts;
  std::string_view style;
  std::size_t begin = 0;
  const auto end_part = [&](std::size_t end) {
    if (end > begin) parts.push_back({line.substr(begin, end - begin), style});
  };
  for (std::size_t at = 0; at < line.size();) {
    const auto byte = static_cast<unsigned char>(line[at]);
    if (byte >= 0x20 && byte != 0x7f) {
      ++at;
      continue;
    }
    end_part(at);
    std::size_t next = at + 1;
    if (line.substr(at, 2) == "\x1b[") {
      const std::size_t end = line.find_first_not_of("0123456789;", at + 2);
      if (end != std::string_view::npos && line[end] == 'm') {
        style = line.substr(at + 2, end - at - 2);
        if (style == "0") style = {};
        next = end + 1;
      }
    }
    at = begin = next;
  }
  end_part(line.size());
  return parts;
}

std::size_t styled_width(std::string_view line) {
  std::size_t width = 0;
  for (const StyledPart& part : parts_of(line)) width += unicode::display_width(part.text);
  return width;
}

std::string in_style(std::string_view text, std::string_view style) {
  if (style.empty() || text.empty()) return std::string(text);
  return "\x1b[" + std::string(style) + "m" + std::string(text) + "\x1b[0m";
}

std::string cut_styled(std::string_view line, std::size_t cells, std::string_view ellipsis) {
  if (styled_width(line) <= cells) return std::string(line);
  const std::size_t mark = std::min(cells, unicode::display_width(ellipsis));
  std::size_t room = cells - mark;
  std::string cut;
  for (const StyledPart& part : parts_of(line)) {
    const std::string_view head = unicode::head_of_width(part.text, room);
    cut += in_style(head, part.style);
    room -= std::min(room, unicode::display_width(head));
    if (head.size() < part.text.size()) break;
  }
  return cut + std::string(unicode::head_of_width(ellipsis, mark));
}

std::string fitted_styled(std::string_view line, std::size_t cells, std::string_view ellipsis) {
  std::string fitted = cut_styled(line, cells, ellipsis);
  const std::size_t width = styled_width(fitted);
  if (width < cells) fitted.append(cells - width, ' ');
  return fitted;
}

std::string at_both_ends(std::string_view left, std::string_view right, std::size_t cells, std::string_view ellipsis) {
  const std::string end = cut_styled(right, cells, ellipsis);
  const std::size_t taken = styled_width(end) + (end.empty() ? 0 : 1);
  if (taken >= cells) return end;
  return fitted_styled(left, cells - taken, ellipsis) + (end.empty() ? "" : " ") + end;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace queuetrace
