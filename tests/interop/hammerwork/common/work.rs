//! Real workers: what the handler does is written in the payload under "do".
use std::sync::Arc;
use std::time::{Duration, Instant};

use hammerwork::queue::DatabaseQueue;
use hammerwork::worker::{JobHandlerWithResult, JobResult};
use hammerwork::{HammerworkError, Job, JobId, Worker};
use serde_json::json;
use tokio::sync::mpsc;

use super::{Failure, Queue};

pub const HANG_QUEUE: &str = "crash";

fn handler() -> JobHandlerWithResult {
    Arc::new(|job: Job| {
        Box::pin(async move {
            let declined = || Err(HammerworkError::Processing(format!("card declined for order {}", job.attempts)));
            match job.payload["do"].as_str().unwrap_or("succeed") {
                "fail" => declined(),
                "fail once" if job.attempts < 2 => declined(),
                "hang" => {
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

/// Runs one worker on `name` until every job of `ids` is `settled`.
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
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.send(()).await?;
    running.await??;
    Ok(())
}

/// A worker that is killed while its job runs: says which job it took, then never ends by itself.
pub async fn hang(queue: Arc<Queue>) -> Result<(), Failure> {
    let worker = Worker::new_with_result_handler(queue, HANG_QUEUE.to_string(), handler());
    let (_stop, stopped) = mpsc::channel(1);
    crate::release::short_lease(worker).run(stopped).await?;
    Ok(())
}
