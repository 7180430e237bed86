# The two commands to start with: `make demo` and `make test`. One tree, build/release, serves both: `make demo` builds the program
# in it, `make test` adds the tests. Everything else is one CMake preset away.
JOBS ?= $(shell nproc)
# Tests wait for their servers half of the time: two of them share a core.
TESTS_AT_ONCE ?= $(shell expr 2 '*' $(JOBS))
FUZZ_SECONDS ?= 30
PREFIX ?= /usr/local
RELEASE = build/release/queuetrace
DEMO = build/demo.db
# Warnings are errors in CI and for developers (preset dev), not with the compilers of strangers.
WARNINGS_ARE_ERRORS = $(if $(filter true 1,$(CI)),ON,OFF)

.PHONY: help configure build demo test interop bench growth lint tidy sanitize fuzz nightly install dist package package-test clean

help:
	@echo 'make demo     build, write a demo capture and find a trace in it'
	@echo 'make test     build and run every test on throw-away servers'
	@echo 'make interop  compare with the queues'\'' own libraries and span stores (needs cargo, Go, Java, Node.js, Python and their registries)'
	@echo 'make bench    measure against redis-cli, jq and psql in one run'
	@echo 'make growth   measure how costs grow with the number of jobs, and draw docs/growth.svg'
	@echo 'make lint     formatting and static checks'
	@echo 'make tidy     clang-tidy over everything (slow)'
	@echo 'make sanitize run the suite with the address, undefined-behaviour and thread sanitizers (slow)'
	@echo 'make fuzz     build the fuzz targets with clang and run each for FUZZ_SECONDS (30)'
	@echo 'make nightly  all of the slow checks: sanitizers, an hour of each fuzz target, packages, interop'
	@echo 'make install  install under PREFIX (default /usr/local), DESTDIR is honoured'
	@echo 'make dist     make the release, build/queuetrace-VERSION.tar.gz, of what is committed'
	@echo 'make package  make a Debian package, build/queuetrace_VERSION_ARCHITECTURE.deb'
	@echo 'make package-test  install, use and remove it in a clean Debian root (needs root and debootstrap)'

configure:
	@cmake --preset release -DCMAKE_INSTALL_PREFIX=$(PREFIX) -DQUEUETRACE_WERROR=$(WARNINGS_ARE_ERRORS) >build-release.log 2>&1 || \
	  { cat build-release.log; exit 1; }
	@rm -f build-release.log

build:
	@cmake/require-packages build
	@$(MAKE) --no-print-directory configure
	@cmake --build --preset release --target queuetrace -j $(JOBS)

demo: build
	@$(RELEASE) demo --force $(DEMO) --format table
	@echo
	@$(RELEASE) job list -s $(DEMO) --trace-id 7c1e9d54b8a24f0f9e3d6a1b52c8704d --format table --fields state,queue,attempts,error
	@echo
	@$(RELEASE) trace show -s $(DEMO) 7c1e9d54b8a24f0f9e3d6a1b52c8704d -o tree

test:
	@cmake/require-packages build test
	@$(MAKE) --no-print-directory configure
	@cmake --build --preset release -j $(JOBS)
	@ctest --preset release --no-tests=error -j $(TESTS_AT_ONCE)

interop: build
	@cmake/require-packages interop
	@tests/interop/run $(RELEASE)
	@tests/interop/span_stores $(RELEASE)

bench: build
	@cmake/require-packages test bench
	@bench/run $(RELEASE)

growth: build
	@cmake/require-packages test bench
	@bench/growth $(RELEASE) docs/growth.svg

lint:
	@cmake/require-packages lint
	@cmake/lint

tidy:
	@cmake --preset tidy
	@cmake --build --preset tidy -j $(JOBS)

# The thread sanitizer looks at what runs in threads: fan-out, the reader of pages ahead, the watch over answers, top.
THREADED = unit_backends unit_driver_postgres unit_commands system_hammerwork dead_server faults top_screens
space := $() $()
sanitize:
	@cmake/require-packages build test
	@cmake --preset asan
	@cmake --build --preset asan -j $(JOBS)
	@ctest --preset asan --no-tests=error -j $(TESTS_AT_ONCE)
	@cmake --preset tsan
	@cmake --build --preset tsan -j $(JOBS) --target $(THREADED)
	@ctest --preset tsan --no-tests=error -j $(JOBS) -R '^($(subst $(space),|,$(THREADED)))'

fuzz:
	@cmake/require-packages build fuzz
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz -j $(JOBS) --target fuzz_targets
	@tests/fuzz/run build/fuzz $(FUZZ_SECONDS)

nightly:
	@tests/nightly

# One time for all files of the package: that of the commit, which `make dist` gives to the files of a release.
COMMIT_TIME = $${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CMakeLists.txt)}
package: build
	@cmake/require-packages package
	@SOURCE_DATE_EPOCH=$(COMMIT_TIME) sh -c 'cd build/release && cpack -G DEB -B "$(CURDIR)/build" >/dev/null'
	@rm -rf build/_CPack_Packages
	@ls build/queuetrace_*.deb

package-test: package
	@cmake/require-packages package-test
	@SOURCE_DATE_EPOCH=$(COMMIT_TIME) tests/package/reproducible build/release
	@tests/package/run build/queuetrace_*.deb

VERSION = $(shell sed -n '/^project/s/[^0-9]*\([0-9.]*\).*/\1/p' CMakeLists.txt)
dist:
	@mkdir -p build
	@git archive --format=tar --prefix=queuetrace-$(VERSION)/ HEAD | gzip -9n >build/queuetrace-$(VERSION).tar.gz
	@ls build/queuetrace-$(VERSION).tar.gz

install: build
	@DESTDIR=$(DESTDIR) cmake --install build/release --prefix $(PREFIX)

clean:
	rm -rf build
