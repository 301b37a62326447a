#!/bin/bash
# make shell: builds what is missing, then a shell in the booted patched host.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ -t 0 ] || die "a shell needs a terminal" "give a command to scripts/boot.sh: scripts/boot.sh -- COMMAND"
step 1/3 "the tree with its patches" tree "$TOP/scripts/tree.sh"
step 2/3 "the kernel (6 to 20 minutes on 2 cores the first time)" build-patched-x86 "$TOP/scripts/build.sh" patched x86
step 3/3 "a Debian $ROOT_SUITE root with QEMU" root "$TOP/scripts/root.sh"
exec "$TOP/scripts/boot.sh" --tree patched --root
