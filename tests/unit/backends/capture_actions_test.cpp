// A capture is a record: whatever is asked of it is refused with the reason and the place to do it, and its file stays
// as it is.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "backends/capture.hpp"
#include "backends/open.hpp"
#include "model/error.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace queuetrace;
using testing::TemporaryFolder;

namespace {

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a capture refuses every change and names where to make it") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  {
    CaptureWriter writer(file);
    Job job;
    job.ref = {"orders", Untrusted("1")};
    job.system = "hammerwork";
    job.state = JobState::dead;
    writer.add(job);
    writer.finish();
  }
  const std::string before = bytes_of(file);
  Source source;
  source.name = "held";
  source.url = Secret("sqlite:" + file.string());
  const std::vector<std::unique_ptr<JobStore>> stores = open_stores(source, Access::write);
  REQUIRE(stores.size() == 1);
  JobAdministration& administration = stores.front()->administration();
  for (const ActionKind kind : {ActionKind::retry, ActionKind::cancel, ActionKind::erase, ActionKind::move}) {
    CAPTURE(to_word(kind));
    Action action;
    action.kind = kind;
    action.queue = "later";
    action.force = true;
    const ActionOffer offer = administration.offer(action);
    CHECK_FALSE(offer.possible);
    CHECK(offer.reason.starts_with("a capture is a record: "));
    CHECK(
        offer.nearest.starts_with("act on the source it was captured from, which 'job show' names as "
                                  "captured_source: queuetrace job " +
                                  std::string(to_word(kind)) + " "));
    try {
      administration.plan(action, {});
      FAIL_CHECK("it was planned");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::refused);
      CHECK(error.what() == offer.reason);
      CHECK(error.hint() == offer.nearest);
    }
    Target target;
    target.job.ref.id = Untrusted("1");
    target.locator = "0:";
    CHECK_THROWS_AS(administration.apply(action, std::span(&target, 1), {}), Error);
  }
  CHECK(administration.offer_pause().reason == "a capture is a record: no worker takes jobs from its queues");
  CHECK_THROWS_AS(administration.set_paused({"email", true, "", "test"}), Error);
  const BackupRecord record{Untrusted("1"), R"({"rows":[]})"};
  CHECK_THROWS_AS(administration.restore({record}, false, {}), Error);
  CHECK(bytes_of(file) == before);
}
