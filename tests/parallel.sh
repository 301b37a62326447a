#!/bin/bash
# Some selftests, those of tests/parallel.list, in a patched host with two CPUs:
# emulation of several is not reliable once guests run (docs/design.md), but
# these run none.
SMP=2 LIST=$(dirname "$0")/parallel.list exec "$(dirname "$0")/selftests.sh"
