#include "tests/support/incident.hpp"

namespace queuetrace::testing {
namespace {

Untrusted text(const std::string& value) { return Untrusted(value); }

const std::string order_id = "0b9e4d5e-6f0a-4c1b-9d2e-000000000001";
const std::string payment_id = "0b9e4d5e-6f0a-4c1b-9d2e-000000000002";

}  // namespace

Timestamp incident_time(std::int64_t milliseconds) {
  return Timestamp(std::chrono::seconds(1'795'245'000)) + std::chrono::milliseconds(milliseconds);
}

Job incident_job(const std::string& id, const std::string& queue, const std::string& kind, JobState state) {
  Job job;
  job.ref = {"shop", text(id)};
  job.system = "hammerwork";
  job.queue = text(queue);
  job.kind = text(kind);
  job.state = state;
  job.trace.trace_id = text("4bf92f3577b34da6a3ce929d0e0e4736");
  job.trace.status = TraceStatus::w3c;
  job.trace.correlation_id = text("order-12345");
  return job;
}

std::vector<Job> incident_jobs() {
  std::vector<Job> jobs;
  const auto add = [&jobs](Job job, std::int64_t created, std::optional<std::int64_t> started,
                           std::optional<std::int64_t> finished) -> Job& {
    job.created_at = incident_time(created);
    if (started) job.started_at = incident_time(*started);
    if (finished) job.finished_at = incident_time(*finished);
    jobs.push_back(std::move(job));
    return jobs.back();
  };
  Job& order = add(incident_job(order_id, "orders", "create_order", JobState::completed), 0, 20, 350);
  order.attempts = 1;
  order.max_attempts = 3;

  Job& payment = add(incident_job(payment_id, "payments", "charge_card", JobState::completed), 100, 2400, 3200);
  payment.parents = {text(order_id)};
  payment.scheduled_at = incident_time(2200);
  payment.attempts = 2;
  payment.max_attempts = 3;

  Job& email = add(incident_job("0b9e4d5e-6f0a-4c1b-9d2e-000000000003", "email", "send_receipt", JobState::completed),
                   120, 15'600, 15'900);
  email.parents = {text(order_id), text(payment_id)};
  email.attempts = 1;
  email.max_attempts = 5;

  Job& inventory =
      add(incident_job("0b9e4d5e-6f0a-4c1b-9d2e-000000000004", "inventory", "reserve_stock", JobState::dead), 300, 5100,
          5400);
  inventory.trace.parent_span_id = text(order_id);
  inventory.scheduled_at = incident_time(5000);
  inventory.attempts = 5;
  inventory.max_attempts = 5;
  inventory.error = text("no stock for sku 77\nat warehouse postgres://app:hunter2@db/stock");

  Job& file = add(incident_job("job-7781", "low", "", JobState::completed), 3300, 4000, 9000);
  file.ref.source = "files";
  file.system = "go-redis-work-queue";
  file.kind.reset();
  file.trace.trace_id = text("4BF92F3577B34DA6A3CE929D0E0E4736");
  file.trace.correlation_id.reset();
  file.notes.push_back({"started-at-estimated", "from the heartbeat"});

  Job& audit = add(incident_job("0b9e4d5e-6f0a-4c1b-9d2e-000000000005", "audit", "write_entry", JobState::completed),
                   9000, 9100, 9150);
  audit.parents = {text("0b9e4d5e-6f0a-4c1b-9d2e-00000000dead")};

  Job& label = add(incident_job("0b9e4d5e-6f0a-4c1b-9d2e-000000000006", "shipping", "print_label", JobState::blocked),
                   400, std::nullopt, std::nullopt);
  label.parents = {text("0b9e4d5e-6f0a-4c1b-9d2e-000000000007")};
  Job& parcel = add(incident_job("0b9e4d5e-6f0a-4c1b-9d2e-000000000007", "shipping", "book_parcel", JobState::blocked),
                    500, std::nullopt, std::nullopt);
  parcel.parents = {text("0b9e4d5e-6f0a-4c1b-9d2e-000000000006")};

  jobs.push_back(incident_job("0b9e4d5e-6f0a-4c1b-9d2e-000000000008", "reports", "sum_up", JobState::completed));
  return jobs;
}

Job hostile_job() {
  Job job = incident_job("</title><script>alert(1)</script>", "q\"] --> x; %%{init: {}}%% `cat`",
                         "\" onload=\"alert(1)", JobState::failed);
  job.trace.trace_id = text("'><img src=x onerror=alert(1)>");
  job.created_at = incident_time(0);
  job.started_at = incident_time(10);
  job.finished_at = incident_time(20);
  job.worker = text("--> <!-- \x1b[31m");
  job.error = text("<script>alert(2)</script> ]]> \x1b]0;title\x07 \xff --><b>&amp;");
  return job;
}

}  // namespace queuetrace::testing
