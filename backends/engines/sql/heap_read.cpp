#include "backends/engines/sql/heap_read.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace queuetrace {
namespace {

constexpr std::uint64_t fewest_blocks = 8, most_blocks = 8'192, most_at_once = 1 << 20;
/// So many blocks tell how much is to be found in others.
constexpr std::uint64_t telling_blocks = 2'048;
constexpr std::chrono::milliseconds longest{250};

}  // namespace

bool reads_all(const SqlResult& plan) {
  for (std::size_t row = 0; row < plan.rows(); ++row) {
    const std::string_view line = plan.cell(row, 0).value_or("");
    if (line.find("Seq Scan on") == std::string_view::npos) continue;
    std::string_view alias = line.substr(0, line.find("  (cost"));  // the second `j` of a statement is `j_1`
    alias.remove_prefix(alias.rfind(' ') + 1);
    if (alias == "j" || alias.starts_with("j_")) return true;
  }
  return false;
}

std::optional<HeapPlace> HeapPlace::read(std::string_view text) {
  HeapPlace place;
  const char* const end = text.data() + text.size();
  if (!text.starts_with('(')) return std::nullopt;
  const auto block = std::from_chars(text.data() + 1, end, place.block);
  if (block.ec != std::errc() || block.ptr == end || *block.ptr != ',') return std::nullopt;
  const auto row = std::from_chars(block.ptr + 1, end, place.row);
  if (row.ec != std::errc() || row.ptr == end || *row.ptr != ')') return std::nullopt;
  return place;
}

std::string write_heap_cursor(const HeapPosition& position) {
  return nlohmann::json{
      {"reading", position.reading}, {"relation", position.relation}, {"after", position.after.text()}}
      .dump();
}

std::optional<HeapPosition> read_heap_cursor(std::string_view text) {
  const nlohmann::json object = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!object.is_object() || !object.contains("reading") || !object.contains("relation") || !object.contains("after") ||
      !object["reading"].is_number_unsigned() || !object["relation"].is_number_unsigned() ||
      !object["after"].is_string())
    return std::nullopt;
  const std::optional<HeapPlace> place = HeapPlace::read(object["after"].get<std::string>());
  if (!place) return std::nullopt;
  return HeapPosition{object["reading"].get<std::uint64_t>(), object["relation"].get<std::size_t>(), *place};
}

void HeapStride::begin_with_all(std::uint64_t blocks) { blocks_ = std::clamp(blocks, blocks_, most_at_once); }

bool HeapStride::is_shared() const { return blocks_ > most_blocks; }

void HeapStride::note(std::uint64_t blocks, std::size_t rows, std::size_t page_size, std::chrono::milliseconds time,
                      std::uint64_t left) {
  looked_at_ += blocks;
  found_ += rows;
  // Where jobs lie close together this is wrong once for each time that as many blocks again were looked at.
  if (looked_at_ >= telling_blocks && left > most_blocks && 2 * found_ * left <= page_size * looked_at_) {
    begin_with_all(left);
    return;
  }
  std::uint64_t wanted = blocks_ * 2;
  if (rows > 0) wanted = std::min(wanted, std::max<std::uint64_t>(blocks * page_size / rows, 1));
  if (time > longest) wanted = std::min(wanted, blocks / 2);
  blocks_ = std::clamp(wanted, fewest_blocks, most_blocks);
}

bool HeapStride::shorten() {
  if (blocks_ == 1) return false;
  blocks_ = std::clamp<std::uint64_t>(blocks_ / 8, 1, most_blocks);
  return true;
}

}  // namespace queuetrace
