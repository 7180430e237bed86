//go:build traced

package main

import (
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/riverqueue/rivercontrib/otelriver"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// trace has the library's tracing write the context of each insert into its metadata.
func trace(config *river.Config) {
	middleware := otelriver.NewMiddleware(&otelriver.MiddlewareConfig{
		EnableTracePropagation: true,
		TracerProvider:         sdktrace.NewTracerProvider(),
	})
	config.Middleware = []rivertype.Middleware{middleware}
}

// handmade: the middleware writes its own context over one that the application put into the metadata.
func handmade(record) record { return nil }
