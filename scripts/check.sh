#!/bin/bash
# check.sh [all | PART...]: the tests (make check); with more compilers and
# configurations, other architectures' hosts and packages (make check-all); or
# some parts.  Each part is tests/PART.sh.  The last line counts the results; the status is 1 if one
# failed.  The whole goes to build/log/check.log too.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
shopt -s lastpipe
# The tests tell each other by these; what is exported for other uses is not meant.
unset CONFIG NAME LIST SMP APPEND MACHINE TREE_NAME LONGEST MODULES LSMOD DEBUG_INFO TOPIC BASE_COMMIT

declare -a parts=(source mbox harness arch x86 kunit selftests parallel debug guards)
case "$*" in
'') ;;
all) parts+=(breadth arches deb) ;;
*) parts=("$@") ;;
esac
for part in "${parts[@]}"; do
	[ -x "$TOP/tests/$part.sh" ] || die "there is no part tests/$part.sh" "the parts are: ${parts[*]} each"
done
[ -f "$TREE/Makefile" ] || die "$TREE is not there" "make tree"
mkdir -p "$LOGS"
log=$LOGS/check.log
: >"$log"
passed=0 failed=0 skipped=0

tell() { printf '%s\n' "$1" | tee -a "$log"; }

count()
{
	local line results=0

	while IFS= read -r line; do
		case $line in
		'ok - '*) passed=$((passed + 1)) ;;
		'not ok - '*) failed=$((failed + 1)) ;;
		'skip - '*) skipped=$((skipped + 1)) ;;
		*) tell "$line"; continue ;;
		esac
		results=$((results + 1))
		tell "$line"
	done
	[ "$results" -gt 0 ] || { failed=$((failed + 1)); tell "not ok - $1: it gave no result"; }
}

number=0
for part in "${parts[@]}"; do
	number=$((number + 1))
	start=$SECONDS
	tell "# part $number of ${#parts[@]}: $part"
	{
		status=0
		"$TOP/tests/$part.sh" </dev/null 2>&1 || status=$?
		[ "$status" -eq 0 ] || echo "not ok - $part: tests/$part.sh ended early with status $status"
	} | count "$part"
	tell "# $part took $((SECONDS - start)) s"
done
tell "# $((SECONDS / 60)) min $((SECONDS % 60)) s; this is also in $log"
tell "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
