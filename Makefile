# Everything that a change must pass, on a laptop and in CI alike.
#   make test      set the machine up, check the format, vet, run every test
#   make lint      format, vet, staticcheck, known vulnerabilities
#   make generate  regenerate, and fail if anything that is committed changes
#   make bench     run the benchmarks
#   make bench-mass   2,000 targets on loopback, beside nmap and sslscan
#   make build     a static binary in bin/

PACKAGES ?= ./...

.PHONY: all setup format vet test lint generate bench bench-mass build
all: build

setup:
	@scripts/setup

format:
	@scripts/format

vet:
	go vet $(PACKAGES)

# In CI (CI=true) a skip that scripts/expected-skips.txt does not list fails.
test: setup
	@scripts/each scripts/format 'go vet $(PACKAGES)' \
		'go run ./scripts/testsummary -skips scripts/expected-skips.txt $(if $(filter true,$(CI)),-strict) -- -count=1 -timeout 60m $(PACKAGES)'

lint:
	@scripts/each scripts/format 'go vet $(PACKAGES)' 'go tool staticcheck $(PACKAGES)' scripts/vulnerabilities

generate:
	@scripts/generated

bench:
	go test -run '^$$' -bench . -skip '^BenchmarkMass$$' -benchmem $(PACKAGES)

# The others are given 200 of the targets, which is enough to tell their pace.
bench-mass:
	go test ./scan -run '^$$' -bench '^BenchmarkMass$$' -benchtime 1x -timeout 30m

build:
	CGO_ENABLED=0 go build -trimpath -o bin/middlebrick ./cmd/middlebrick
