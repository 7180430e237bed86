//! Jobs whose payload is not plain: encrypted, archived, restored.
use std::sync::Arc;

use hammerwork::queue::DatabaseQueue;
use hammerwork::{ArchivalConfig, ArchivalPolicy, ArchivalReason, Job, JobPriority};
use serde_json::json;

use super::made::{attempt, ended, enqueue, job, made, SOON};
use super::work::work;
use super::{Failure, Queue};
use crate::release;

/// The whole payload, one field of it, and one that is archived afterwards.
pub async fn encryption(queue: &Arc<Queue>) -> Result<(), Failure> {
    for (label, state, field) in
        [("encrypted", "pending", None), ("encrypted field", "pending", Some("card")), ("sealed", "completed", None)]
    {
        let mut secret =
            Job::new("sealed".to_string(), json!({"card": "4111", "amount": 10})).with_trace_id("sealed-1");
        secret = secret.with_pii_fields(field.into_iter().collect::<Vec<&str>>());
        let shared = queue.clone();
        let Some(id) = attempt("encrypt", async move { release::enqueue_encrypted(&shared, secret).await }).await
        else {
            return Ok(());
        };
        made(label, state, "sealed", id);
        if state == "completed" {
            queue.complete_job(id).await?;
        }
    }
    Ok(())
}

pub async fn archive(queue: &Arc<Queue>) -> Result<(), Failure> {
    let long = json!({"do": "succeed", "text": "lorem ipsum ".repeat(400)});
    let long = Job::new("old".to_string(), long).with_trace_id("archived-1").with_priority(JobPriority::Low);
    let long = enqueue(queue, "archived, compressed", "completed", long).await?;
    let short = Job::new("old".to_string(), json!({"do": "succeed"})).with_correlation_id("archived-2");
    let short = enqueue(queue, "archived, raw", "completed", short).await?;
    let dead = enqueue(queue, "archived dead", "dead", job("old", "fail")).await?;
    let back = enqueue(queue, "archived, then restored", release::RESTORED, job("old", "succeed")).await?;
    work(queue, "old", SOON, &[long, short, dead, back], ended).await?;
    for (name, jobs) in [("archive", "old"), ("archive of a workflow", "pick"), ("archive of encrypted jobs", "sealed")]
    {
        let shared = queue.clone();
        attempt(name, async move {
            let now = chrono::Duration::zero();
            let policy = ArchivalPolicy::new().archive_completed_after(now).archive_dead_after(now);
            let config = ArchivalConfig::new();
            shared.archive_jobs(Some(jobs), &policy, &config, ArchivalReason::Manual, Some("operations")).await
        })
        .await;
    }
    let shared = queue.clone();
    attempt("restore", async move { shared.restore_archived_job(back).await }).await;
    Ok(())
}
