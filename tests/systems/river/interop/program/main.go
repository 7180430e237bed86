// One phase with the real library: migrate, fill, prepare, view, work, hold, race, serve. Prints records in JSON lines.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite"
)

type record map[string]any

func tell(one record) {
	text, err := json.Marshal(one)
	must(err)
	fmt.Println(string(text))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// until waits for what the library does in its own time.
func until(what string, holds func() bool) {
	for end := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			log.Fatal("in vain: ", what)
		}
	}
}

func run[TTx any](driver riverdriver.Driver[TTx], phase string, arguments []string) {
	ctx := context.Background()
	program := &program[TTx]{driver: driver}
	switch phase {
	case "migrate":
		program.migrate(ctx)
	case "fill":
		program.fill(ctx)
	case "prepare":
		program.prepare(ctx)
	case "view":
		program.view(ctx)
	case "work":
		program.work(ctx, arguments)
	case "hold":
		program.hold(ctx, arguments)
	case "race":
		program.race(ctx, arguments[0])
	case "serve":
		program.serve(ctx, arguments)
	default:
		log.Fatal("no phase ", phase)
	}
}

func main() {
	phase, arguments, url := os.Args[1], os.Args[2:], os.Getenv("DATABASE_URL")
	if file, isSqlite := strings.CutPrefix(url, "sqlite:"); isSqlite {
		database, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_txlock=immediate")
		must(err)
		database.SetMaxOpenConns(1)
		run(riversqlite.New(database), phase, arguments)
		return
	}
	pool, err := pgxpool.New(context.Background(), url)
	must(err)
	run(riverpgxv5.New(pool), phase, arguments)
}
