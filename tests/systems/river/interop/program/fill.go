package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

func jsonText(bytes []byte) json.RawMessage { return bytes }

const outerTrace = "0af7651916cd43dd8448eb211c80319c"

func metadata(text string) []byte { return []byte(text) }

func traceparent(number int) string {
	return fmt.Sprintf("00-%s-%016x-01", outerTrace, 0xb7ad6b7169203300+uint64(number))
}

// maker inserts jobs and tells what must become of them.
type maker[TTx any] struct {
	program *program[TTx]
	client  *river.Client[TTx]
}

func (m *maker[TTx]) make(ctx context.Context, name string, state string, args task, options river.InsertOpts, facts record) int64 {
	result, err := m.client.Insert(ctx, args, &options)
	must(err)
	one := record{"made": name, "id": result.Job.ID, "state": state}
	for key, value := range facts {
		one[key] = value
	}
	if facts["trace_id"] == nil {
		if id := traceOf(result.Job.Metadata); id != "" {
			one["trace_id"] = id
		}
	}
	tell(one)
	return result.Job.ID
}

func traceOf(metadata []byte) string {
	var members map[string]any
	must(json.Unmarshal(metadata, &members))
	text, _ := members["traceparent"].(string)
	if len(text) < 35 {
		return ""
	}
	return text[3:35]
}

// fill makes a job of every kind and lets the library's worker bring them where they must be.
func (p *program[TTx]) fill(ctx context.Context) {
	client := p.client(nil)
	m := &maker[TTx]{p, client}
	outer := func(number int) record {
		return record{"trace_id": outerTrace, "span_id": fmt.Sprintf("%016x", 0xb7ad6b7169203300+uint64(number))}
	}
	later := time.Now().Add(time.Hour)
	m.make(ctx, "waits", "pending", task{Does: "nothing"}, river.InsertOpts{Queue: "order"}, nil)
	m.make(ctx, "goes first", "pending", task{Does: "nothing"}, river.InsertOpts{Queue: "order", Priority: 1}, nil)
	m.make(ctx, "goes last", "pending", task{Does: "nothing"}, river.InsertOpts{Queue: "order", Priority: 4}, nil)
	due := m.make(ctx, "is due for long", "pending", task{Does: "nothing"},
		river.InsertOpts{Queue: "order", ScheduledAt: time.Now().Add(-time.Hour)}, nil)
	m.make(ctx, "in metadata", "pending", task{Does: "nothing"},
		river.InsertOpts{Queue: "traced", Metadata: metadata(`{"traceparent": "` + traceparent(1) + `"}`)}, handmade(outer(1)))
	m.make(ctx, "in arguments", "pending", task{Does: "nothing", Traceparent: traceparent(2)},
		river.InsertOpts{Queue: "traced", Tags: []string{"first_tag", "second_tag"}}, handmade(outer(2)))
	m.make(ctx, "later", "scheduled", task{Does: "nothing"}, river.InsertOpts{Queue: "worked", ScheduledAt: later}, nil)
	m.make(ctx, "before the pause", "completed", task{Does: "nothing"}, river.InsertOpts{Queue: "paused"}, nil)
	m.make(ctx, "unique", "completed", task{Does: "nothing"},
		river.InsertOpts{Queue: "worked", UniqueOpts: river.UniqueOpts{ByArgs: true, ByQueue: true}}, nil)
	for _, one := range []struct {
		name, state, does string
		most              int
		note              string
	}{
		{"with a result", "completed", "output", 3, ""},
		{"failed once", "retrying", "fail", 3, ""},
		{"gave up", "dead", "fail", 1, ""},
		{"panicked", "dead", "panic", 1, ""},
		{"cancels itself", "cancelled", "cancel", 3, ""},
		{"snoozes", "scheduled", "snooze", 3, "snoozed"},
	} {
		facts := record{}
		if one.note != "" {
			facts["note"] = one.note
		}
		m.make(ctx, one.name, one.state, task{Does: one.does}, river.InsertOpts{Queue: "worked", MaxAttempts: one.most}, facts)
	}
	unwanted := m.make(ctx, "cancelled by a client", "cancelled", task{Does: "nothing"}, river.InsertOpts{Queue: "idle"}, nil)
	_, err := client.JobCancel(ctx, unwanted)
	must(err)

	worker := p.client([]string{"worked", "paused"})
	must(worker.Start(ctx))
	until("the queue to pause is known", func() bool {
		list, err := worker.QueueList(ctx, river.NewQueueListParams().First(1000))
		must(err)
		for _, queue := range list.Queues {
			if queue.Name == "paused" {
				return true
			}
		}
		return false
	})
	until("the jobs are worked", func() bool { return p.isIdle(ctx, worker, []string{"worked", "paused"}) })
	until("what is due is available", func() bool { return p.stateOf(ctx, worker, due) == rivertype.JobStateAvailable })
	must(worker.QueuePause(ctx, "paused", nil))
	must(worker.Stop(ctx))
	worker = p.client([]string{"paused", "hung"}) // knows of the pause before it takes anything
	must(worker.Start(ctx))
	m.make(ctx, "behind a pause", "pending", task{Does: "nothing"}, river.InsertOpts{Queue: "paused"}, nil)
	hung := m.make(ctx, "left running", "running", task{Does: "hang"}, river.InsertOpts{Queue: "hung"}, nil)
	until("the last job runs", func() bool { return p.stateOf(ctx, worker, hung) == rivertype.JobStateRunning })
	os.Exit(0) // as if killed: its job stays as it is
}

func (p *program[TTx]) stateOf(ctx context.Context, client *river.Client[TTx], id int64) rivertype.JobState {
	job, err := client.JobGet(ctx, id)
	must(err)
	return job.State
}

// prepare makes jobs for queuetrace to change.
func (p *program[TTx]) prepare(ctx context.Context) {
	client := p.client(nil)
	m := &maker[TTx]{p, client}
	add := func(name, state, queue, does string, most int) int64 {
		return m.make(ctx, name, state, task{Does: does}, river.InsertOpts{Queue: queue, MaxAttempts: most}, nil)
	}
	add("mended", "dead", "worked", "fail once", 1)
	add("hastened", "retrying", "worked", "fail once", 5)
	add("runs anew", "completed", "worked", "nothing", 5)
	for number := 0; number < 3; number++ {
		add(fmt.Sprintf("purged %d", number), "dead", "worked", "fail", 1)
	}
	worker := p.client([]string{"worked"})
	must(worker.Start(ctx))
	until("the jobs are worked", func() bool { return p.isIdle(ctx, worker, []string{"worked"}) })
	must(worker.Stop(ctx))

	add("unwanted", "pending", "idle", "nothing", 5)
	m.make(ctx, "unwanted later", "scheduled", task{Does: "nothing"},
		river.InsertOpts{Queue: "idle", ScheduledAt: time.Now().Add(time.Hour)}, nil)
	add("hangs", "pending", "hung", "hang", 5)
	add("moved", "pending", "from", "nothing", 5)
	add("stays behind", "pending", "from", "nothing", 5)
	add("waits for the pause", "pending", "pausing", "nothing", 5)
	add("kept: due", "pending", "kept", "nothing", 5)
	m.make(ctx, "kept: later", "scheduled", task{Does: "nothing"},
		river.InsertOpts{Queue: "kept", ScheduledAt: time.Now().Add(time.Hour), Tags: []string{"kept_tag"},
			UniqueOpts: river.UniqueOpts{ByArgs: true, ByQueue: true}}, nil)
}
