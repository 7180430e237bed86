//! Real workers: what the handler does is written in the payload under "do".
use std::io::BufRead;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hammerwork::queue::DatabaseQueue;
use hammerwork::worker::{JobHandlerWithResult, JobResult};
use hammerwork::{HammerworkError, Job, JobId, Worker};
use serde_json::json;
use tokio::sync::mpsc;

use super::made::{attempt, ended, SOON};
use super::{Failure, Queue};
use crate::release;

pub const HANG_QUEUE: &str = "crash";
pub const FAIL_UNTIL_MENDED: &str = "fail until mended";
pub const HANG_UNTIL_MENDED: &str = "hang until mended";

/// In the phase `work` whatever made jobs fail is put right, as it is before somebody retries them.
fn mended() -> bool {
    std::env::args().nth(1).as_deref() == Some("work")
}

fn handler() -> JobHandlerWithResult {
    Arc::new(|job: Job| {
        Box::pin(async move {
            let declined = || Err(HammerworkError::Processing(format!("card declined for order {}", job.attempts)));
            match job.payload["do"].as_str().unwrap_or("succeed") {
                "fail" => declined(),
                FAIL_UNTIL_MENDED if !mended() => declined(),
                "fail once" if job.attempts < 2 => declined(),
                HANG_UNTIL_MENDED if mended() => Ok(JobResult::success()),
                "hang" | HANG_UNTIL_MENDED => {
                    println!("{}", json!({"taken": job.id.to_string()}));
                    tokio::time::sleep(Duration::from_secs(60)).await;
                    Ok(JobResult::success())
                }
                "result" => Ok(JobResult::with_data(json!({"invoice": 17, "lines": ["a", "b"]}))),
                _ => Ok(JobResult::success()),
            }
        })
    })
}

/// Runs one worker on `name` until every job of `ids` is `settled`; for a second without any.
pub async fn work(
    queue: &Arc<Queue>,
    name: &str,
    retry_delay: Duration,
    ids: &[JobId],
    settled: fn(&Job) -> bool,
) -> Result<(), Failure> {
    let worker = Worker::new_with_result_handler(queue.clone(), name.to_string(), handler())
        .with_poll_interval(Duration::from_millis(20))
        .with_retry_delay(retry_delay);
    let (stop, stopped) = mpsc::channel(1);
    let running = tokio::spawn(async move { worker.run(stopped).await });
    let deadline = Instant::now() + Duration::from_secs(30);
    for id in ids {
        while !queue.get_job(*id).await?.is_some_and(|job| settled(&job)) {
            if Instant::now() > deadline {
                return Err(format!("job {id} of {name} did not settle: {:?}", queue.get_job(*id).await?).into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let patience = if ids.is_empty() { Duration::from_secs(1) } else { Duration::from_millis(100) };
    tokio::time::sleep(patience).await;
    stop.send(()).await?;
    running.await??;
    Ok(())
}

/// A worker for each line `QUEUE: ID...` on stdin, until every job of it has ended; where no job is named for a second,
/// whatever it finds. What a release leaves to the application is done: releasing the jobs that depend on them.
pub async fn run(queue: Arc<Queue>) -> Result<(), Failure> {
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (name, ids) = line.split_once(':').ok_or("no queue")?;
        let ids = ids.split_whitespace().map(str::parse).collect::<Result<Vec<JobId>, _>>()?;
        work(&queue, name, SOON, &ids, ended).await?;
        for id in ids.iter().copied().filter(|_| !release::RELEASES_CHILDREN) {
            let shared = queue.clone();
            attempt("release", async move { shared.resolve_job_dependencies(id).await }).await;
        }
    }
    Ok(())
}

/// A worker that is killed while its job runs: says which job it took, then never ends by itself.
pub async fn hang(queue: Arc<Queue>) -> Result<(), Failure> {
    let worker = Worker::new_with_result_handler(queue, HANG_QUEUE.to_string(), handler());
    let (_stop, stopped) = mpsc::channel(1);
    release::short_lease(worker).run(stopped).await?;
    Ok(())
}
