#!/bin/bash
# Figures that must not grow, from tests/guards.list, measured in the booted
# patched host.  They count guest instructions or bytes, so they are the same on
# every machine.  A line "run COMMAND" says what to run there; the others are
# FIGURE MAXIMUM, as guest/kvm-cost.c names the figure.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

LIST=$TESTS/guards.list
log=$LOGS/check-guards.log
work=$BUILD/out/guards
mkdir -p "$work/bench"
check guards-build "the patched kernel and guest/kvm-cost.c compile" sh -eu -c "'$TOP/scripts/build.sh' patched x86
	gcc -O2 -Wall -Werror -static -o '$work/bench/kvm-cost' '$TOP/guest/kvm-cost.c'"
if [ "$good" = 0 ]; then
	not_ok "figures that must not grow" "there is nothing to measure them with"
	exit 0
fi
progress "booting the patched kernel, counting instructions"
status=0
"$TOP/scripts/boot.sh" --tree patched --icount --mem 8G --timeout 600 --add "$work/bench" -- \
	"$(sed -n 's/^run //p' "$LIST" | sed '$!s/$/ \&\&/')" >"$log" 2>&1 </dev/null || status=$?
[ "$status" -eq 0 ] || not_ok "figures in the booted host" "$(cause "$log"), $log"
while read -r figure maximum; do
	value=$(tr -d '\r' <"$log" | awk -v name="$figure" '$1 == name { print $2 }' | tail -n 1)
	if [ -z "$value" ]; then
		not_ok "$figure" "it was not measured, $log"
	elif awk "BEGIN { exit !($value <= $maximum) }"; then
		ok "$figure: $value, at most $maximum"
	else
		not_ok "$figure" "$value, more than $maximum; $log"
	fi
done < <(grep -vE '^(#|run |$)' "$LIST")
