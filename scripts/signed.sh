#!/bin/bash
# signed.sh DIRECTORY: a bare repository with the commits and tags of
# build/linux, which it borrows the files of, and in which the committer's name
# (scripts/mbox.sh sets it) stands where the series has no author but a stand-in.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need git

export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE
git clone -q --shared --bare "$TREE" "$1"
cd "$1"

declare -A signed
parent=$(git rev-parse base^0)
for commit in $(git rev-list --reverse base..elastic); do
	GIT_AUTHOR_NAME=$(git log -1 --format=%an "$commit") GIT_AUTHOR_EMAIL=$(git log -1 --format=%ae "$commit")
	GIT_AUTHOR_DATE=$(git log -1 --format=%aI "$commit")
	[ "$GIT_AUTHOR_EMAIL" != elastic-kvm@example.org ] ||
		GIT_AUTHOR_NAME=$GIT_COMMITTER_NAME GIT_AUTHOR_EMAIL=$GIT_COMMITTER_EMAIL
	parent=$(git log -1 --format=%B "$commit" | git commit-tree "$commit^{tree}" -p "$parent")
	signed[$commit]=$parent
done
for tag in $(git tag -l 'topic/*'); do
	git tag -f "$tag" "${signed[$(git rev-parse "$tag^0")]}" >/dev/null
done
