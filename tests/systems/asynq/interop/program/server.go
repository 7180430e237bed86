package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
)

// handler does what the payload says; what fails while it is filled succeeds later.
type handler struct{ filling bool }

func (h handler) ProcessTask(ctx context.Context, task *asynq.Task) error {
	var what payload
	must(json.Unmarshal(task.Payload(), &what))
	id, _ := asynq.GetTaskID(ctx)
	queue, _ := asynq.GetQueueName(ctx)
	if !h.filling {
		tell(record{"ran": id, "queue": queue})
	}
	switch {
	case what.Does == "hang":
		<-ctx.Done()
		return ctx.Err()
	case what.Does == "skip":
		return fmt.Errorf("no use: %w", asynq.SkipRetry)
	case what.Does == "fail" && h.filling:
		return errors.New("it went wrong: \"quoted\"")
	}
	_, err := task.ResultWriter().Write([]byte(`{"done":true}`))
	return err
}

func (p *program) server(queues []string) *asynq.Server {
	weights := map[string]int{}
	for _, queue := range queues {
		weights[queue] = 1
	}
	delay := func(int, error, *asynq.Task) time.Duration { return time.Hour }
	return asynq.NewServer(p.connection, asynq.Config{Concurrency: 1, Queues: weights, RetryDelayFunc: delay, LogLevel: asynq.FatalLevel})
}

func (p *program) busy(queues []string) bool {
	for _, queue := range queues {
		info, err := p.inspector.GetQueueInfo(queue)
		must(err)
		if !info.Paused && info.Pending+info.Active > 0 {
			return true
		}
	}
	return false
}

// work runs the library's server until nothing more of these queues is pending or active.
func (p *program) work(queues []string, filling bool) {
	server := p.server(queues)
	must(server.Start(handler{filling}))
	for p.busy(queues) {
		time.Sleep(50 * time.Millisecond)
	}
	server.Shutdown()
}

func (p *program) hold(queue string) {
	must(p.server([]string{queue}).Start(handler{true}))
	select {}
}
