//go:build headers

package main

import (
	"time"

	"github.com/hibiken/asynq"
)

func (p *program) addHeaders() {
	headers := map[string]string{"traceparent": traceparent(2), "tracestate": "a=1", "user": "ü"}
	task := asynq.NewTaskWithHeaders("app:succeed", []byte(`{"does":"succeed"}`), headers)
	p.enqueue("traced by headers", task, record{"trace_id": outerTrace}, asynq.Queue("later"), asynq.ProcessIn(time.Hour))
}
