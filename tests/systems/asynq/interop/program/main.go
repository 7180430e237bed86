// Runs one phase of one release of Asynq against the Redis of REDIS_URL, a server or a cluster, and prints records, one a line.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/hibiken/asynq"
)

type record map[string]any

func tell(one record) {
	text, err := json.Marshal(one)
	must(err)
	fmt.Println(string(text))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type program struct {
	connection asynq.RedisConnOpt
	client     *asynq.Client
	inspector  *asynq.Inspector
}

func connectionTo(url string) asynq.RedisConnOpt {
	if node, ok := strings.CutPrefix(url, "redis+cluster://"); ok {
		return asynq.RedisClusterClientOpt{Addrs: []string{node}}
	}
	connection, err := asynq.ParseRedisURI(url)
	must(err)
	return connection
}

func main() {
	connection := connectionTo(os.Getenv("REDIS_URL"))
	p := &program{connection, asynq.NewClient(connection), asynq.NewInspector(connection)}
	phase, queues := os.Args[1], os.Args[2:]
	switch phase {
	case "fill":
		p.fill()
	case "prepare":
		p.prepare()
	case "view":
		p.view()
	case "work":
		p.work(queues, false)
	case "hold":
		p.hold(queues[0])
	case "lock":
		p.lock()
	default:
		must(fmt.Errorf("no phase %q", phase))
	}
}
