#!/bin/bash
# Some selftests, those of tests/debug.list, in a patched host that looks for
# faults (configs/debug.config: KASAN, lockdep, kmemleak) and injects some.
CONFIG=x86+debug LIST=$(dirname "$0")/debug.list exec "$(dirname "$0")/selftests.sh"
