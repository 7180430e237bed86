//! Makes the jobs that queuetrace then retries, cancels, moves, pauses and deletes, each sort in a queue of its own.
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use hammerwork::queue::DatabaseQueue;
use hammerwork::{
    ArchivalConfig, ArchivalPolicy, ArchivalReason, CronSchedule, FailurePolicy, Job, JobBatch, JobGroup, JobId,
    JobPriority, ResultStorage,
};
use serde_json::json;

use super::made::{attempt, ended, enqueue, job, made, SOON};
use super::work::{work, FAIL_UNTIL_MENDED, HANG_UNTIL_MENDED};
use super::{Failure, Queue};
use crate::release;

pub async fn prepare(queue: Arc<Queue>) -> Result<(), Failure> {
    failed(&queue).await?;
    workflow(&queue).await?;
    waiting(&queue).await?;
    deleted(&queue).await
}

fn later(queue: &str) -> Job {
    let mut later = job(queue, "succeed");
    later.scheduled_at = Utc::now() + chrono::Duration::hours(2);
    later
}

async fn failed(queue: &Arc<Queue>) -> Result<(), Failure> {
    let dead = enqueue(queue, "mended: dead", "dead", job("mended", FAIL_UNTIL_MENDED)).await?;
    let slow = job("mended", HANG_UNTIL_MENDED).with_timeout(Duration::from_secs(1)).with_max_attempts(1);
    let slow = enqueue(queue, "mended: timed out", "failed", slow).await?;
    work(queue, "mended", SOON, &[dead, slow], ended).await?;
    let failed = enqueue(queue, "mended: failed by hand", "failed", job("mended", "succeed")).await?;
    queue.fail_job(failed, "no stock").await?;

    let mut purged = Vec::new();
    for number in 0..3 {
        let one = job("purged", "fail").with_max_attempts(1);
        purged.push(enqueue(queue, &format!("purged {number}"), "dead", one).await?);
    }
    work(queue, "purged", SOON, &purged, ended).await?;
    enqueue(queue, "not purged", "pending", job("purged", "succeed")).await?;
    Ok(())
}

async fn workflow(queue: &Arc<Queue>) -> Result<(), Failure> {
    let (first, second) = (job("first step", FAIL_UNTIL_MENDED), job("second step", "succeed"));
    let ids = [first.id, second.id];
    let group = JobGroup::new("mended").add_job(first).then(second);
    let group = group.with_failure_policy(FailurePolicy::ContinueOnFailure);
    let shared = queue.clone();
    if attempt("workflow", async move { shared.enqueue_workflow(group).await }).await.is_none() {
        return Ok(());
    }
    made("step: failed", "dead", "first step", ids[0]);
    made("step: after a failure", "failed", "second step", ids[1]);
    work(queue, "first step", SOON, &ids[..1], ended).await?;
    if !release::RELEASES_CHILDREN {
        queue.fail_job_dependencies(ids[0]).await?;
    }
    Ok(())
}

async fn waiting(queue: &Arc<Queue>) -> Result<(), Failure> {
    let parent = enqueue(queue, "cancelled", "pending", job("unwanted", "succeed")).await?;
    let child = job("unwanted", "succeed").depends_on(&parent);
    enqueue(queue, "waits for a cancelled job", "blocked", child).await?;
    enqueue(queue, "cancelled before its time", "scheduled", later("unwanted")).await?;
    enqueue(queue, "not cancelled", "pending", job("unwanted", "succeed")).await?;

    let first = job("from", "succeed").with_priority(JobPriority::High);
    enqueue(queue, "moved: high", "pending", first).await?;
    enqueue(queue, "moved: normal", "pending", job("from", "result")).await?;
    enqueue(queue, "moved before its time", "scheduled", later("from")).await?;
    enqueue(queue, "paused", "pending", job("paused", "succeed")).await?;
    Ok(())
}

/// What is deleted and put back: a job of every sort.
async fn deleted(queue: &Arc<Queue>) -> Result<(), Failure> {
    let payload = json!({"do": "succeed", "odd": ["naïve", "\u{1b}[31m\u{202e}", 12.5, null]});
    let due = Job::new("kept".to_string(), payload).with_trace_id("4bf92f3577b34da6a3ce929d0e0e4736");
    enqueue(queue, "kept: due", "pending", due.with_priority(JobPriority::Critical)).await?;
    enqueue(queue, "kept: scheduled", "scheduled", later("kept")).await?;
    let cron = job("kept", "succeed").with_cron(CronSchedule::with_timezone("0 30 3 1 1 *", "Europe/Berlin")?)?;
    made("kept: recurring", "scheduled", "kept", queue.enqueue_cron_job(cron).await?);

    let stored = job("kept ends", "result").with_result_storage(ResultStorage::Database);
    let stored = enqueue(queue, "kept: completed", "completed", stored).await?;
    work(queue, "kept ends", SOON, &[stored], |job| job.result_data.is_some()).await?;
    let dead = enqueue(queue, "kept: dead", "dead", job("kept ends", "fail")).await?;
    let jobs = vec![job("kept ends", "succeed"), job("kept ends", "succeed").with_trace_id("import-9")];
    let ids: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
    queue.enqueue_batch(JobBatch::new("kept").with_jobs(jobs).with_metadata("file", "a.csv")).await?;
    made("kept: first of a batch", "completed", "kept ends", ids[0]);
    made("kept: second of a batch", "completed", "kept ends", ids[1]);
    work(queue, "kept ends", SOON, &[dead, ids[0], ids[1]], ended).await?;

    let secret = Job::new("kept sealed".to_string(), json!({"card": "4111", "amount": 10}));
    let shared = queue.clone();
    if let Some(id) = attempt("encrypt", async move { release::enqueue_encrypted(&shared, secret).await }).await {
        made("kept: encrypted", "pending", "kept sealed", id);
    }

    let old = enqueue(queue, "kept: archived", "completed", job("kept old", "succeed")).await?;
    work(queue, "kept old", SOON, &[old], ended).await?;
    let policy = ArchivalPolicy::new().archive_completed_after(chrono::Duration::zero());
    let reason = ArchivalReason::Manual;
    queue.archive_jobs(Some("kept old"), &policy, &ArchivalConfig::new(), reason, Some("operations")).await?;
    Ok(())
}
