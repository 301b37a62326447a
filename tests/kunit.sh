#!/bin/bash
# The KUnit suites of KVM in the booted patched kernel (TREE_NAME=each: in the
# commit that scripts/at.sh checked out), each case a result.  The kernel's own
# kunit.py reads what the kernel logged.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

CONFIG=${CONFIG:-x86} TREE_NAME=${TREE_NAME:-patched}
log=$LOGS/check-${NAME:-kunit${CONFIG#x86}}.log
cd "$(source_of "$TREE_NAME")"
check kunit-build "the $TREE_NAME kernel is built" "$TOP/scripts/build.sh" "$TREE_NAME" "$CONFIG"
if [ "$good" = 0 ]; then
	not_ok "KUnit" "there is no kernel to run it in"
	exit 0
fi

progress "booting the $TREE_NAME kernel for KUnit"
# shellcheck disable=SC2016
job='dmesg -c >/dev/null
for module in kunit kvm_kunit kvm_x86_kunit; do [ ! -f /modules/$module.ko ] || insmod /modules/$module.ko || exit 1; done
dmesg | sed "s/^\[ *[0-9.]*\] //"'
status=0
"$TOP/scripts/boot.sh" --tree "$TREE_NAME" --config "$CONFIG" --smp 2 --timeout 300 --append "${APPEND:-}" -- "$job" >"$log" 2>&1 </dev/null || status=$?
[ "$status" -eq 0 ] || not_ok "KUnit in the booted kernel" "$(cause "$log"), $log"

# Each module counts its suites from 1, and kunit.py reads one such report.
rm -f "$log".[0-9]*
awk -v to="$log" '/^KTAP version/ { n++ } n { print >(to "." n) }' "$log"
for report in "$log".[0-9]*; do
	python3 tools/testing/kunit/kunit.py parse "$report" 2>&1 || :
done | sed -E 's/^\[[0-9:]+\] //; s/\x1b\[[0-9;]*m//g' | tee "$log.parsed" | while read -r line; do
	case $line in
	*\[ERROR\]*) not_ok "KUnit ${suite:-}" "${line#*] }, $log" ;;
	=*\[*\]*) ;;
	=*subtest*) suite=$(sed -E 's/^=+ ([^ ]+).*/\1/' <<<"$line") ;;
	\[PASSED\]*) ok "KUnit $suite: ${line#* }" ;;
	\[SKIPPED\]*) line=${line#* }; skip "KUnit $suite: ${line%% *}" "$(sed -nE "s/.*\((.*)\)$/\1/p" <<<"$line")" ;;
	\[*ED\]*) not_ok "KUnit $suite: ${line#* }" "${line%% *}, $log" ;;
	esac
done

# A suite that never ran fails nothing; so ask for each that the source has.
suites=0
while read -r suite; do
	grep -qE "^=+ \[[A-Z]+\] $suite =+" "$log.parsed" || not_ok "KUnit $suite" "the suite did not run, $log"
	suites=$((suites + 1))
done < <(sed -nE 's/^[[:space:]]*\.name = "([^"]+)".*/\1/p' {virt,arch/x86}/kvm/{,*/}*_kunit.c 2>/dev/null)
[ "$suites" -gt 0 ] || not_ok "KUnit" "the source has no suite of KVM's"
