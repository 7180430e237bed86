//! Release 2.5.0: what it calls differently, and what it promises about the jobs of ../../common/fill.rs.
#[path = "../../common/mod.rs"]
mod common;

mod release {
    use hammerwork::encryption::{EncryptionAlgorithm, EncryptionConfig, EncryptionEngine, KeySource};
    use hammerwork::queue::DatabaseQueue;
    use hammerwork::{HammerworkError, Job, JobId, Result, Worker};
    use opentelemetry::trace::TracerProvider as _;
    use sqlx::Postgres;
    use tracing_subscriber::prelude::*;

    use crate::common::Queue;

    /// A job with more attempts than the worker allows by default.
    pub const PAST_WORKER_LIMIT: &str = "dead";
    /// What restoring an archived job makes of it.
    pub const RESTORED: &str = "pending";
    /// What becomes of the other jobs of a fail-fast batch.
    pub const REST_OF_A_BATCH: &str = "failed";
    /// Whether its workers release or fail the jobs that depend on theirs.
    pub const RELEASES_CHILDREN: bool = true;

    /// Gives the spans of this program real OpenTelemetry contexts.
    pub fn subscribe() {
        let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("interop"));
        opentelemetry::global::set_tracer_provider(provider); // the layer alone does not keep it alive
        tracing_subscriber::registry().with(layer).init();
    }

    pub async fn take(queue: &Queue, name: &str) -> Result<Option<Job>> {
        queue.dequeue(name).await
    }

    /// With a key that is made for this run and kept nowhere.
    pub async fn enqueue_encrypted(queue: &Queue, job: Job) -> Result<JobId> {
        let config = EncryptionConfig::new(EncryptionAlgorithm::AES256GCM)
            .with_key_source(KeySource::Generated("env://INTEROP_KEY".to_string()))
            .with_key_id("interop-1");
        let engine = EncryptionEngine::new(config.clone())
            .await
            .map_err(|error| HammerworkError::Encryption { message: error.to_string() })?;
        Queue::new(queue.pool.clone()).with_encryption(engine).enqueue(job.with_encryption(config)).await
    }

    pub async fn pause(queue: &Queue, name: &str) -> Result<()> {
        queue.pause_queue(name, Some("operations")).await
    }

    pub async fn paused(queue: &Queue) -> Result<Vec<String>> {
        Ok(queue.get_paused_queues().await?.into_iter().map(|pause| pause.queue_name).collect())
    }

    pub fn short_lease(worker: Worker<Postgres>) -> Worker<Postgres> {
        worker.with_lease_duration(std::time::Duration::from_secs(1))
    }
}

#[tokio::main]
async fn main() -> Result<(), common::Failure> {
    common::run().await
}
