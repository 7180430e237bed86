//! The crate's own answers: each job that was named on stdin (one id a line), its workflow and batch, the counts of each
//! queue, what is paused and what is archived.
use std::collections::BTreeSet;
use std::future::Future;
use std::io::BufRead;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use hammerwork::queue::DatabaseQueue;
use hammerwork::Job;
use serde_json::{json, Value};

use super::{print, Failure, Queue};
use crate::release;

fn time(value: DateTime<Utc>) -> Value {
    json!(value.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
}

fn record(job: &Job) -> Value {
    json!({
        "view": "job",
        "id": job.id.to_string(),
        "queue": job.queue_name,
        "status": format!("{:?}", job.status),
        "priority": job.priority.as_i32(),
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "payload": job.payload,
        "encrypted": job.is_encrypted,
        "error": job.error_message,
        "created_at": time(job.created_at),
        "scheduled_at": time(job.scheduled_at),
        "started_at": job.started_at.map(time),
        "completed_at": job.completed_at.map(time),
        "failed_at": job.failed_at.map(time),
        "timed_out_at": job.timed_out_at.map(time),
        "timeout_seconds": job.timeout.map(|timeout| timeout.as_secs()),
        "cron_schedule": job.cron_schedule,
        "recurring": job.recurring,
        "timezone": job.timezone,
        "next_run_at": job.next_run_at.map(time),
        "batch_id": job.batch_id.map(|id| id.to_string()),
        "workflow_id": job.workflow_id.map(|id| id.to_string()),
        "workflow_name": job.workflow_name,
        "depends_on": job.depends_on.iter().map(|id| id.to_string()).collect::<Vec<_>>(),
        "dependency_status": job.dependency_status.as_str(),
        "result": job.result_data,
        "retry_strategy": job.retry_strategy,
        "trace_id": job.trace_id,
        "correlation_id": job.correlation_id,
        "parent_span_id": job.parent_span_id,
        "span_context": job.span_context,
    })
}

/// What not every release can answer: some fail at it, some panic.
async fn told(
    asked: impl Future<Output = hammerwork::Result<impl Into<Value> + Send + 'static>> + Send + 'static,
) -> Value {
    match tokio::spawn(asked).await {
        Ok(Ok(answer)) => answer.into(),
        Ok(Err(error)) => json!({"error": error.to_string()}),
        Err(_) => json!({"error": "panicked"}),
    }
}

pub async fn view(queue: Arc<Queue>) -> Result<(), Failure> {
    let mut queues = BTreeSet::new();
    let (mut workflows, mut batches) = (BTreeSet::new(), BTreeSet::new());
    for id in std::io::stdin().lock().lines() {
        let id = id?;
        match queue.get_job(id.parse()?).await {
            Ok(Some(job)) => {
                queues.insert(job.queue_name.clone());
                workflows.extend(job.workflow_id);
                batches.extend(job.batch_id);
                print(record(&job));
            }
            Ok(None) => print(json!({"view": "none", "id": id})),
            Err(error) => print(json!({"view": "unreadable", "id": id, "reason": error.to_string()})),
        }
    }
    for name in queues {
        print(json!({"view": "counts", "queue": name, "by_status": queue.get_job_counts_by_status(&name).await?}));
    }
    for id in workflows {
        let shared = queue.clone();
        let asked = async move { Ok(shared.get_workflow_status(id).await?.map(|group| format!("{:?}", group.status))) };
        print(json!({"view": "workflow", "id": id.to_string(), "status": told(asked).await}));
    }
    for id in batches {
        let shared = queue.clone();
        let asked = async move { Ok(format!("{:?}", shared.get_batch_status(id).await?.status)) };
        print(json!({"view": "batch", "id": id.to_string(), "status": told(asked).await}));
    }
    print(json!({"view": "paused", "queues": release::paused(&queue).await?}));
    for archived in queue.list_archived_jobs(None, None, None).await? {
        print(json!({
            "view": "archived",
            "id": archived.id.to_string(),
            "archived_at": time(archived.archived_at),
            "archived_by": archived.archived_by,
            "compressed": archived.payload_compressed,
        }));
    }
    Ok(())
}
