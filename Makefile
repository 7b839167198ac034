# make test      the whole suite; as root on Debian it installs the servers first
# make build     one static binary, ./postroom
# make demo      the program with sample mail, no account needed
# make lint      golangci-lint in the pinned version; make fmt mends the form
# make fuzz      every fuzzer for FUZZTIME
# make crash     kills, crash points and power cuts in their full form: an hour
# make claims    of those, only 100,000 conversations taken by eight processes
# make bench     benchmarks, ready for benchstat
# make cover     what the tests reach, as coverage.out and a total

GOLANGCI_LINT_VERSION := v2.15.0
GOVULNCHECK_VERSION   := v1.9.0

FUZZTIME ?= 20s
TIMEOUT  ?= 8m
COUNT    ?= 6
PACKAGES ?= ./...

.PHONY: test build demo lint fmt vuln tools fuzz crash claims bench cover servers

# SQLite is C translated to Go: it keeps its own locks, and nearly all its memory
# outside of Go's heap, where the race detector does not look. Looking there all
# the same makes it three times slower. The driver and all else are watched.
RACE = -race $(foreach part,modernc.org/sqlite/lib modernc.org/libc modernc.org/memory,-gcflags=$(part)=-race=false)

test: servers
	scripts/test $(RACE) -shuffle=on -parallel 4 -timeout $(TIMEOUT) -skip '^TestCrash|^TestNobodyFinds|^TestDoctorFinds|^TestScriptsPostgres|^TestSickServersFill|^TestCostIsLinear|^TestLinearCost|^TestConformance/^PostgreSQL|^TestConnectReadAnswerPostgres' $(PACKAGES)
	# Too slow or too large under the race detector: plans on 100,000
	# conversations, every command in every role, all that the doctor finds, what
	# has run on SQLite once more on PostgreSQL, how much memory sick servers can fill, what
	# megabytes cost to clean and to parse, and the tests that kill the program,
	# in their short form. The first line has vetted them already.
	scripts/test -vet=off -run '^TestPlans|^TestNobodyFinds|^TestDoctorFinds|^TestScriptsPostgres|^TestSickServersFill|^TestCostIsLinear|^TestLinearCost|^TestCrash|^TestConformance/^PostgreSQL|^TestConnectReadAnswerPostgres' ./desk/safe ./store ./connector/parse ./connector ./cmd/postroom

servers:
	@scripts/servers

build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o postroom ./cmd/postroom

demo: build
	./postroom demo

# The tools are built apart from go.mod: what they depend on is not ours.
GOLANGCI_LINT = scripts/tool github.com/golangci/golangci-lint/v2/cmd/golangci-lint $(GOLANGCI_LINT_VERSION)
GOVULNCHECK   = scripts/tool golang.org/x/vuln/cmd/govulncheck $(GOVULNCHECK_VERSION)

lint:
	tool=$$($(GOLANGCI_LINT)) && "$$tool" run ./...

fmt:
	tool=$$($(GOLANGCI_LINT)) && "$$tool" fmt ./...

vuln:
	tool=$$($(GOVULNCHECK)) && scripts/vuln "$$tool"

tools:
	$(GOVULNCHECK)
	$(GOLANGCI_LINT)

fuzz:
	scripts/fuzz $(FUZZTIME)

crash: servers
	scripts/crash

claims: servers
	POSTROOM_CRASH=full go test -count=1 -timeout 60m -v -run '^TestCrashClaims$$' ./store

bench:
	go test -run '^$$' -bench . -benchmem -count $(COUNT) -timeout 60m $(PACKAGES)

cover: servers
	go test -coverpkg=./... -coverprofile=coverage.out -timeout $(TIMEOUT) $(PACKAGES)
	go tool cover -func=coverage.out | tail -n 1
