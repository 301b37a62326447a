# shellcheck shell=bash
# Sourced by the checks in tests/: how a result is told.  What they print is
# one line a result, in the form that scripts/check.sh counts:
#   ok - WHAT (TIME)
#   not ok - WHAT: CAUSE, LOG
#   skip - WHAT: REASON
# Lines that begin with '#' tell how far it is.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

TESTS=$TOP/tests
mkdir -p "$LOGS"
export TESTS

ok() { printf 'ok - %s\n' "$1"; }
not_ok() { printf 'not ok - %s: %s\n' "$1" "$2"; }
skip() { printf 'skip - %s: %s\n' "$1" "$2"; }
progress() { printf '# %s\n' "$*"; }

# nothing_new PATCHED BASE: the first of two sorted lists of messages has no more.
nothing_new()
{
	local new

	new=$(comm -23 "$1" "$2")
	[ -z "$new" ] || die "$(wc -l <<<"$new") new messages, the first: $(head -n 1 <<<"$new")" "$new"
}

# cause LOG: the one line of a log that tells most.
cause()
{
	local line

	line=$(grep -a -m 1 -E '^error: ' "$1" || grep -a -m 1 -E 'error: |ERROR: |Error [0-9]+$' "$1" ||
		grep -a -vE '^[[:space:]]*$' "$1" | tail -n 1 || :)
	line=${line#error: }
	printf '%.160s' "${line:-it said nothing}"
}

# nothing REASON: for a command of check's that has nothing to check.
nothing() { say "skip: $1"; exit 4; }

# check LOG WHAT COMMAND...: one result from a command's or a function's exit
# status, its output in build/log/check-LOG.log.  $good is 1 if it was ok.
# A command that has nothing to check calls nothing; 4 is what the kernel's own
# tests exit with then.
check()
{
	local log=$LOGS/check-$1.log what=$2 start=$SECONDS status

	shift 2
	set +e
	(set -e; "$@") >"$log" 2>&1 </dev/null
	status=$?
	set -e
	good=0
	# Others end with 4, too, but don't say what they skip.
	[ "$status" -ne 4 ] || grep -q '^skip: ' "$log" || status=1
	case $status in
	0)
		# shellcheck disable=SC2034
		good=1
		ok "$what ($((SECONDS - start)) s)"
		;;
	4) skip "$what" "$(sed -n 's/^skip: //p' "$log" | tail -n 1)" ;;
	13[07]|143) exit "$status" ;;
	*) not_ok "$what" "$(cause "$log"), $log" ;;
	esac
}
