#!/bin/bash
# debug-report.sh RESULTS: results/debug.md, from what a full make check-debug gave
# and its logs.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

results=$1
hosts=(debug-stress kcsan-guests kcsan-stress)

# figure HOST NAME: from the table that the stress printed there.
figure() { tr -d '\r' <"$LOGS/check-$1-1.log" | sed -n "s|^stress $2: ||p" | tail -n 1; }

# of HOST WORD: how many results begin so.
of() { grep -cE "^$2 - $1: " "$results" || :; }

# tree HOST: what it ran.
tree() { sed -nE "s/^$1 had [0-9]+ //p" "$results"; }

cat <<END
# What finds faults at run time

Written by \`make check-debug\` on $(date -u +%F). Linux $BASE_VERSION
and the series; $(gcc --version | head -n 1); $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1),
$(nproc) CPUs; $("$ROOT/qemu-system-x86_64" --version | head -n 1),
$(nested_kvm && echo KVM || echo 'TCG, emulation').

| host | tree | looks for faults with | passed | failed | skipped |
|---|---|---|---:|---:|---:|
| debug | $(tree debug) | KASAN, UBSAN, lockdep (PROVE_LOCKING, PROVE_RCU), DEBUG_ATOMIC_SLEEP, DEBUG_OBJECTS, DEBUG_PAGEALLOC, DEBUG_VM, SLUB debugging, kmemleak | $(of debug ok) | $(of debug 'not ok') | $(of debug skip) |
| kcsan | $(tree kcsan) | KCSAN, strict, with its model of weak memory | $(of kcsan ok) | $(of kcsan 'not ok') | $(of kcsan skip) |

A tree is named as by \`git rev-parse elastic^{tree}\`. Both had KUnit and the selftests of
tests/debug.list, and tests/parallel.list with KCSAN.

$(sed -nE "/^(not ok|skip)/{s/[,;] (see )?${LOGS//\//.}[^ ]*//; s/^/- /p}" "$results")

## The stress

guest/kvm-stress.c, for 15 minutes at least in each; with KCSAN, a third of it on one CPU with
guests, the rest on two without, where threads run side by side (docs/design.md says why).

| | debug | kcsan, guests | kcsan, two CPUs |
|---|---:|---:|---:|
END
tr -d '\r' <"$LOGS/check-${hosts[0]}-1.log" | sed -n 's/^stress \(.*\): [0-9]*$/\1/p' |
while read -r name; do
	printf '| %s |' "$name"
	for host in "${hosts[@]}"; do
		printf ' %s |' "$(figure "$host" "$name")"
	done
	printf '\n'
done
if ! grep -q '^not ok' "$results"; then
	cat <<-END

	After it, no VM was left, the memory cgroup's kernel memory was back below 128 KiB, and
	kmemleak found nothing.
	END
fi
cat <<END

## Data races

Races that KCSAN reported in KVM, by their two functions; the base ran the same stress. What
it did not show is in lines that the series leaves as they are (tests/races.known).

| race | seen in the base | |
|---|---|---|
END
while read -r race; do
	base=no
	! grep -qxF -e "$race" "$LOGS/races-base" || base='in this run'
	reason=$(sed -n "s|^$race: ||p" "$TESTS/races.known")
	printf '| %s | %s | %s |\n' "$race" "$base" "$reason"
done <"$LOGS/races-patched"
echo
echo "The base has $(grep -vcxFf "$LOGS/races-patched" "$LOGS/races-base" || :) more that the patched host did not show."
