#!/bin/bash
# What make check-debug runs, in patched hosts that look for faults: KUnit, the
# selftests of tests/debug.list and tests/parallel.list, and the concurrency
# stress (guest/kvm-stress.c).  The hosts:
#   x86+debug+checkers  KASAN, UBSAN, lockdep, kmemleak and the rest of the two configs
#   x86+kcsan           KCSAN by its strict rules; one CPU with guests, and two without, as
#                       emulation can bear no more (docs/design.md).  The base has the same
#                       stress, for the data races that it has, too (tests/races.sh).
# DURATION is how many seconds each host has the stress (900), SEED its seed, HOSTS
# which are tried (debug kcsan).  With at least 900, results/debug.md and kcsan.md tell.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

DURATION=${DURATION:-900} SEED=${SEED:-$(date +%s)} HOSTS=${HOSTS:-debug kcsan}
[[ $DURATION =~ ^[0-9]+$ && $SEED =~ ^[0-9]+$ ]] ||
	die "DURATION=$DURATION and SEED=$SEED are not numbers" "say, for example: DURATION=60 make check-debug"
[[ $HOSTS =~ ^(debug|kcsan)( (debug|kcsan))*$ ]] || die "HOSTS=$HOSTS are not debug, kcsan or both"
# What configs/checkers.config has, but off.
SLOW='slab_debug=FZPU debug_pagealloc=on debug_objects'
work=$(mktemp -d)
temporary "$work"

# host NAME TREE CONFIG CPUS SECONDS LIST: the selftests of LIST there.
host()
{
	local name=$1 tree=$2 config=$3 cpus=$4 seconds=$5 append=slab_nomerge

	# It names the logs.
	grep -E '^ *[0-9]' "$6" >"$work/$name.list"
	[ "$config" != x86+debug+checkers ] || append="$append $SLOW"
	TREE_NAME=$tree CONFIG=$config SMP=$cpus LIST=$work/$name.list LONGEST=$seconds \
		APPEND="$append log_buf_len=16M" "$TESTS/selftests.sh"
}

# stress SECONDS [OPTION]: the line of a list.  An end in order takes its time.
stress() { echo "$(($1 + 400)) - kvm-stress --seed $SEED --seconds $1 ${2:-}"; }

# tell NAME COMMAND...: its results, with the host's name.
tell()
{
	local name=$1

	shift
	progress "$name"
	"$@" | sed -u -E "s/^(ok|not ok|skip) - /&$name: /" | tee -a "$work/results"
}

stress "$DURATION" >"$work/debug"
echo '90 - kmemleak' >>"$work/debug"
stress $((DURATION / 3)) >"$work/guests"
stress $((DURATION - DURATION / 3)) --no-guest >"$work/parallel"
# The stress has lists of its own here, and only one host has kmemleak.
grep -v kvm-stress "$TESTS/debug.list" >"$work/selftests"
grep -v kmemleak "$work/selftests" >"$work/selftests-kcsan"

hosts_debug()
{
	APPEND=$SLOW CONFIG=x86+debug+checkers tell debug "$TESTS/kunit.sh"
	tell debug host debug-selftests patched x86+debug+checkers 1 3000 "$work/selftests"
	tell debug host debug-stress patched x86+debug+checkers 1 $((DURATION + 1500)) "$work/debug"
}

hosts_kcsan()
{
	# tests/races.sh is not to judge by an earlier run's.
	rm -f "$LOGS"/check-{base,kcsan}-*.log
	CONFIG=x86+kcsan tell kcsan "$TESTS/kunit.sh"
	tell kcsan host kcsan-selftests patched x86+kcsan 1 3000 "$work/selftests-kcsan"
	tell kcsan host kcsan-parallel patched x86+kcsan 2 900 "$TESTS/parallel.list"
	tell kcsan host kcsan-guests patched x86+kcsan 1 $((DURATION + 1000)) "$work/guests"
	tell kcsan host kcsan-stress patched x86+kcsan 2 $((DURATION + 1000)) "$work/parallel"
	# Whether the base passes is not the question.
	progress "base: the same stress, for the races that it has"
	sed -i 's/kvm-stress/& --base/' "$work/guests" "$work/parallel"
	host base-guests base x86+kcsan 1 $((DURATION + 1000)) "$work/guests" >"$work/base" || :
	host base-stress base x86+kcsan 2 $((DURATION + 1000)) "$work/parallel" >>"$work/base" || :
	sed 's/^/# base: /' "$work/base"
	tell kcsan "$TESTS/races.sh"
}

for host in $HOSTS; do
	: >"$work/results"
	"hosts_$host"
	[ "$DURATION" -ge 900 ] || continue
	"$TESTS/debug-report.sh" "$host" "$work/results" | cat -s >"$work/page"
	mv "$work/page" "$TOP/results/$host.md"
	progress "results/$host.md is written"
done
