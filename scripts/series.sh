#!/bin/bash
# Writes patches/ from the commits base..elastic in build/linux; the same
# commits give the same bytes, whatever the user's git is set to.
#
# A topic ends at its tag topic/NAME.  Commits after the last tag still belong
# to the last topic: its tag is moved to the tip.  To begin another one, run
# make series, commit its first patch, then: git tag topic/NAME.  A rebase
# leaves tags behind; they are found again by their commit's subject.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need git

OUT=${1:-$PATCHES}
tree() { git -C "$TREE" "$@"; }
[ -d "$TREE/.git" ] || die "$TREE is not there" "make tree"
tree rev-parse -q --verify elastic >/dev/null ||
	die "$TREE has no branch elastic" "git -C $TREE branch -m elastic, if another name was given to it"

# Not while make tree is at it; and what it didn't apply is not to be lost.
exec 9>"$BUILD/.tree.lock" && flock 9
[ $# -gt 0 ] || [ -n "${FORCE:-}" ] || [ ! -s "$OUT/series" ] || [ "$(sum_of "$OUT")" = "$(tree config elastic.applied)" ] ||
	die "$OUT has what $TREE was not made from, and what would be lost: not all of it was applied, or it changed since" \
	    "make tree; or, if the tree has what you want, e.g. after git am -3 of the rest: FORCE=1 make series"
[ ! -e "$OUT" ] || [ -f "$OUT/series" ] || die "$OUT is there, and is no directory of patches" "name another, or remove it"

in_series() { tree merge-base --is-ancestor "$1" elastic; }

# Tags that a rebase left behind go to the commit of the same subject.
for tag in $(tree tag -l 'topic/*'); do
	! in_series "$tag" || continue
	subject=$(tree log -1 --format=%s "$tag")
	commit=$(tree log --format='%H %s' base..elastic | awk -v want="$subject" \
		'{ hash = $1; sub(/^[^ ]* /, "") } $0 == want && !found++ { print hash }')
	[ -n "$commit" ] || die "$tag ends at \"$subject\", which is no longer in base..elastic" \
		"git -C $TREE tag -f $tag COMMIT, COMMIT being the topic's last one (or tag -d, to give the topic up)"
	tree tag -f "$tag" "$commit" >/dev/null
done

# make tree tags what it applied.
[ -z "${FORCE:-}" ] || [ ! -s "$OUT/series" ] || for topic in $(cut -d/ -f1 "$OUT/series" | uniq); do
	tree rev-parse -q --verify "refs/tags/topic/$topic" >/dev/null ||
		die "topic $topic has no end in $TREE, and would become a part of another" \
		    "git -C $TREE tag topic/$topic COMMIT, COMMIT being its last one; or, to give it up, remove its lines from $OUT/series"
done

new=$OUT.new
temporary "$new"
rm -rf "$new"
mkdir -p "$new"
: >"$new/series"
mapfile -t commits < <(tree rev-list --reverse base..elastic)
[ ${#commits[@]} -gt 0 ] || die "there are no commits after base on branch elastic of $TREE"
last=
for commit in "${commits[@]}"; do
	tag=$(tree tag -l 'topic/*' --points-at "$commit" | sed -n 1p)
	[ -z "$tag" ] || last=$tag
done
[ -n "$last" ] || die "no topic has been begun" "git -C $TREE tag topic/NAME elastic"
[ "$(tree rev-parse "$last^0")" = "$(tree rev-parse elastic)" ] || tree tag -f "$last" elastic >/dev/null

# The names behind @@, which depend on attributes of the work tree otherwise.
mkdir -p "$TREE/.git/info"
printf '*.%s diff=cpp\n' c h >"$TREE/.git/info/attributes"
from=base
for commit in "${commits[@]}"; do
	tag=$(tree tag -l 'topic/*' --points-at "$commit" | sed -n 1p)
	[ -n "$tag" ] || continue
	topic=${tag#topic/}
	tree -c core.quotePath=true format-patch -q -N --zero-commit --no-signature --no-base \
		--no-thread --no-cover-letter --no-notes --no-ext-diff --no-textconv --no-renames \
		--no-attach --no-to --no-cc --no-encode-email-headers --subject-prefix=PATCH \
		--src-prefix=a/ --dst-prefix=b/ --unified=3 --inter-hunk-context=0 --abbrev=12 \
		--diff-algorithm=histogram --indent-heuristic --stat=78 --start-number=1 \
		-o "$new/$topic" "$from..$commit"
	(cd "$new" && printf '%s\n' "$topic"/*.patch) >>"$new/series"
	from=$commit
done

if ! diff -rq "$new" "$OUT" >/dev/null 2>&1; then
	old=$OUT.old
	rm -rf "$old"
	# A signal between the two would leave no patches.
	trap '' INT TERM
	[ ! -d "$OUT" ] || mv "$OUT" "$old"
	mv "$new" "$OUT" || { mv "$old" "$OUT"; die "$new cannot become $OUT" "mend what the line above says; $OUT is as it was"; }
	rm -rf "$old"
fi
# The tree and patches/ agree now, so make tree has nothing to do.
if [ $# -eq 0 ]; then
	tree config elastic.applied "$(sum_of "$OUT")"
	[ "$(tree rev-parse HEAD)" != "$(tree rev-parse elastic)" ] || tree config elastic.head "$(tree rev-parse HEAD)"
	tree config --unset elastic.applying || :
fi
say "$OUT: $(wc -l <"$OUT/series") patches"
