# Two commands matter: make run, make test.
GO_MIN  := 1.26
BIN     := bin/truename
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X github.com/truename-dns/truename/internal/app.Version=$(VERSION)
SHELL   := /bin/bash

export CGO_ENABLED := 0

.PHONY: build run test check bench fuzz soak generate ui screenshots clean go deps

build: go ## Build the static binary bin/truename
	go build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/truename

run: build ## Serve the example zones on loopback
	$(BIN) serve --zones examples --data truename-data --dns 127.0.0.1:5300 --http 127.0.0.1:8053

test: go deps build ## Install what the tests need and run them all
	scripts/test.sh

check: go ## gofmt, go vet, staticcheck
	scripts/check.sh

bench: build ## Measure beside nsd, knotd, named, pdns_server and a bare echo loop
	scripts/install-test-deps.sh --bench
	go run ./bench

fuzz: go ## Fuzz every parser, FUZZTIME each (default 1m)
	scripts/fuzz.sh

soak: build ## Let targets flap under load for SOAKTIME (default 10m)
	TRUENAME_BIN=$(CURDIR)/$(BIN) go test ./conformance/internet -run TestSoak -soak $(or $(SOAKTIME),10m) -timeout 0 -v -count=1

generate: go ## Write what is generated anew; leaves no difference where nothing changed
	go run ./scripts/rules > docs/rules.md.new && mv docs/rules.md.new docs/rules.md
	go run ./scripts/openapi > api/openapi.json.new && mv api/openapi.json.new api/openapi.json

ui: ## Build the dashboard into internal/face/web/dist
	cd ui && npm ci && npm run check && npm run build

screenshots: build ## Pictures of every page into docs/screenshots
	cd ui && npm ci && npm run screenshots

deps:
	scripts/install-test-deps.sh

go:
	@scripts/need-go.sh $(GO_MIN)

clean:
	rm -rf bin bench/work truename-data
