#include "commands/top/lent_stores.hpp"

#include <algorithm>
#include <future>

namespace queuetrace {
namespace {

/// Asks a store that somebody else keeps open.
class LentStore final : public JobStore {
 public:
  explicit LentStore(JobStore& store) : store_(store) { set_address(store.address()); }

  const SystemInfo& system() const override { return store_.system(); }
  Capabilities capabilities() const override { return store_.capabilities(); }
  Page list(const JobQuery& query) override { return store_.list(query); }
  PeekResult peek(const PeekQuery& query) override { return store_.peek(query); }
  Statistics statistics(const StatisticsQuery& query) override { return store_.statistics(query); }
  std::vector<Untrusted> queues(const ReadLimits& limits) override { return store_.queues(limits); }
  StoreCheck check(const ReadLimits& limits) override { return store_.check(limits); }
  std::vector<Finding> unseen() override { return store_.unseen(); }
  std::vector<Finding> diagnose(const ReadLimits& limits) override { return store_.diagnose(limits); }

 private:
  JobStore& store_;
};

OpenedSource opened_or_failed(const Source& source,
                              const std::function<std::vector<OpenedSource>(const std::vector<Source>&)>& open) {
  OpenedSource failed;
  failed.source = source;
  try {
    std::vector<OpenedSource> opened = open({source});
    if (!opened.empty()) return std::move(opened.front());
    failed.error = Error(ErrorKind::not_found, "nothing is there");
  } catch (const Error& error) {
    failed.error = error;
  }
  return failed;
}

}  // namespace

LentStores::LentStores(std::function<std::vector<OpenedSource>(const std::vector<Source>&)> open)
    : open_(std::move(open)) {}

LentStores::~LentStores() = default;

std::vector<OpenedSource> LentStores::lend(const std::vector<Source>& sources) {
  std::vector<std::future<OpenedSource>> opening;
  for (const Source& source : sources)
    if (std::ranges::none_of(opened_, [&](const OpenedSource& one) { return one.source.name == source.name; }))
      opening.push_back(std::async(std::launch::async, [&] { return opened_or_failed(source, open_); }));
  std::vector<OpenedSource> failed;
  for (std::future<OpenedSource>& one : opening) {
    OpenedSource opened = one.get();
    (opened.error ? failed : opened_).push_back(std::move(opened));
  }
  std::vector<OpenedSource> lent;
  for (const Source& source : sources) {
    OpenedSource one;
    one.source = source;
    const auto is_it = [&](const OpenedSource& other) { return other.source.name == source.name; };
    if (const auto found = std::ranges::find_if(failed, is_it); found != failed.end()) {
      if (sources.size() == 1) throw Error(*found->error);
      one.error = found->error;
    } else {
      for (const std::unique_ptr<JobStore>& store : std::ranges::find_if(opened_, is_it)->stores)
        one.stores.push_back(std::make_unique<LentStore>(*store));
    }
    lent.push_back(std::move(one));
  }
  return lent;
}

}  // namespace queuetrace
