//! Jobs with trace ids of every shape that applications store, and with contexts of a real OpenTelemetry span.
use std::sync::Arc;

use hammerwork::{set_job_trace_context, CorrelationId, TraceId};

use super::made::{enqueue, job};
use super::{Failure, Queue};

pub async fn traces(queue: &Arc<Queue>) -> Result<(), Failure> {
    let hex = "4bf92f3577b34da6a3ce929d0e0e4736";
    let dashed = "4BF92F35-77B3-4DA6-A3CE-929D0E0E4736";
    let shapes = [
        ("hex", hex.to_string()),
        ("upper-case uuid", dashed.to_string()),
        ("prefixed uuid", format!("trace-{}", dashed.to_lowercase())),
        ("new", TraceId::new().into_string()),
        ("uuid", uuid::Uuid::new_v4().to_string()),
        ("business key", "order-12345".to_string()),
        ("quotes", "o'brien \"x\" %_\\".to_string()),
        ("empty", String::new()),
        ("zero", "0".repeat(32)),
        ("longest", "t".repeat(128)),
    ];
    for (label, text) in shapes {
        enqueue(queue, &format!("trace {label}"), "pending", job("traces", "succeed").with_trace_id(text)).await?;
    }
    let correlation = CorrelationId::new().into_string();
    for label in ["first", "second"] {
        let one = job("traces", "succeed").with_correlation_id(correlation.clone());
        enqueue(queue, &format!("correlation {label}"), "pending", one).await?;
    }
    let both = job("traces", "succeed").with_tracing_id("checkout-77");
    let parent = enqueue(queue, "tracing id", "pending", both).await?;
    let child = job("traces", "succeed").with_tracing_id("checkout-77").with_parent_span_id(parent.to_string());
    enqueue(queue, "child of a job", "pending", child).await?;
    let w3c = format!("00-{hex}-00f067aa0ba902b7-01");
    let documented = job("traces", "succeed").with_trace_id(hex).with_parent_span_id("00f067aa0ba902b7");
    enqueue(queue, "W3C context", "pending", documented.with_span_context(w3c)).await?;
    let span = tracing::info_span!("checkout");
    for label in ["first", "second"] {
        let mut real = job("traces", "succeed").with_correlation_id("order-12345");
        set_job_trace_context(&mut real, &span);
        if real.trace_id.is_none() {
            return Err("OpenTelemetry gave the span no context".into());
        }
        enqueue(queue, &format!("OpenTelemetry {label}"), "pending", real).await?;
    }
    Ok(())
}
