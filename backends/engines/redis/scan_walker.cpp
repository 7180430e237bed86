#include "backends/engines/redis/scan_walker.hpp"

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/position_walker.hpp"
#include "model/fingerprint.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_remembered = 1'000'000;

/// The server writes out the score of each: a thousand of them took 1.3 to 3 ms.
constexpr std::uint64_t most_scored = 400;

}  // namespace

bool is_ordered(const Place& place) {
  return place.container == Container::list || (place.container == Container::sorted_set && place.by_creation);
}

std::unique_ptr<Walker> make_walker(RedisConnection& connection, const RedisSystem& system, const Place& place,
                                    ListProgress progress) {
  if (is_ordered(place)) return std::make_unique<PositionWalker>(connection, place, std::move(progress));
  return std::make_unique<ScanWalker>(connection, system, place, std::move(progress));
}

bool SeenElements::add(std::uint64_t hash) {
  if (hash == 0) hash = 1;  // 0 marks a free slot
  std::size_t at = hash % slots_.size();
  while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) % slots_.size();
  if (slots_[at] == hash) return false;
  if (count_ >= most_remembered) return true;
  slots_[at] = hash;
  if (++count_ * 2 > slots_.size()) grow();
  return true;
}

void SeenElements::grow() {
  std::vector<std::uint64_t> old(slots_.size() * 2);
  std::swap(old, slots_);
  count_ = 0;
  for (const std::uint64_t hash : old)
    if (hash != 0) add(hash);
}

ScanWalker::ScanWalker(RedisConnection& connection, const RedisSystem& system, const Place& place,
                       ListProgress progress)
    : connection_(connection),
      system_(system),
      place_(&place),
      progress_(std::move(progress)),
      size_(progress_.length, progress_.memory) {}

RedisCommand ScanWalker::scan_command(std::uint64_t size) const {
  const std::uint64_t most = place_->container == Container::sorted_set ? most_scored : largest_window;
  const std::string count = std::to_string(std::clamp<std::uint64_t>(size, 1, most));
  if (place_->container == Container::records) {
    const std::string glob = quote_glob(place_->key + beginning_) + "*" + quote_glob(place_->suffix);
    RedisCommand command{"SCAN", progress_.scan, "MATCH", glob, "COUNT", count};
    command.node = progress_.node;
    return command;
  }
  const std::string_view name = place_->container == Container::sorted_set ? "ZSCAN"
                                : place_->container == Container::hash     ? "HSCAN"
                                                                           : "SSCAN";
  return {std::string(name), progress_.key, progress_.scan, "COUNT", count};
}

bool ScanWalker::request(std::uint64_t size) {
  if (asked_ || received_ || progress_.finished) return false;
  // Names of keys are short.
  const bool bounded = place_->container != Container::records;
  const RedisCommand command = scan_command(bounded ? std::min(size, size_.most()) : size);
  connection_.send({&command, 1});
  asked_ = true;
  return true;
}

void ScanWalker::collect(Reply::View answer, std::vector<Element>& elements) const {
  const bool pairs = place_->container == Container::sorted_set || place_->container == Container::hash;
  for (std::size_t i = 0; i + (pairs ? 1 : 0) < answer.size(); i += pairs ? 2 : 1) {
    Element element;
    element.raw = answer[i].text();
    element.cut_from = answer[i].cut_from();
    if (place_->container == Container::sorted_set) element.score = answer[i + 1].text();
    if (place_->container == Container::hash) {
      element.field = element.raw;
      element.raw = answer[i + 1].text();
      element.cut_from = answer[i + 1].cut_from();
    }
    if (place_->container == Container::records &&
        (element.raw.size() <= place_->key.size() + place_->suffix.size() ||
         (system_.place.belongs != nullptr && !system_.place.belongs(*place_, element.raw))))
      continue;
    elements.push_back(element);
  }
}

void ScanWalker::receive() {
  asked_ = false;
  received_ = true;
  window_ = {};
  Reply reply = connection_.receive();
  window_.wrong_type = error_word(reply.root()) == "WRONGTYPE";
  if (!window_.wrong_type) require_success(reply.root(), "look for jobs (SCAN)");
  window_.reply = std::make_shared<const Reply>(std::move(reply));
  next_scan_ = "0";
  if (window_.wrong_type) return;
  if (window_.reply->size() != 2) throw Error(ErrorKind::unreachable, "Redis answered SCAN in an unknown form");
  next_scan_ = std::string((*window_.reply)[0].text());
  collect((*window_.reply)[1], window_.elements);
  size_.see(window_.elements.size(), window_.reply->bytes.size());
}

/// What an element is known by: hash fields differ where their values do not.
static std::uint64_t identity(const Element& element) {
  return fingerprint(element.field.empty() ? element.raw : element.field);
}

Window ScanWalker::take() {
  received_ = false;
  Window window = std::move(window_);
  before_ = progress_;
  std::sort(window.elements.begin(), window.elements.end(),
            [](const Element& a, const Element& b) { return a.field != b.field ? a.field < b.field : a.raw < b.raw; });
  std::erase_if(window.elements, [&](const Element& element) {
    const std::uint64_t hash = identity(element);
    return std::find(before_.anchors.begin(), before_.anchors.end(), hash) != before_.anchors.end() || !seen_.add(hash);
  });
  progress_.anchors.clear();
  progress_.read += window.elements.size();
  progress_.scan = next_scan_;
  if (next_scan_ == "0") {
    ++progress_.node;
    window.last = window.wrong_type || place_->container != Container::records || progress_.node >= connection_.nodes();
  }
  if (window.last) progress_.finished = true;
  return window;
}

void ScanWalker::use_only(const Window& window, std::size_t used) {
  if (used == window.elements.size()) return;
  progress_ = before_;
  progress_.read += used;
  for (std::size_t i = 0; i < used; ++i) progress_.anchors.push_back(identity(window.elements[i]));
}

}  // namespace queuetrace
