module queuetrace.example/asynq

go 1.24.0
