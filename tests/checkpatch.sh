#!/bin/bash
# checkpatch.sh: the tree's own checkpatch.pl --strict over the series.  What
# tests/checkpatch.exceptions excuses is left out; an excuse that nothing needs
# any more is a failure as well.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"
need perl

EXCEPTIONS=$TOP/tests/checkpatch.exceptions
messages=$(mktemp)
temporary "$messages" "$messages.used"
: >"$messages.used"

cd "$TREE"
mapfile -t patches < <(sed "s|^|$TOP/patches/|" "$TOP/patches/series")
perl scripts/checkpatch.pl --strict --terse --show-types --no-summary "${patches[@]}" 2>/dev/null |
	sed "s|^$TOP/patches/||" >"$messages" || :
# It says this of each patch: none has a Signed-off-by before make mbox.
[ "$(grep -c ':MISSING_SIGN_OFF: ' "$messages")" -eq ${#patches[@]} ] ||
	die "checkpatch.pl did not read all of the ${#patches[@]} patches, or one has a Signed-off-by" "perl $TREE/scripts/checkpatch.pl PATCH tells"

left=0 first=
while IFS= read -r message; do
	excused=
	# A line of exceptions: the type, a glob for the patch, a text or '*', the
	# reason behind ' # '.
	while IFS= read -r exception; do
		reasonless=${exception%% # *}
		read -r type patch text <<<"$reasonless"
		# shellcheck disable=SC2053
		if [[ $message == *":$type: "* && ${message%%:*} == $patch && $message == *${text#\*}* ]]; then
			excused=1
			printf '%s\n' "$exception" >>"$messages.used"
		fi
	done < <(grep -E '^[A-Z]' "$EXCEPTIONS")
	if [ -z "$excused" ]; then
		say "$message"
		left=$((left + 1))
		first=${first:-$message}
	fi
done < <(grep -E '^[^ ]+:[0-9]*: ?(ERROR|WARNING|CHECK):' "$messages")

stale=$(grep -E '^[A-Z]' "$EXCEPTIONS" | grep -vxF -f "$messages.used" || :)
[ -z "$stale" ] || die "an exception is no longer needed: $(head -n 1 <<<"$stale")" "remove it from tests/checkpatch.exceptions"
[ "$left" -eq 0 ] || die "$left messages, the first: $first" \
	"mend the commits in build/linux and make series, or excuse them in tests/checkpatch.exceptions with the reason"
say "$(wc -l <"$messages") messages, all excused"
