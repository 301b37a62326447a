# shellcheck shell=bash
# Sourced by tests/mutants.sh: runs a test in the tree that build/mutants has;
# what it needs meanwhile is in $work.
# shellcheck disable=SC2153,SC2154

# The longest that a test may take, and a boot beside it.
LONGEST=100

# kind_of TEST: where it runs: user space, KUnit, or a host of a configuration
# with so many CPUs.
kind_of()
{
	case $1 in
	tests-*) echo user ;;
	KUnit\ *) echo kunit ;;
	debug\ *) echo x86+debug 1 ;;
	*)
		if grep -qE "^ *[0-9]+ - ${1%% *}( |$)" "$TESTS/parallel.list"; then
			echo x86 2
		else
			echo x86 1
		fi
		;;
	esac
}

# in_user_space LOG PROGRAM: the status is 0 if it passes, 1 if not, 2 if it does
# not compile, and 3 if it was not run.
in_user_space()
{
	local source=$TREE/tools/testing/kvm out=$BUILD/out/harness

	mkdir -p "$out"
	make -s -j "$JOBS" -C "$source" O="$out" "$out/$2" >"$1" 2>&1 || return 2
	(cd "$source" && timeout -k 5 "$LONGEST" ./run_tests.sh "$out/$2") >"$1" 2>&1 || return 1
}

# in_host LOG CONFIG CPUS TEST...: the same for tests in a host; that the host
# dies is as good as a test that fails.
in_host()
{
	local log=$1 config=$2 cpus=$3 gate=$work/gate programs=$BUILD/out/patched-selftests/tests test

	shift 3
	"$TOP/scripts/build.sh" patched "$config" >"$log" 2>&1 || return 2
	"$TOP/scripts/selftests.sh" patched >"$log" 2>&1 || return 2
	rm -rf "$gate" "$work/tests"
	mkdir -p "$gate" "$work/tests/x86"
	for test; do
		echo "$LONGEST - $test"
		cp "$programs/${test%% *}" "$work/tests/${test%% *}"
	done >"$gate/list"
	cp "$TOP/guest/selftests" "$gate/run"
	"$TOP/scripts/boot.sh" --config "$config" --smp "$cpus" --mem 6G --timeout $((LONGEST * $# + 60)) \
		--add "$work/tests" --add "$gate" -- sh /gate/run /gate/list >"$log.boot" 2>&1 </dev/null || :
	tr -d '\r' <"$log.boot" >"$log"
	rm "$log.boot"
	if ! grep -qaE '^@ [0-9]+ ' "$log"; then
		grep -qaE 'Oops|BUG:|WARNING:|Kernel panic' "$log" || return 3
		return 1
	fi
	for test; do
		! grep -qaE "^@ 4 [0-9.]+ $test *$" "$log" || return 3
		grep -qaE "^@ 0 [0-9.]+ $test *$" "$log" || return 1
	done
}

# in_kunit LOG: the same for all KUnit suites.
in_kunit()
{
	"$TOP/scripts/build.sh" patched x86 >"$1" 2>&1 || return 2
	"$TESTS/kunit.sh" >"$1" 2>&1 </dev/null || :
	! grep -q '^not ok ' "$1" || return 1
	grep -q '^ok - KUnit ' "$1" || return 3
}

# try LOG KIND TEST...
try()
{
	local log=$1 kind=$2

	shift 2
	case $kind in
	user) in_user_space "$log" "$1" ;;
	kunit) in_kunit "$log" ;;
	*) in_host "$log" "${kind% *}" "${kind#* }" "${@#debug }" ;;
	esac
}
