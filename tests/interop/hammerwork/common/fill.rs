//! Makes one job of every sort with the crate's own writers and workers. Each line `made` names the state the job must be
//! shown in, in queuetrace's words, as the documentation of the crate has it.
use std::future::Future;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use hammerwork::queue::DatabaseQueue;
use hammerwork::{
    set_job_trace_context, ArchivalConfig, ArchivalPolicy, ArchivalReason, CorrelationId, CronSchedule, Job, JobBatch,
    JobGroup, JobId, JobPriority, JobStatus, ResultStorage, TraceId,
};
use serde_json::{json, Value};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::work::{work, HANG_QUEUE};
use super::{operation, print, Failure, Queue};
use crate::release;

const SOON: Duration = Duration::from_millis(10);
const LATE: Duration = Duration::from_secs(3600);

fn job(queue: &str, what: &str) -> Job {
    Job::new(queue.to_string(), json!({"do": what, "order": "order-12345"}))
}

fn made(label: &str, state: &str, queue: &str, id: JobId) {
    print(json!({"made": label, "id": id.to_string(), "queue": queue, "state": state}));
}

async fn enqueue(queue: &Queue, label: &str, state: &str, job: Job) -> Result<JobId, Failure> {
    let name = job.queue_name.clone();
    let id = queue.enqueue(job).await?;
    made(label, state, &name, id);
    Ok(id)
}

/// Runs what some releases refuse or leave unfinished (a panic); says how it went.
async fn attempt<T: Send + 'static>(
    name: &str, work: impl Future<Output = hammerwork::Result<T>> + Send + 'static,
) -> Option<T> {
    match tokio::spawn(work).await {
        Ok(Ok(value)) => {
            operation(name, Ok(()));
            Some(value)
        }
        Ok(Err(error)) => {
            operation::<()>(name, Err(error.to_string()));
            None
        }
        Err(_) => {
            operation::<()>(name, Err("panicked".into()));
            None
        }
    }
}

fn completed(job: &Job) -> bool {
    job.status == JobStatus::Completed
}

fn ended(job: &Job) -> bool {
    matches!(job.status, JobStatus::Completed | JobStatus::Failed | JobStatus::Dead | JobStatus::TimedOut)
}

pub async fn fill(queue: Arc<Queue>) -> Result<(), Failure> {
    release::subscribe();
    outcomes(&queue).await?;
    traces(&queue).await?;
    schedules(&queue).await?;
    batch(&queue).await?;
    dependencies(&queue).await?;
    workflows(&queue).await?;
    archive(&queue).await?;
    pause(&queue).await?;
    drain(&queue).await?;
    crash(&queue).await
}

async fn outcomes(queue: &Arc<Queue>) -> Result<(), Failure> {
    let succeeded = enqueue(queue, "completed", "completed", job("outcomes", "succeed")).await?;
    let stored = job("outcomes", "result").with_result_storage(ResultStorage::Database).with_result_ttl(LATE);
    let stored = enqueue(queue, "with result", "completed", stored).await?;
    let again = enqueue(queue, "completed at second attempt", "completed", job("outcomes", "fail once")).await?;
    let dead = enqueue(queue, "dead", "dead", job("outcomes", "fail")).await?;
    let limited = job("outcomes", "fail").with_max_attempts(5);
    let limited = enqueue(queue, "past the limit of the worker", release::PAST_WORKER_LIMIT, limited).await?;
    let slow = job("outcomes", "hang").with_timeout(Duration::from_secs(1)).with_max_attempts(1);
    let slow = enqueue(queue, "timed out", "failed", slow).await?;
    let revived = enqueue(queue, "dead, then retried by hand", "pending", job("outcomes", "fail")).await?;
    let ids = [succeeded, again, dead, limited, slow, revived];
    work(queue, "outcomes", SOON, &ids, ended).await?;
    work(queue, "outcomes", SOON, &[stored], |job| job.result_data.is_some()).await?;
    queue.retry_dead_job(revived).await?;

    let retrying = enqueue(queue, "waits for its second attempt", "retrying", job("retries", "fail")).await?;
    work(queue, "retries", LATE, &[retrying], |job| job.attempts == 1 && job.status == JobStatus::Pending).await?;

    let failed = enqueue(queue, "failed by hand", "failed", job("by hand", "succeed")).await?;
    queue.fail_job(failed, "operator's \"verdict\": no stock\n\tat line 2").await?;
    let marked = enqueue(queue, "marked dead by hand", "dead", job("by hand", "succeed")).await?;
    queue.mark_job_dead(marked, "poisoned payload").await?;
    let gone = job("by hand", "succeed");
    let id = queue.enqueue(gone).await?;
    queue.delete_job(id).await?;
    print(json!({"gone": id.to_string()}));
    for payload in [json!(null), json!([1, 2, {"a": "\u{1b}[31mred\u{7f}"}]), json!("text"), json!(12.5)] {
        enqueue(queue, "odd payload", "pending", Job::new("payload's \"100%\" queue".to_string(), payload)).await?;
    }
    Ok(())
}

