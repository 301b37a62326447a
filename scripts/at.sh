#!/bin/bash
# at.sh COMMIT: checks out COMMIT of build/linux in build/each, a worktree of
# its own, where it can be built (build.sh each x86) while build/linux stays as
# it is.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need git

[ $# -eq 1 ] || die "at.sh wants a commit" "for example: scripts/at.sh topic/vcpus"
commit=$(git -C "$TREE" rev-parse -q --verify "$1^{commit}") ||
	die "$TREE has no commit '$1'" "git -C $TREE log base..elastic lists them"
each=$BUILD/each

if [ "$(git -C "$each" rev-parse -q --verify --show-toplevel 2>/dev/null)" != "$each" ]; then
	need_disk 5 "$BUILD"
	rm -rf "$each"
	git -C "$TREE" worktree prune
	git -C "$TREE" worktree add -q -f --detach "$each" "$commit"
fi
git -C "$each" checkout -q -f --detach "$commit"
git -C "$each" clean -q -fd
say "$each is at $(git -C "$each" log -1 --format='%h %s')"
