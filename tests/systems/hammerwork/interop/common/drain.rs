//! Takes every job that can be taken from each queue named on stdin, one by one, as a worker does.
use std::io::BufRead;
use std::sync::Arc;

use serde_json::json;

use super::{print, Failure, Queue};
use crate::release;

pub async fn drain(queue: Arc<Queue>) -> Result<(), Failure> {
    for name in std::io::stdin().lock().lines() {
        let name = name?;
        let mut order = Vec::new();
        while let Some(job) = release::take(&queue, &name).await? {
            order.push(job.id.to_string());
        }
        print(json!({"drained": name, "order": order}));
    }
    Ok(())
}