async fn traces(queue: &Arc<Queue>) -> Result<(), Failure> {
    let hex = "4bf92f3577b34da6a3ce929d0e0e4736";
    let dashed = "4BF92F35-77B3-4DA6-A3CE-929D0E0E4736";
    let shapes = [
        ("hex", hex.to_string()),
        ("upper-case uuid", dashed.to_string()),
        ("prefixed uuid", format!("trace-{}", dashed.to_lowercase())),
        ("new", TraceId::new().into_string()),
        ("uuid", uuid::Uuid::new_v4().to_string()),
        ("business key", "order-12345".to_string()),
        ("quotes", "o'brien \"x\" %_\\".to_string()),
        ("empty", String::new()),
        ("zero", "0".repeat(32)),
        ("longest", "t".repeat(128)),
    ];
    for (label, text) in shapes {
        enqueue(queue, &format!("trace {label}"), "pending", job("traces", "succeed").with_trace_id(text)).await?;
    }
    let correlation = CorrelationId::new().into_string();
    for label in ["first", "second"] {
        let one = job("traces", "succeed").with_correlation_id(correlation.clone());
        enqueue(queue, &format!("correlation {label}"), "pending", one).await?;
    }
    let both = job("traces", "succeed").with_tracing_id("checkout-77");
    let parent = enqueue(queue, "tracing id", "pending", both).await?;
    let child = job("traces", "succeed").with_tracing_id("checkout-77").with_parent_span_id(parent.to_string());
    enqueue(queue, "child of a job", "pending", child).await?;
    let w3c = format!("00-{hex}-00f067aa0ba902b7-01");
    let documented = job("traces", "succeed").with_trace_id(hex).with_parent_span_id("00f067aa0ba902b7");
    enqueue(queue, "W3C context", "pending", documented.with_span_context(w3c)).await?;
    let span = tracing::info_span!("checkout");
    for label in ["first", "second"] {
        let mut real = job("traces", "succeed").with_correlation_id("order-12345");
        set_job_trace_context(&mut real, &span);
        if real.trace_id.is_none() {
            return Err("OpenTelemetry gave the span no context".into());
        }
        enqueue(queue, &format!("OpenTelemetry {label}"), "pending", real).await?;
    }
    Ok(())
}

async fn schedules(queue: &Arc<Queue>) -> Result<(), Failure> {
    let payload: Value = json!({"do": "succeed"});
    let delayed = Job::with_delay("schedules".to_string(), payload.clone(), chrono::Duration::hours(2));
    enqueue(queue, "delayed", "scheduled", delayed).await?;
    let yearly = || CronSchedule::with_timezone("0 30 3 1 1 *", "Europe/Berlin");
    let cron = job("schedules", "succeed").with_cron(yearly()?)?;
    made("recurring", "scheduled", "schedules", queue.enqueue_cron_job(cron).await?);
    let disabled = job("schedules", "succeed").with_cron(yearly()?)?;
    let disabled = queue.enqueue_cron_job(disabled).await?;
    queue.disable_recurring_job(disabled).await?;
    made("disabled recurring", "blocked", "schedules", disabled);
    let mut due = job("cron", "succeed").with_cron(yearly()?)?;
    due.scheduled_at = Utc::now();
    let due = enqueue(queue, "recurring, ran once", "scheduled", due).await?;
    work(queue, "cron", SOON, &[due], |job| job.scheduled_at > Utc::now()).await
}

async fn batch(queue: &Arc<Queue>) -> Result<(), Failure> {
    let jobs = vec![
        job("batch", "succeed").with_trace_id("import-9").with_priority(JobPriority::High),
        job("batch", "succeed"),
        job("batch", "fail"),
    ];
    let ids: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
    let batch = JobBatch::new("import").with_jobs(jobs).with_metadata("file", "a.csv");
    let batch = queue.enqueue_batch(batch).await?;
    print(json!({"batch": batch.to_string(), "jobs": ids.len()}));
    for (label, state, id) in
        [("batch high", "completed", ids[0]), ("batch", "completed", ids[1]), ("batch failing", "dead", ids[2])]
    {
        made(label, state, "batch", id);
    }
    work(queue, "batch", SOON, &ids, ended).await
}

async fn dependencies(queue: &Arc<Queue>) -> Result<(), Failure> {
    let parent = enqueue(queue, "parent", "pending", job("parents", "succeed")).await?;
    enqueue(queue, "waits for its parent", "blocked", job("children", "succeed").depends_on(&parent)).await?;
    Ok(())
}

