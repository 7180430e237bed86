//! Release 1.7.3: what it calls differently, and what it promises about the jobs of ../../common/fill.rs.
#[path = "../../common/mod.rs"]
mod common;

mod release {
    use hammerwork::queue::DatabaseQueue;
    use hammerwork::{HammerworkError, Job, JobId, Result, Worker};
    use opentelemetry::trace::TracerProvider as _;
    use sqlx::Postgres;
    use tracing_subscriber::prelude::*;

    use crate::common::Queue;

    /// A job with more attempts than the worker allows by default.
    pub const PAST_WORKER_LIMIT: &str = "failed";
    /// What restoring an archived job makes of it.
    pub const RESTORED: &str = "completed";
    /// What becomes of the other jobs of a fail-fast batch.
    pub const REST_OF_A_BATCH: &str = "scheduled";
    /// Whether its workers release or fail the jobs that depend on theirs.
    pub const RELEASES_CHILDREN: bool = false;

    /// Gives the spans of this program real OpenTelemetry contexts.
    pub fn subscribe() {
        let provider = opentelemetry_sdk::trace::TracerProvider::builder().build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("interop"));
        let _ = opentelemetry::global::set_tracer_provider(provider); // the layer alone does not keep it alive
        tracing_subscriber::registry().with(layer).init();
    }

    pub async fn take(queue: &Queue, name: &str) -> Result<Option<Job>> {
        queue.dequeue(name).await
    }

    /// It would store the payload as it is.
    pub async fn enqueue_encrypted(_: &Queue, _: Job) -> Result<JobId> {
        Err(HammerworkError::Config("this release does not encrypt".to_string()))
    }

    pub async fn pause(_: &Queue, _: &str) -> Result<()> {
        Err(HammerworkError::Config("this release cannot pause".to_string()))
    }

    pub async fn paused(_: &Queue) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// There are no leases yet.
    pub fn short_lease(worker: Worker<Postgres>) -> Worker<Postgres> {
        worker
    }
}

#[tokio::main]
async fn main() -> Result<(), common::Failure> {
    common::run().await
}
