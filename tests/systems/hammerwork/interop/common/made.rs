//! Making one job and saying so: each line `made` names the state the job must be shown in, in queuetrace's words, as the
//! documentation of the crate has it.
use std::future::Future;
use std::time::Duration;

use hammerwork::queue::DatabaseQueue;
use hammerwork::{Job, JobId, JobStatus};
use serde_json::json;

use super::{operation, print, Failure, Queue};

pub const SOON: Duration = Duration::from_millis(10);
pub const LATE: Duration = Duration::from_secs(3600);

pub fn job(queue: &str, what: &str) -> Job {
    Job::new(queue.to_string(), json!({"do": what, "order": "order-12345"}))
}

pub fn made(label: &str, state: &str, queue: &str, id: JobId) {
    print(json!({"made": label, "id": id.to_string(), "queue": queue, "state": state}));
}

pub async fn enqueue(queue: &Queue, label: &str, state: &str, job: Job) -> Result<JobId, Failure> {
    let name = job.queue_name.clone();
    let id = queue.enqueue(job).await?;
    made(label, state, &name, id);
    Ok(id)
}

/// Runs what some releases refuse or leave unfinished (a panic); says how it went.
pub async fn attempt<T: Send + 'static>(
    name: &str,
    work: impl Future<Output = hammerwork::Result<T>> + Send + 'static,
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

pub fn completed(job: &Job) -> bool {
    job.status == JobStatus::Completed
}

pub fn ended(job: &Job) -> bool {
    matches!(job.status, JobStatus::Completed | JobStatus::Failed | JobStatus::Dead | JobStatus::TimedOut)
}
