#!/bin/bash
# The KVM selftests of a list (tests/selftests.list), from the patched tree, in
# the booted patched host; what the base cannot do here either is in
# tests/base.known, or tests/ARCH.known for another architecture's host (or NAME.known).  Two hosts
# run side by side, each with a part of a long list.
#
# guest/selftests stands in for the tree's kselftest/runner.sh, which wants perl
# and coreutils in the host; its conventions (4 means skipped) are the same.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

TREE_NAME=${TREE_NAME:-patched}
LIST=${LIST:-$TESTS/selftests.list} CONFIG=${CONFIG:-x86}
name=${NAME:-$(basename "$LIST" .list)} plain=${CONFIG%%+*} tests=$BUILD/out/$TREE_NAME-selftests
KNOWN=$TESTS/base.known
case $plain in
*-host) tests=$tests-${plain%-host} KNOWN=$TESTS/${plain%-host}.known ;;
esac
[ ! -f "$TESTS/$name.known" ] || KNOWN=$TESTS/$name.known
HOSTS=1 LONGEST=${LONGEST:-2400}
# What looks for faults (kmemleak) looks for those of all tests.
[ "$CONFIG" != "$plain" ] || [ "$(nproc)" -lt 2 ] || [ "$(grep -cE '^ *[0-9]' "$LIST")" -le 10 ] || HOSTS=2

# boot NUMBER: one host with every HOSTS-th line of the list.
boot()
{
	local gate=$work/$1/gate

	mkdir -p "$gate"
	grep -E '^ *[0-9]' "$LIST" | awk -v n="$1" -v of="$HOSTS" 'NR % of == n % of { $1 = $1; print }' >"$gate/list"
	cp "$TOP/guest/selftests" "$gate/run"
	exec "$TOP/scripts/boot.sh" --tree "$TREE_NAME" --config "$CONFIG" --mem 6G ${SMP:+--smp "$SMP"} --timeout "$LONGEST" \
		${MACHINE:+--machine "$MACHINE"} ${APPEND:+--append "$APPEND"} --add "$tests/tests" --add "$gate" -- sh /gate/run /gate/list
}

# known WHAT NAME ARGS: the reason for which the base's result is WHAT here.
known()
{
	sed -n "s|^$1 $2: ||p" "$KNOWN" | head -n 1
}

# judge STATUS SECONDS TEST LOG: turns a test's end into a result.
judge()
{
	local status=$1 seconds=$2 test=$3 log=$4 reason

	case $status in
	0) ok "selftest $test ($seconds s)"; return ;;
	4)
		reason=$(grep -a -B 1 -xF "@ $status $seconds $test" "$work/log" | grep -a '^needs ' || known skip "$test")
		if [ -n "$reason" ]; then
			skip "selftest $test" "$reason"
		else
			not_ok "selftest $test" "it skipped itself, in the base it does not; $log"
		fi
		return
		;;
	124) reason="it took longer than its time ($seconds s)" ;;
	99) reason="the kernel complained" ;;
	*) reason="status $status" ;;
	esac
	if [ -n "$(known "fail $status" "$test")" ]; then
		skip "selftest $test" "$reason, and fails in the base too: $(known "fail $status" "$test")"
	else
		not_ok "selftest $test" "$reason, $log"
		grep -a -B 6 -xF "@ $1 $seconds $test" "$work/log" | grep -av '^@' | sed 's/^/#   /' || :
	fi
}

# shellcheck disable=SC2016
check "$name-build" "the $TREE_NAME kernel ($CONFIG) and its selftests build" \
	sh -eu -c '"$0/build.sh" "$1" "$3"; "$0/build.sh" "$1" "$2"; "$0/selftests.sh" "$1" "$3"' "$TOP/scripts" "$TREE_NAME" "$CONFIG" "$plain"
if [ "$good" = 0 ]; then
	not_ok "KVM selftests" "they did not build"
	exit 0
fi

work=$(mktemp -d)
temporary "$work"
progress "booting $HOSTS hosts that run $(grep -cE '^ *[0-9]' "$LIST") selftests"
declare -a hosts=()
for number in $(seq "$HOSTS"); do
	boot "$number" >"$LOGS/check-$name-$number.log" 2>&1 </dev/null &
	hosts+=($!)
done
trap 'kill "${hosts[@]}" 2>/dev/null || :; wait; exit 130' INT TERM
for number in $(seq "$HOSTS"); do
	log=$LOGS/check-$name-$number.log
	status=0
	wait "${hosts[$((number - 1))]}" || status=$?
	sed 's/[ \r]*$//' "$log" >"$work/log"
	while read -r _ _ test; do
		if ! grep -qaE "^@ [0-9]+ [0-9.]+ $test\$" "$work/log"; then
			not_ok "selftest $test" "the host died or its $LONGEST s were over before it ended, $log"
		fi
	done <"$work/$number/gate/list"
	while read -r _ ended seconds test; do
		judge "$ended" "$seconds" "$test" "$log"
	done < <(grep -aE '^@ [0-9]+ [0-9.]+ ' "$work/log")
	[ "$status" -eq 0 ] || not_ok "selftests' host $number" "$(cause "$log"), $log"
done
