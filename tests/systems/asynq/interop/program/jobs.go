package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
)

const outerTrace = "0af7651916cd43dd8448eb211c80319c"

func traceparent(number int) string {
	return fmt.Sprintf("00-%s-%016x-01", outerTrace, 0xb7ad6b7169203300+uint64(number))
}

// What a task is to do, and where an application before 0.26 keeps its trace context.
type payload struct {
	Does     string            `json:"does"`
	Metadata map[string]string `json:"metadata,omitempty"`
}

func (p *program) enqueue(name string, task *asynq.Task, facts record, options ...asynq.Option) *asynq.TaskInfo {
	info, err := p.client.Enqueue(task, options...)
	must(err)
	one := record{"made": name, "queue": info.Queue, "id": info.ID}
	for key, value := range facts {
		one[key] = value
	}
	tell(one)
	return info
}

func (p *program) make(name, queue, does string, options ...asynq.Option) *asynq.TaskInfo {
	bytes, err := json.Marshal(payload{Does: does})
	must(err)
	return p.enqueue(name, asynq.NewTask("app:"+does, bytes), nil, append(options, asynq.Queue(queue))...)
}

// Its server ends when nothing of the queues is left to do.
func (p *program) fill() {
	for number := 0; number < 5; number++ {
		p.make(fmt.Sprintf("order %d", number), "order", "succeed")
	}
	p.make("the same id", "order", "succeed", asynq.TaskID("daily: {report}"))
	p.make("the same id, other queue", "Other {Queue}", "succeed", asynq.TaskID("daily: {report}"))
	p.make("later", "later", "succeed", asynq.ProcessIn(time.Hour), asynq.Unique(time.Hour), asynq.MaxRetry(7))
	p.enqueue("bytes", asynq.NewTask("app:bytes", []byte{0x82, 0xa2, 0xff, 0}), nil, asynq.Queue("later"), asynq.ProcessIn(time.Hour))
	p.enqueue("nothing", asynq.NewTask("app:nothing", nil), nil, asynq.Queue("later"), asynq.ProcessIn(time.Hour))
	bytes, err := json.Marshal(payload{Does: "succeed", Metadata: map[string]string{"traceparent": traceparent(1)}})
	must(err)
	traced := record{"trace_id": outerTrace}
	p.enqueue("traced by payload", asynq.NewTask("app:succeed", bytes), traced, asynq.Queue("later"), asynq.ProcessIn(time.Hour))
	p.addHeaders()
	p.make("done", "runs", "succeed", asynq.Retention(time.Hour))
	p.make("given up", "runs", "fail", asynq.MaxRetry(0))
	p.make("not tried again", "runs", "skip", asynq.MaxRetry(5))
	p.make("tried again", "runs", "fail", asynq.MaxRetry(5))
	p.work([]string{"runs"}, true)
	by_hand := p.make("archived by hand", "runs", "succeed")
	must(p.inspector.ArchiveTask("runs", by_hand.ID))
	p.make("held back", "held", "succeed")
	must(p.inspector.PauseQueue("held"))
	p.addGroup("waits for its group", "grouped")
	p.make("in hand", "hands", "hang")
}

func (p *program) prepare() {
	p.make("mended", "mend", "fail", asynq.MaxRetry(0), asynq.Retention(time.Hour))
	p.make("mended anew", "mend", "fail", asynq.MaxRetry(3), asynq.Retention(time.Hour))
	p.make("left alone", "mend", "fail", asynq.MaxRetry(0))
	p.work([]string{"mend"}, true)
	p.make("hastened", "hurry", "succeed", asynq.ProcessIn(time.Hour), asynq.Retention(time.Hour))
	p.make("unwanted", "drop", "succeed")
	p.make("unwanted later", "drop", "succeed", asynq.ProcessIn(time.Hour))
	p.make("wanted", "drop", "succeed", asynq.Retention(time.Hour))
	p.make("kept", "keep", "succeed", asynq.Retention(time.Hour), asynq.Unique(time.Hour))
	p.make("waits for the pause", "stop", "succeed", asynq.Retention(time.Hour))
	p.make("in hand", "hands", "hang")
	p.addGroup("out of its group", "grouped")
}

// Whether a task with the lock of "kept" may be made.
func (p *program) lock() {
	bytes, err := json.Marshal(payload{Does: "succeed"})
	must(err)
	_, err = p.client.Enqueue(asynq.NewTask("app:succeed", bytes), asynq.Queue("keep"), asynq.Unique(time.Second), asynq.TaskID("the lock"))
	if err != nil && !errors.Is(err, asynq.ErrDuplicateTask) {
		must(err)
	}
	if err == nil {
		must(p.inspector.DeleteTask("keep", "the lock"))
	}
	tell(record{"free": err == nil})
}
