package main

import (
	"context"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/riverqueue/river"
)

const (
	batch    = 1000
	atOnce   = 5 // jobs of each queue, in each client
	nap      = 20 * time.Millisecond
	fromHere = "race_from"
)

// race inserts so many jobs: one in ten is not wanted, some are not due yet, some fail at first.
func (p *program[TTx]) race(ctx context.Context, count string) {
	number, err := strconv.Atoi(count)
	must(err)
	client := p.client(nil)
	soon := time.Now().Add(30 * time.Second)
	for first := 0; first < number; first += batch {
		var jobs []river.InsertManyParams
		for n := first; n < min(first+batch, number); n++ {
			args, options := task{Does: "nap"}, &river.InsertOpts{Queue: fromHere, Priority: 1 + n%4}
			if n%10 == 7 {
				args.Does = "unwanted"
			} else if n%9 == 4 {
				args.Does = "fail once"
			}
			if n%7 == 3 {
				options.ScheduledAt = soon
			}
			jobs = append(jobs, river.InsertManyParams{Args: args, InsertOpts: options})
		}
		inserted, err := client.InsertMany(ctx, jobs)
		must(err)
		for number, one := range inserted {
			tell(record{"id": one.Job.ID, "fails": jobs[number].Args.(task).Does == "fail once"})
		}
	}
}

// serve is the library's worker until it is told to end.
func (p *program[TTx]) serve(ctx context.Context, queues []string) {
	client := p.clientOf(queues, atOnce)
	must(client.Start(ctx))
	told, cancel := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer cancel()
	<-told.Done()
	must(client.Stop(ctx))
}
