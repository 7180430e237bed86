//! What the programs of all releases share: `fill` and `prepare` make jobs with the crate's own writers, `view` prints the
//! crate's own answers about them, `work` runs its workers, `drain` takes what is left in the order they would. JSON lines
//! on stdout; DATABASE_URL in.
//! What differs between releases is in `crate::release` (src/main.rs of each).
mod drain;
mod fill;
mod groups;
mod kept;
mod made;
mod prepare;
mod traces;
mod view;
mod work;

use std::sync::Arc;

use hammerwork::migrations::postgres::PostgresMigrationRunner;
use hammerwork::migrations::MigrationManager;
use sqlx::{PgPool, Postgres};

pub type Failure = Box<dyn std::error::Error + Send + Sync>;
pub type Queue = hammerwork::JobQueue<Postgres>;

pub async fn run() -> Result<(), Failure> {
    let pool = PgPool::connect(&std::env::var("DATABASE_URL")?).await?;
    let queue = Arc::new(Queue::new(pool.clone()));
    match std::env::args().nth(1).as_deref() {
        Some("migrate") => {
            // The runner of 1.8 to 1.15 gives up in the middle; what it reached is what a real database has.
            let outcome = MigrationManager::new(Box::new(PostgresMigrationRunner::new(pool))).run_migrations().await;
            operation("migrations", outcome.map_err(|error| error.to_string()));
            Ok(())
        }
        Some("fill") => fill::fill(queue).await,
        Some("prepare") => prepare::prepare(queue).await,
        Some("work") => work::run(queue).await,
        Some("hang") => work::hang(queue).await,
        Some("view") => view::view(queue).await,
        Some("drain") => drain::drain(queue).await,
        _ => Err("usage: migrate | fill | prepare | work | view | drain".into()),
    }
}

pub fn print(line: serde_json::Value) {
    println!("{line}");
}

/// Says how the crate took an operation that not every release can do.
fn operation<T>(name: &str, outcome: Result<T, String>) {
    match outcome {
        Ok(_) => print(serde_json::json!({"operation": name, "done": true})),
        Err(reason) => print(serde_json::json!({"operation": name, "done": false, "reason": reason})),
    }
}
