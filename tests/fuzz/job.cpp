// Fuzz target: jobs as the systems in Redis store them, in JSON, Go's JSON, Protocol Buffers, pickles, base64 and zlib.
// The first line names the system, the byte behind it the place; the parts behind that, ended by the byte 0x1e, are the
// element, its id, its record as text, and names and values of its hash in turn. Checks that nothing is thrown, and
// that what is printed of the job is JSON, and harmless.
#include "backends/drivers/redis/reply_reader.hpp"
#include "backends/engines/redis/entry.hpp"
#include "backends/engines/redis/system.hpp"
#include "backends/systems/catalogue.hpp"
#include "tests/fuzz/printed.hpp"

namespace {

using namespace queuetrace;
using fuzz::require;

constexpr char part_end = '\x1e';

/// The places of an installation, with two queues in the place of `{queue}`.
Deployment deployment_of(const RedisSystem& system) {
  if (system.place.deploy != nullptr) return system.place.deploy(Source());
  Deployment deployment;
  deployment.prefix = system.place.prefix;
  for (const PlaceRow& row : system.place.places) deployment.places.push_back(make_place(row, system.place.prefix));
  return deployment;
}

/// A reply of HGETALL with these names and values.
Reply hash_of(std::string_view rest) {
  std::string wire;
  std::size_t count = 0;
  for (; !rest.empty() && count < 64; ++count) {
    const std::string_view part = fuzz::take_part(rest, part_end);
    wire += "$" + std::to_string(part.size()) + "\r\n";
    wire += part;
    wire += "\r\n";
  }
  if (count % 2 == 1) wire += "$-1\r\n";
  ReplyReader reader;
  reader.feed("*" + std::to_string(count + count % 2) + "\r\n" + wire);
  std::optional<Reply> reply = reader.next();
  require(reply.has_value());
  return std::move(*reply);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text_of(data, size);
  const RedisSystem& system = fuzz::chosen(built_in_catalogue().redis, fuzz::take_part(rest, '\n'));
  if (rest.empty()) return 0;
  static std::map<const RedisSystem*, Deployment> deployments;
  const auto [known, is_new] = deployments.try_emplace(&system);
  if (is_new) known->second = deployment_of(system);
  const Deployment& deployment = known->second;
  if (deployment.places.empty()) return 0;
  const Place& place = deployment.places[static_cast<unsigned char>(rest.front()) % deployment.places.size()];

  rest.remove_prefix(1);
  const std::string_view raw = fuzz::take_part(rest, part_end);
  const std::string_view id = fuzz::take_part(rest, part_end);
  const std::string_view text = fuzz::take_part(rest, part_end);
  const Reply hash = hash_of(rest);
  const std::string key = place.family ? place.key + "name" + place.suffix : place.key;
  Entry entry{.place = place, .key = key, .raw = raw, .queue = "queue", .id = id};
  if (place.holds == Holds::ids && system.read.id_in != nullptr) entry.id = system.read.id_in(place, raw);
  if (system.read.is_job != nullptr && !system.read.is_job(place, raw)) return 0;
  if (system.read.record_type == RecordType::string) entry.text = text;
  entry.record = JobHash(hash);
  entry.field = id;
  entry.score = "1700000000.5";
  DecodeContext context{.deployment = deployment, .now = Timestamp(std::chrono::hours(24 * 20'000))};
  context.payload = context.locators = true;
  const Job job = system.read.decode(entry, context);
  if (system.read.unpacked != nullptr) system.read.unpacked(entry);
  fuzz::check_printed(job);
  return 0;
}
