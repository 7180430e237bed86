//! Makes one job of every sort with the crate's own writers and workers.
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use hammerwork::queue::DatabaseQueue;
use hammerwork::{CronSchedule, Job, JobPriority, JobStatus, ResultStorage};
use serde_json::{json, Value};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::made::{attempt, ended, enqueue, job, made, LATE, SOON};
use super::work::{work, HANG_QUEUE};
use super::{groups, kept, print, traces, Failure, Queue};
use crate::release;

pub async fn fill(queue: Arc<Queue>) -> Result<(), Failure> {
    release::subscribe();
    outcomes(&queue).await?;
    traces::traces(&queue).await?;
    schedules(&queue).await?;
    groups::batch(&queue).await?;
    groups::dependencies(&queue).await?;
    groups::workflows(&queue).await?;
    kept::encryption(&queue).await?;
    kept::archive(&queue).await?;
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

    let slower = job("retries later", "succeed").with_linear_backoff(SOON, LATE, Some(LATE * 3));
    enqueue(queue, "with a retry strategy", "pending", slower).await?;

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
    tokio::time::sleep(Duration::from_millis(1200)).await; // until its lease is over
    Ok(())
}
