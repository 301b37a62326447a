#!/bin/bash
# The containers' own tests in user space, from the patched tree: unit tests, a
# model, stress, under the compiler's sanitizers; each case a result.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

log=$LOGS/check-harness.log
source=$TREE/tools/testing/kvm

progress "compiling and running the containers in user space"
out=$BUILD/out/patched-harness
mkdir -p "$out"
status=0
make -s -j "$JOBS" -C "$source" O="$out" >"$log" 2>&1 </dev/null || status=$?
if [ "$status" -ne 0 ]; then
	not_ok "the containers compile in user space" "$(cause "$log"), $log"
	exit 0
fi
make -s -C "$source" O="$out" check >"$log" 2>&1 </dev/null || status=$?

program=
while read -r line; do
	case $line in
	'# '/*) program=${line##*/} ;;
	'ok '*) ok "user space, $program: $(sed -E 's/^ok +[0-9]* *-? *//' <<<"$line")" ;;
	'not ok '*) not_ok "user space, $program: $(sed -E 's/^not ok +[0-9]* *-? *//' <<<"$line")" "see $log" ;;
	esac
done <"$log"
grep -q ' 0 failed$' "$log" || [ "$status" -ne 0 ] || status=1
[ "$status" -eq 0 ] || not_ok "the containers in user space" "$(tail -n 1 "$log"), $log"
