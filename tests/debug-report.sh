#!/bin/bash
# debug-report.sh HOST RESULTS: results/debug.md or kcsan.md, from what the host of a
# make check-debug gave and its logs.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

host=$1 results=$2
case $host in
debug)
	title='What finds faults at run time' hosts=(debug-stress) columns=(figure)
	looks='KASAN, UBSAN, lockdep (PROVE_LOCKING, PROVE_RCU), DEBUG_ATOMIC_SLEEP, DEBUG_OBJECTS,
DEBUG_PAGEALLOC, DEBUG_VM, SLUB debugging and kmemleak'
	had='KUnit and the selftests of tests/debug.list' how='for 15 minutes at least'
	;;
kcsan)
	title='Data races at run time' hosts=(kcsan-guests kcsan-stress) columns=('one CPU' 'two CPUs')
	looks='KCSAN, strict, with its model of weak memory'
	had='KUnit and the selftests of tests/debug.list and tests/parallel.list'
	how='for 15 minutes at least, a third of it on one CPU with guests, the rest on
two without, where threads run side by side (docs/design.md says why)'
	;;
esac

# figure HOST NAME: from the table that the stress printed there.
figure() { tr -d '\r' <"$LOGS/check-$1-1.log" | sed -n "s|^stress $2: ||p" | tail -n 1; }

# of WORD: how many results begin so.
of() { grep -c "^$1 - " "$results" || :; }

cat <<END
# $title

Written by \`make check-debug\` on $(date -u +%F). Linux $BASE_VERSION, and with the series the
tree $(git -C "$TREE" rev-parse --short=12 'elastic^{tree}'), as \`git rev-parse elastic^{tree}\` names it; $(gcc --version | head -n 1);
$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(nproc) CPUs; $("$ROOT/qemu-system-x86_64" --version | head -n 1);
$(nested_kvm && echo KVM || echo 'TCG, emulation').

A host that looks for faults with $looks
had $had: $(of ok) passed, $(of 'not ok') failed, $(of skip) skipped.

$(sed -nE "/^(not ok|skip)/{s/[,;] (see )?${LOGS//\//.}[^ ]*//; s/^/- /p}" "$results")

## The stress

guest/kvm-stress.c, $how.

|$(printf ' | %s' "${columns[@]}") |
|---$(printf '|---:%.0s' "${columns[@]}")|
END
tr -d '\r' <"$LOGS/check-${hosts[0]}-1.log" | sed -n 's/^stress \(.*\): [0-9]*$/\1/p' |
while read -r name; do
	printf '| %s |' "$name"
	for each in "${hosts[@]}"; do
		printf ' %s |' "$(figure "$each" "$name")"
	done
	printf '\n'
done
if ! grep -q '^not ok' "$results"; then
	cat <<-END

	After it, no VM was left, and the memory cgroup's kernel memory was back below 128 KiB$(
		[ "$host" = kcsan ] || echo ', and kmemleak found nothing').
	END
fi
[ "$host" = kcsan ] || exit 0
cat <<END

## What was reported

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
