#!/bin/bash
# signed.sh DIRECTORY: a bare repository with the commits and tags of
# build/linux, which it borrows the files of, and in which SIGNOFF's name
# stands where the series has no author but a stand-in.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need git

export GIT_COMMITTER_NAME=${SIGNOFF% <*} GIT_COMMITTER_EMAIL GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE
mail() { sed -E 's/.*<(.*)>/\1/' <<<"$1"; }
GIT_COMMITTER_EMAIL=$(mail "$SIGNOFF")
git clone -q --shared --bare "$TREE" "$1"
cd "$1"

declare -A signed
parent=$(git rev-parse base^0)
for commit in $(git rev-list --reverse base..elastic); do
	author=$(git log -1 --format='%an <%ae>' "$commit")
	[ "$author" != "elastic-kvm <elastic-kvm@example.org>" ] || author=$SIGNOFF
	GIT_AUTHOR_NAME=${author% <*} GIT_AUTHOR_EMAIL=$(mail "$author") GIT_AUTHOR_DATE=$(git log -1 --format=%aI "$commit")
	parent=$(git log -1 --format=%B "$commit" | git commit-tree "$commit^{tree}" -p "$parent")
	signed[$commit]=$parent
done
for tag in $(git tag -l 'topic/*'); do
	git tag -f "$tag" "${signed[$(git rev-parse "$tag^0")]}" >/dev/null
done
