#include "commands/capture/demo_incident.hpp"

#include "commands/capture/demo_job_maker.hpp"

namespace queuetrace {
namespace {

using namespace std::chrono_literals;

constexpr DemoTrace order_12345{demo_trace_id, demo_correlation_id};
constexpr DemoTrace order_12346{"2f4a8c0e6b1d4e7fa35c90d182b7e644", "order-12346"};
constexpr DemoTrace order_12351{"91d3c7a05e8b46f2b60f4d2a7c19e358", "order-12351"};
constexpr DemoTrace no_trace{};

void depends_on(Job& job, const Job& parent) { job.parents.push_back(parent.ref.id); }

/// The library's way to say which job made this one.
void made_by(Job& job, const Job& parent) { job.trace.parent_span_id = parent.ref.id; }

/// What the captured payment of the broken order set off.
void add_work_of_payment(DemoJobMaker& make, const Job& payment) {
  Job& webhook = make.hammerwork("webhooks", JobState::failed, 41s, order_12345,
                                 R"({"event":"payment.captured","order_id":"order-12345",)"
                                 R"("url":"https://partner.example/hooks/orders"})");
  made_by(webhook, payment);
  webhook.attempts = 1;
  webhook.max_attempts = 1;
  make.ran(webhook, 95ms, 640ms);
  make.fail(webhook, "POST https://partner.example/hooks/orders: 410 Gone");

  Job& loyalty = make.hammerwork("loyalty", JobState::scheduled, 41s, order_12345,
                                 R"({"customer":{"id":"c-881"},"order_id":"order-12345","points":299})");
  made_by(loyalty, payment);
  loyalty.scheduled_at = make.now() + 2h;
  loyalty.priority = std::int64_t{0};

  Job& invoice = make.file({"/srv/invoices/order-12345.pdf", 48'213, "high"}, JobState::completed, 41s, order_12345);
  Job& invoice_email = make.hammerwork("email", JobState::completed, 44s, order_12345,
                                       R"({"order_id":"order-12345","template":"invoice",)"
                                       R"("attachment":"/srv/invoices/order-12345.pdf","to":"customer@example.com"})");
  invoice_email.trace.parent_span_id = invoice.trace.span_id;
  make.ran(invoice_email, 210ms, 780ms);

  make.file({"/srv/labels/order-12345.zpl", 2'048, "low"}, JobState::pending, 42s, order_12345);
}

/// The order that goes wrong: the warehouse does not answer, so the reservation dies and the parcel never leaves; the
/// customer is to be told, but the mail server takes no more. The label waits in the low-priority queue.
void add_broken_order(DemoJobMaker& make) {
  Job& order = make.hammerwork("orders", JobState::completed, 0s, order_12345,
                               R"({"order_id":"order-12345","customer":{"id":"c-881","country":"DE"},)"
                               R"("items":[{"sku":"PROD-001","quantity":2}],"total":299.99,"currency":"EUR"})");
  order.priority = std::int64_t{3};
  make.ran(order, 84ms, 412ms);

  Job& fraud = make.hammerwork("fraud", JobState::completed, 500ms, order_12345,
                               R"({"order_id":"order-12345","amount":299.99,"ip":"203.0.113.24"})");
  made_by(fraud, order);
  make.ran(fraud, 130ms, 1'870ms);

  Job& payment = make.hammerwork("payments", JobState::completed, 520ms, order_12345,
                                 R"({"order_id":"order-12345","amount":299.99,"currency":"EUR","method":"card"})");
  made_by(payment, order);
  depends_on(payment, fraud);
  payment.priority = std::int64_t{4};
  payment.max_attempts = 5;
  make.ran(payment, 38'100ms, 2'240ms);
  payment.result = json_payload(R"({"charge_id":"ch_55021","status":"captured"})");

  // Not tried again by itself: a reservation may have been made all the same.
  Job& inventory = make.hammerwork("inventory", JobState::dead, 560ms, order_12345,
                                   R"({"order_id":"order-12345","items":[{"sku":"PROD-001","quantity":2}],)"
                                   R"("warehouse":"eu-west"})");
  made_by(inventory, order);
  depends_on(inventory, payment);
  inventory.max_attempts = 1;
  make.ran(inventory, 432'300ms, 300'004ms);
  make.fail(inventory, "warehouse eu-west: 504 Gateway Timeout after 300s (reservation of PROD-001 x 2)");

  Job& shipping = make.hammerwork("shipping", JobState::blocked, 580ms, order_12345,
                                  R"({"order_id":"order-12345","carrier":"dhl","parcels":1})");
  made_by(shipping, order);
  depends_on(shipping, inventory);

  Job& delay = make.hammerwork("email", JobState::retrying, 12min + 13s, order_12345,
                               R"({"order_id":"order-12345","template":"order_delayed","to":"customer@example.com"})");
  made_by(delay, inventory);
  delay.max_attempts = 6;
  delay.scheduled_at = make.at(13min);
  make.fail(delay, "421 4.7.0 mx1.example.com: too many connections, try again later");

  add_work_of_payment(make, payment);
}

/// The next order came right after and went through.
void add_good_order(DemoJobMaker& make) {
  Job& order = make.hammerwork("orders", JobState::completed, 4min, order_12346,
                               R"({"order_id":"order-12346","customer":{"id":"c-102","country":"FR"},)"
                               R"("items":[{"sku":"PROD-007","quantity":1}],"total":24.5,"currency":"EUR"})");
  make.ran(order, 71ms, 388ms);
  Job* before = &order;
  const std::pair<const char*, Milliseconds> steps[]{
      {"payments", 1'930ms}, {"inventory", 820ms}, {"shipping", 1'120ms}};
  std::chrono::milliseconds created = 4min + 500ms;
  for (const auto& [queue, run] : steps) {
    Job& job = make.hammerwork(queue, JobState::completed, created, order_12346, R"({"order_id":"order-12346"})");
    made_by(job, order);
    if (before != &order) depends_on(job, *before);
    make.ran(job, 140ms, run);
    created += run + 200ms;
    before = &job;
  }
  Job& email = make.hammerwork("email", JobState::completed, created, order_12346,
                               R"({"order_id":"order-12346","template":"order_confirmation","to":"c102@example.com"})");
  made_by(email, order);
  depends_on(email, *before);
  make.ran(email, 180ms, 590ms);
  make.file({"/srv/invoices/order-12346.pdf", 47'990, "high"}, JobState::completed, created, order_12346);
}

/// A third order is just beginning: its jobs wait or run.
void add_new_order(DemoJobMaker& make) {
  Job& order = make.hammerwork("orders", JobState::completed, 29min + 40s, order_12351,
                               R"({"order_id":"order-12351","customer":{"id":"c-440","country":"DE"},)"
                               R"("items":[{"sku":"PROD-001","quantity":1}],"total":149.99,"currency":"EUR"})");
  make.ran(order, 66ms, 402ms);
  Job& payment = make.hammerwork("payments", JobState::running, 29min + 41s, order_12351,
                                 R"({"order_id":"order-12351","amount":149.99,"currency":"EUR","method":"card"})");
  made_by(payment, order);
  make.ran(payment, 150ms, 0ms);
  for (const char* queue : {"email", "inventory"}) {
    Job& job = make.hammerwork(queue, JobState::blocked, 29min + 41s, order_12351, R"({"order_id":"order-12351"})");
    made_by(job, order);
    depends_on(job, payment);
  }
}

/// What else was going on: newsletters, imports, thumbnails, and jobs whose trace context is of little use.
void add_other_work(DemoJobMaker& make) {
  const char* addresses[]{"ada@example.com", "grace@example.com", "edsger@example.com"};
  int minute = 18;
  for (const char* address : addresses) {
    Job& newsletter = make.hammerwork("email", JobState::pending, std::chrono::minutes(minute++), no_trace,
                                      std::string(R"({"template":"newsletter","to":")") + address + R"("})");
    newsletter.priority = std::int64_t{1};
  }
  Job& cleanup = make.hammerwork("maintenance", JobState::completed, 10min, no_trace, R"({"task":"expire_carts"})");
  make.ran(cleanup, 1'204ms, 8'311ms);
  cleanup.priority = std::int64_t{0};

  Job& import = make.hammerwork("imports", JobState::running, 12min, {"nightly-import-0042", "catalog-2026-w02"},
                                R"({"source":"supplier.csv","rows":120000})");
  make.ran(import, 2'050ms, 0ms);
  import.notes.push_back({"stale", "its lease has expired: the worker is gone or too late"});
  Job& unsampled = make.hammerwork("search", JobState::pending, 27min, {"00000000000000000000000000000000", ""},
                                   R"({"task":"reindex","sku":"PROD-001"})");
  unsampled.priority = std::int64_t{1};
  Job& cancelled = make.hammerwork("reports", JobState::cancelled, 15min, {"c60b7e1f92d84a35a1f7d0438e5b62c9", ""},
                                   R"({"report":"daily-revenue","day":"yesterday"})");
  cancelled.native_state = Untrusted("Failed");
  make.fail(cancelled, "Workflow cancelled");

  const DemoTrace uploads[]{{"5b8efff798038103d269b633813fc60c", ""},
                            {"e1a4b7c2093d4f58861c5d70a9f3b24e", ""},
                            {"0d92f7b1c46e4a83b5e07f16d8a3c95b", ""}};
  Job& banner = make.file({"/srv/uploads/banner.png", 812'004, "low"}, JobState::running, 26min, uploads[0]);
  banner.worker = Untrusted("worker-7d9f-4121-1767322000000000000-9c1e-3");
  banner.notes.push_back(
      {"orphaned", "its worker has no heartbeat: gone, or busy for longer than the heartbeat lasts"});
  make.file({"/srv/uploads/hero.png", 1'402'118, "low"}, JobState::retrying, 22min, uploads[1], 2);
  make.file({"/srv/uploads/fail-corrupt.png", 0, "low"}, JobState::dead, 9min, uploads[2], 3);
  make.file({"/srv/exports/tax-2025.zip", 9'400'112, "high"}, JobState::pending, 29min, no_trace);
}

}  // namespace

std::vector<DemoJob> demo_incident(Timestamp now) {
  DemoJobMaker make(now);
  add_broken_order(make);
  add_good_order(make);
  add_new_order(make);
  add_other_work(make);
  return make.take();
}

}  // namespace queuetrace