async fn workflows(queue: &Arc<Queue>) -> Result<(), Failure> {
    let steps = [job("pick", "succeed"), job("pack", "succeed"), job("ship", "succeed")];
    let ids: Vec<JobId> = steps.iter().map(|job| job.id).collect();
    let [pick, pack, ship] = steps;
    let group = JobGroup::new("fulfilment").add_job(pick).then(pack).then(ship);
    let shared = queue.clone();
    if attempt("workflow", async move { shared.enqueue_workflow(group).await }).await.is_none() {
        return Ok(());
    }
    made("first step", "completed", "pick", ids[0]);
    made("second step", if release::RELEASES_CHILDREN { "pending" } else { "blocked" }, "pack", ids[1]);
    made("third step", "blocked", "ship", ids[2]);
    work(queue, "pick", SOON, &ids[..1], completed).await?;

    let (first, second) = (job("broken", "fail"), job("after broken", "succeed"));
    let ids = [first.id, second.id];
    let group = JobGroup::new("breaks").add_job(first).then(second);
    queue.enqueue_workflow(group).await?;
    made("failing step", "dead", "broken", ids[0]);
    made("step after a failure", "failed", "after broken", ids[1]);
    work(queue, "broken", SOON, &ids[..1], ended).await?;
    if !release::RELEASES_CHILDREN {
        queue.fail_job_dependencies(ids[0]).await?;
    }

    let (first, second) = (job("unwanted", "succeed"), job("unwanted", "succeed"));
    let ids = [first.id, second.id];
    let group = JobGroup::new("unwanted").add_job(first).then(second);
    let workflow = queue.enqueue_workflow(group).await?;
    queue.cancel_workflow(workflow).await?;
    for id in ids {
        made("cancelled step", "cancelled", "unwanted", id);
    }
    Ok(())
}

async fn archive(queue: &Arc<Queue>) -> Result<(), Failure> {
    let long = json!({"do": "succeed", "text": "lorem ipsum ".repeat(400)});
    let long = Job::new("old".to_string(), long).with_trace_id("archived-1").with_priority(JobPriority::Low);
    let long = enqueue(queue, "archived, compressed", "completed", long).await?;
    let short = Job::new("old".to_string(), json!({"do": "succeed"})).with_correlation_id("archived-2");
    let short = enqueue(queue, "archived, raw", "completed", short).await?;
    let dead = enqueue(queue, "archived dead", "dead", job("old", "fail")).await?;
    let back = enqueue(queue, "archived, then restored", release::RESTORED, job("old", "succeed")).await?;
    work(queue, "old", SOON, &[long, short, dead, back], ended).await?;
    let shared = queue.clone();
    attempt("archive", async move {
        let now = chrono::Duration::zero();
        let policy = ArchivalPolicy::new().archive_completed_after(now).archive_dead_after(now);
        let config = ArchivalConfig::new();
        shared.archive_jobs(Some("old"), &policy, &config, ArchivalReason::Manual, Some("operations")).await
    })
    .await;
    let shared = queue.clone();
    attempt("restore", async move { shared.restore_archived_job(back).await }).await;
    Ok(())
}

async fn pause(queue: &Arc<Queue>) -> Result<(), Failure> {
    enqueue(queue, "in a paused queue", "pending", job("paused", "succeed")).await?;
    let shared = queue.clone();
    attempt("pause", async move { release::pause(&shared, "paused").await }).await;
    Ok(())
}

/// A queue for the order of the next jobs: every priority twice, a delayed and a waiting job among them.
async fn drain(queue: &Arc<Queue>) -> Result<(), Failure> {
    use JobPriority::*;
    let mut first = None;
    for priority in [Normal, Background, Critical, Low, High, Low, Critical, Normal, Background, High] {
        let id = enqueue(queue, "next", "pending", job("drain", "succeed").with_priority(priority)).await?;
        first.get_or_insert(id);
    }
    let mut overdue = job("drain", "succeed").with_priority(Normal);
    overdue.scheduled_at = Utc::now() - chrono::Duration::hours(1);
    enqueue(queue, "overdue", "pending", overdue).await?;
    let later = Job::with_delay("drain".to_string(), json!({}), chrono::Duration::hours(1)).with_priority(Critical);
    enqueue(queue, "not yet due", "scheduled", later).await?;
    if let Some(parent) = first {
        let waits = job("drain", "succeed").with_priority(Critical).depends_on(&parent);
        enqueue(queue, "not yet released", "blocked", waits).await?;
    }
    Ok(())
}

/// Kills a worker in the middle of its job: the row says Running for ever, or until a reaper comes.
async fn crash(queue: &Arc<Queue>) -> Result<(), Failure> {
    enqueue(queue, "its worker was killed", "running", job(HANG_QUEUE, "hang")).await?;
    let mut worker = tokio::process::Command::new(std::env::current_exe()?)
        .arg("hang")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = worker.stdout.take().ok_or("no output")?;
    let mut lines = BufReader::new(output).lines();
    tokio::time::timeout(Duration::from_secs(30), lines.next_line()).await??.ok_or("the worker ended by itself")?;
    worker.kill().await?;
    Ok(())
}
