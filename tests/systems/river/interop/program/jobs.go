package main

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// program is the application: jobs of one kind, whose arguments say how they end.
type program[TTx any] struct {
	driver riverdriver.Driver[TTx]
	worker *worker
}

type task struct {
	Does        string `json:"does"`
	Traceparent string `json:"traceparent,omitempty"`
}

func (task) Kind() string { return "app.task" }

// inAnHour: what failed waits for its next attempt for as long as it is looked at.
type inAnHour struct{}

func (inAnHour) NextRetry(*rivertype.JobRow) time.Time { return time.Now().Add(time.Hour) }

type worker struct {
	river.WorkerDefaults[task]
	mutex   sync.Mutex
	running map[int64]bool
}

func (w *worker) mark(id int64, running bool) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.running[id] = running
}

func (w *worker) is(id int64) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.running[id]
}

func (w *worker) Timeout(*river.Job[task]) time.Duration { return -1 }

func (w *worker) Work(ctx context.Context, job *river.Job[task]) error {
	w.mark(job.ID, true)
	defer w.mark(job.ID, false)
	tell(record{"ran": job.ID, "attempt": job.Attempt})
	switch job.Args.Does {
	case "fail":
		return errors.New("it went wrong: \"quoted\"")
	case "fail once":
		if job.Attempt == 1 {
			return errors.New("the first try went wrong")
		}
	case "panic":
		panic("out of order")
	case "cancel":
		return river.JobCancel(errors.New("no longer wanted"))
	case "snooze":
		return river.JobSnooze(time.Hour)
	case "nap":
		time.Sleep(nap)
	case "output":
		return river.RecordOutput(ctx, record{"rows": 3})
	case "hang":
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

func (p *program[TTx]) migrate(ctx context.Context) {
	migrator, err := rivermigrate.New(p.driver, nil)
	must(err)
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	must(err)
}

// client works on these queues, one job at a time; without any it only inserts.
func (p *program[TTx]) client(queues []string) *river.Client[TTx] { return p.clientOf(queues, 1) }

// clientOf works on so many jobs of each queue at a time.
func (p *program[TTx]) clientOf(queues []string, most int) *river.Client[TTx] {
	p.worker = &worker{running: map[int64]bool{}}
	workers := river.NewWorkers()
	river.AddWorker(workers, p.worker)
	config := &river.Config{
		ID:                "client ☕ 1",
		RetryPolicy:       inAnHour{},
		Logger:            slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError + 1})),
		FetchCooldown:     10 * time.Millisecond,
		FetchPollInterval: 100 * time.Millisecond,
		Workers:           workers,
	}
	if len(queues) > 0 {
		config.Queues = map[string]river.QueueConfig{}
		for _, queue := range queues {
			config.Queues[queue] = river.QueueConfig{MaxWorkers: most}
		}
	}
	trace(config)
	client, err := river.NewClient(p.driver, config)
	must(err)
	return client
}

func (p *program[TTx]) jobs(ctx context.Context, client *river.Client[TTx]) []*rivertype.JobRow {
	list, err := client.JobList(ctx, river.NewJobListParams().First(1000).States(rivertype.JobStates()...))
	must(err)
	if len(list.Jobs) == 1000 {
		log.Fatal("more jobs than are listed")
	}
	return list.Jobs
}

// isIdle: of these queues no job runs or could run.
func (p *program[TTx]) isIdle(ctx context.Context, client *river.Client[TTx], queues []string) bool {
	paused := map[string]bool{}
	list, err := client.QueueList(ctx, river.NewQueueListParams().First(1000))
	must(err)
	for _, queue := range list.Queues {
		paused[queue.Name] = queue.PausedAt != nil
	}
	for _, job := range p.jobs(ctx, client) {
		for _, queue := range queues {
			due := !paused[queue] && !job.ScheduledAt.After(time.Now())
			waits := job.State == rivertype.JobStateAvailable || job.State == rivertype.JobStateScheduled ||
				job.State == rivertype.JobStateRetryable
			if job.Queue == queue && (p.worker.is(job.ID) || job.State == rivertype.JobStateRunning || (waits && due)) {
				return false
			}
		}
	}
	return true
}

// work is the library's worker until it finds nothing more in these queues; each run is told.
func (p *program[TTx]) work(ctx context.Context, queues []string) {
	client := p.client(queues)
	must(client.Start(ctx))
	time.Sleep(500 * time.Millisecond) // what is paused or not due must have its chance to be taken
	until("the queues are idle", func() bool { return p.isIdle(ctx, client, queues) })
	must(client.Stop(ctx))
}

// hold is the library's worker until it is killed.
func (p *program[TTx]) hold(ctx context.Context, queues []string) {
	must(p.client(queues).Start(ctx))
	select {}
}

func (p *program[TTx]) view(ctx context.Context) {
	client := p.client(nil)
	for _, job := range p.jobs(ctx, client) {
		tell(record{"view": "job", "id": job.ID, "queue": job.Queue, "kind": job.Kind, "state": job.State,
			"priority": job.Priority, "attempt": job.Attempt, "max_attempts": job.MaxAttempts, "created_at": job.CreatedAt,
			"scheduled_at": job.ScheduledAt, "attempted_at": job.AttemptedAt, "finalized_at": job.FinalizedAt,
			"attempted_by": job.AttemptedBy, "errors": job.Errors, "args": jsonText(job.EncodedArgs),
			"metadata": jsonText(job.Metadata), "tags": job.Tags})
	}
	list, err := client.QueueList(ctx, river.NewQueueListParams().First(1000))
	must(err)
	for _, queue := range list.Queues {
		tell(record{"view": "queue", "name": queue.Name, "paused": queue.PausedAt != nil})
	}
}
