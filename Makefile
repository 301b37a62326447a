# Elastic KVM.  The doors are listed by `make`; the work is in scripts/.

.DEFAULT_GOAL := help
.PHONY: help
help:
	@echo 'Elastic KVM: a KVM whose limits grow with the guest.  Say make and one of:'
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 14 | sed 's/^/  /'
	@echo 'LINUX=/path/to/a/tree uses that instead of a fetched one; BUILD=/dir builds there.'

.PHONY: run shell tree series build setup clean
run: setup ## boot the patched host, see what it supports and a many-vCPU guest in it
	@scripts/run.sh

shell: setup ## an interactive shell in the booted patched host
	@scripts/shell.sh

tree: setup ## make build/linux: the base, and each patch a commit on it
	@scripts/tree.sh

series: ## write build/linux's commits back to patches/
	@scripts/series.sh

build: tree ## build the patched host kernel (and its modules)
	@scripts/build.sh patched x86

.PHONY: deb
deb: tree ## Debian packages to install, CONFIG=/path/to/config (the running kernel's)
	@scripts/deb.sh

.PHONY: check check-all check-debug check-each mutants
check: tree ## the tests; the last line counts what passed, failed and was skipped
	@scripts/check.sh

check-all: tree ## more compilers, configurations, hosts, packages too (PARTS='PART ...')
	@scripts/check.sh all

check-debug: tree ## KUnit, selftests, stress with KASAN, lockdep, KCSAN... (DURATION=SECONDS)
	@scripts/check.sh check-debug

mutants: tree ## break the code on purpose, one fault at a time, and see a test notice
	@scripts/check.sh mutants

check-each: tree ## build every patch on what it concerns, for bisection (COMMITS=A..B)
	@scripts/check.sh each

.PHONY: bench
bench: tree ## measure base and patched side by side, and write results/ (an hour)
	@scripts/bench.sh

.PHONY: mbox rebase
mbox: tree ## write the series as mails, SIGNOFF="Name <mail>"; sends nothing
	@scripts/mbox.sh

rebase: ## which patches apply to another tree: BASE=/path/to/linux
	@scripts/rebase.sh

setup: ## install the Debian packages that are missing
	@scripts/setup.sh

clean: ## remove what was built, but not build/linux, which may hold work
	@b="$${BUILD:-build}"; rm -rf "$$b"/out "$$b"/mutants "$$b"/each "$$b"/deb-test "$$b"/log \
		"$$b"/.check.* "$$b"/base/.out-* "$$b"/linux/.out-*
