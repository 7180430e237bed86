package main

import (
	"encoding/base64"
	"time"

	"github.com/hibiken/asynq"
)

func moment(time time.Time) any {
	if time.IsZero() {
		return nil
	}
	return time.UTC()
}

func (p *program) tellTask(task *asynq.TaskInfo) {
	tell(record{"view": "task", "queue": task.Queue, "id": task.ID, "kind": task.Type, "state": task.State.String(),
		"retries": task.MaxRetry, "retried": task.Retried, "error": task.LastErr, "due_at": moment(task.NextProcessAt),
		"finished_at": moment(task.CompletedAt), "group": groupOf(task),
		"payload": base64.StdEncoding.EncodeToString(task.Payload), "result": base64.StdEncoding.EncodeToString(task.Result)})
}

// view is what the Inspector says of every task, queue and task in hand.
func (p *program) view() {
	queues, err := p.inspector.Queues()
	must(err)
	for _, queue := range queues {
		info, err := p.inspector.GetQueueInfo(queue)
		must(err)
		tell(record{"view": "queue", "queue": queue, "paused": info.Paused, "size": info.Size + info.Completed, "pending": info.Pending,
			"active": info.Active, "scheduled": info.Scheduled, "retry": info.Retry, "archived": info.Archived, "completed": info.Completed})
		lists := []func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error){p.inspector.ListPendingTasks, p.inspector.ListActiveTasks,
			p.inspector.ListScheduledTasks, p.inspector.ListRetryTasks, p.inspector.ListArchivedTasks, p.inspector.ListCompletedTasks}
		for _, list := range lists {
			tasks, err := list(queue, asynq.PageSize(1000))
			must(err)
			for _, task := range tasks {
				p.tellTask(task)
			}
		}
		p.tellGroups(queue)
	}
	servers, err := p.inspector.Servers()
	must(err)
	for _, server := range servers {
		for _, worker := range server.ActiveWorkers {
			tell(record{"view": "worker", "id": worker.TaskID, "host": server.Host, "process": server.PID, "server": server.ID,
				"started_at": worker.Started.UTC()})
		}
	}
}
