module queuetrace.example/river

go 1.24.0
