//! Jobs that belong together: batches, parents and children, workflows.
use std::sync::Arc;

use chrono::Utc;
use hammerwork::queue::DatabaseQueue;
use hammerwork::{FailurePolicy, JobBatch, JobGroup, JobId, JobPriority, PartialFailureMode};
use serde_json::json;

use super::made::{attempt, completed, ended, enqueue, job, made, SOON};
use super::work::work;
use super::{print, Failure, Queue};
use crate::release;

pub async fn batch(queue: &Arc<Queue>) -> Result<(), Failure> {
    let jobs = vec![
        job("batch", "succeed").with_trace_id("import-9").with_priority(JobPriority::High),
        job("batch", "succeed"),
        job("batch", "fail"),
    ];
    let ids: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
    let batch = JobBatch::new("import").with_jobs(jobs).with_metadata("file", "a.csv");
    let batch = queue.enqueue_batch(batch).await?;
    print(json!({"batch": batch.to_string(), "jobs": ids.len()}));
    for (label, state, id) in
        [("batch high", "completed", ids[0]), ("batch", "completed", ids[1]), ("batch failing", "dead", ids[2])]
    {
        made(label, state, "batch", id);
    }
    work(queue, "batch", SOON, &ids, ended).await?;

    let mut later = job("quick batch", "succeed");
    later.scheduled_at = Utc::now() + chrono::Duration::hours(1);
    let jobs = vec![job("quick batch", "fail").with_max_attempts(1), later];
    let ids: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
    let batch = JobBatch::new("all or nothing").with_jobs(jobs);
    queue.enqueue_batch(batch.with_partial_failure_handling(PartialFailureMode::FailFast)).await?;
    made("batch breaking", "dead", "quick batch", ids[0]);
    made("batch broken", release::REST_OF_A_BATCH, "quick batch", ids[1]);
    work(queue, "quick batch", SOON, &ids[..1], ended).await
}

pub async fn dependencies(queue: &Arc<Queue>) -> Result<(), Failure> {
    let parent = enqueue(queue, "parent", "pending", job("parents", "succeed")).await?;
    enqueue(queue, "waits for its parent", "blocked", job("children", "succeed").depends_on(&parent)).await?;
    Ok(())
}

pub async fn workflows(queue: &Arc<Queue>) -> Result<(), Failure> {
    let steps = [job("pick", "succeed"), job("pack", "succeed"), job("ship", "succeed")];
    let ids: Vec<JobId> = steps.iter().map(|job| job.id).collect();
    let [pick, pack, ship] = steps;
    let group = JobGroup::new("fulfilment").add_job(pick).then(pack).then(ship);
    let shared = queue.clone();
    if attempt("workflow", async move { shared.enqueue_workflow(group).await }).await.is_none() {
        return Ok(());
    }
    made("first step", "completed", "pick", ids[0]);
    made("second step", if release::RELEASES_CHILDREN { "pending" } else { "blocked" }, "pack", ids[1]);
    made("third step", "blocked", "ship", ids[2]);
    work(queue, "pick", SOON, &ids[..1], completed).await?;

    let (first, second) = (job("broken", "fail"), job("after broken", "succeed"));
    let ids = [first.id, second.id];
    let group = JobGroup::new("breaks").add_job(first).then(second);
    let group = group.with_failure_policy(FailurePolicy::ContinueOnFailure);
    queue.enqueue_workflow(group).await?;
    made("failing step", "dead", "broken", ids[0]);
    made("step after a failure", "failed", "after broken", ids[1]);
    work(queue, "broken", SOON, &ids[..1], ended).await?;
    if !release::RELEASES_CHILDREN {
        queue.fail_job_dependencies(ids[0]).await?;
    }

    let (first, second) = (job("broken", "fail"), job("after broken", "succeed"));
    let ids = [first.id, second.id];
    queue.enqueue_workflow(JobGroup::new("all or nothing").add_job(first).then(second)).await?;
    made("failing step of a strict workflow", "dead", "broken", ids[0]);
    let rest = if release::RELEASES_CHILDREN { "failed" } else { "blocked" };
    made("rest of a strict workflow", rest, "after broken", ids[1]);
    work(queue, "broken", SOON, &ids[..1], ended).await?;

    let (first, second) = (job("unwanted", "succeed"), job("unwanted", "succeed"));
    let ids = [first.id, second.id];
    let group = JobGroup::new("unwanted").add_job(first).then(second);
    let workflow = queue.enqueue_workflow(group).await?;
    queue.cancel_workflow(workflow).await?;
    for id in ids {
        made("cancelled step", "cancelled", "unwanted", id);
    }
    Ok(())
}
