#!/bin/bash
# Makes build/linux, a git tree with the base as its first commit (tag base),
# each patch a commit, a tag topic/NAME at the end of each topic, all on the
# branch elastic; and build/base, a worktree of the base.  What is right is
# left alone, and local work is never thrown away, unless it was done after this
# was interrupted.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need git tar xz patch make sha256sum

export GIT_COMMITTER_NAME=elastic-kvm GIT_COMMITTER_EMAIL=elastic-kvm@example.org

tree() { git -C "$TREE" "$@"; }
setting() { tree config "elastic.$1" || :; }

version_of() { sed -n -E 's/^(VERSION|PATCHLEVEL|SUBLEVEL) = ([0-9]+)$/\2/p' "$1/Makefile" | paste -sd.; }

# The source of this tree goes to directory $1; what it is, to stdout.
unpack()
{
	local tarball see="mend what the line above says, and run the same command again"

	if [ -z "${LINUX:-}" ]; then
		tarball=$("$TOP/scripts/fetch.sh") || exit
		tar -xf "$tarball" --strip-components=1 -C "$1" || die "$tarball does not unpack" "$see"
		basename "$tarball"
		return
	fi
	grep -qs '^SUBLEVEL' "$LINUX/Makefile" || die "LINUX=$LINUX is not a Linux tree"
	[ "$(version_of "$LINUX" | cut -d. -f1,2)" = "${BASE_VERSION%.*}" ] ||
		die "LINUX=$LINUX is version $(version_of "$LINUX"), the series is for $BASE_VERSION" \
		    "check out v$BASE_VERSION there, or leave LINUX unset to have it fetched"
	# Whoever owns it
	if [ -e "$LINUX/.git" ] && git -c safe.directory='*' -C "$LINUX" rev-parse -q --verify HEAD >/dev/null 2>&1; then
		git -c safe.directory='*' -C "$LINUX" archive HEAD
	else
		tar -cf - -C "$LINUX" --exclude=.git .
	fi | tar -xf - -C "$1" || die "LINUX=$LINUX cannot be copied to $1" "$see"
	echo "$LINUX"
}

# The base becomes one commit that is the same wherever it is made.
import()
{
	local new=$BUILD/.linux.new source

	need_disk 8 "$BUILD"
	temporary "$new"; rm -rf "$new"; mkdir -p "$new"
	say "unpacking the base"
	source=$(unpack "$new") || exit
	git -C "$new" init -q -b elastic
	printf '[gc]\nauto = 0\n[user]\nname = elastic-kvm\nemail = elastic-kvm@example.org\n' >>"$new/.git/config"
	git -C "$new" config elastic.source "$source"
	# Debian's tree ignores every file at its top, and so would git here.
	[ ! -f "$new/.gitignore" ] || sed -i '/^\/\*$/d; /^!\/debian\/$/d' "$new/.gitignore"
	git -C "$new" add -A -f
	GIT_AUTHOR_DATE='2026-01-01T00:00:00+0000' GIT_COMMITTER_DATE='2026-01-01T00:00:00+0000' \
		git -C "$new" commit -q -m "Linux $(version_of "$new")"
	git -C "$new" tag base
	mv "$new" "$TREE"
}

worktree()
{
	mkdir -p "$(tree rev-parse --absolute-git-dir)/info"
	grep -qsx '/.out-\*' "$TREE/.git/info/exclude" || echo '/.out-*' >>"$TREE/.git/info/exclude"
	[ "$(git -C "$BUILD/base" rev-parse -q --verify HEAD 2>/dev/null)" != "$(tree rev-parse base^0)" ] || return 0
	say "checking out the base beside it"
	rm -rf "$BUILD/base"
	tree worktree prune
	tree worktree add -q -f --detach "$BUILD/base" base^0 ||
		die "git cannot check out the base in $BUILD/base" "mend what the line above says, or remove $TREE, if it holds no work"
}

dirty() { [ -n "$(tree status --porcelain -uno)" ]; }

# Puts the series onto the base.  The commits before the first patch that
# changed stay, so that what was built of them need not be built again.
apply()
{
	local path commit sum start past=0

	# While this is set, what the tree holds is of our making.
	tree config elastic.applying yes
	tree config elastic.applied ''
	rm -rf "$TREE/.git/rebase-apply"
	tree checkout -q -f -B elastic
	tree tag -l 'topic/*' | xargs -r git -C "$TREE" tag -d >/dev/null
	start=$(tree rev-parse base^0)
	while read -r path; do
		sum=$(sha256sum <"$PATCHES/$path" | cut -d' ' -f1)
		commit=$(setting "patch-$sum")
		if [ $past = 0 ] && [ "$(tree rev-parse -q --verify "$commit^" 2>/dev/null)" = "$start" ]; then
			start=$commit
		else
			[ $past = 1 ] || tree reset -q --hard "$start"
			past=1
			if ! tree am -q --keep-non-patch --no-scissors --committer-date-is-author-date "$PATCHES/$path"; then
				tree am --quit
				# From here on, what is in the tree is the reader's.
				tree config elastic.head "$(tree rev-parse HEAD)"
				tree config --unset elastic.applying
				die "patches/$path does not apply to $(setting source)" \
				    "if the base is not exactly $BASE_VERSION, take that one; else look at the patch"
			fi
			commit=$(tree rev-parse HEAD)
			tree config "elastic.patch-$sum" "$commit"
		fi
		tree tag -f "topic/${path%/*}" "$commit" >/dev/null
	done <"$PATCHES/series"
	[ $past = 1 ] || tree reset -q --hard "$start"
}

main()
{
	local wanted='' head local_work=''
	mkdir -p "$BUILD" && exec 9>"$BUILD/.tree.lock" && flock 9
	[ -d "$TREE/.git" ] || import
	[ -z "${LINUX:-}" ] || [ "$(setting source)" = "$LINUX" ] ||
		die "$TREE was made from $(setting source), not from LINUX=$LINUX" \
		    "name another build directory: BUILD=/some/where LINUX=$LINUX make ..., or remove $TREE"
	[ -n "$(setting base)" ] || tree config elastic.base "$BASE_VERSION"
	[ "$(setting base)" = "$BASE_VERSION" ] ||
		die "$TREE was made for Linux $(setting base), file base says $BASE_VERSION" \
		    "make series writes what patches/ has not; then remove $TREE and $BUILD/base"
	worktree
	[ ! -f "$PATCHES/series" ] || wanted=$(sum_of "$PATCHES")
	head=$(setting head)
	if [ -n "$(setting applying)" ]; then
		rm -f "$TREE/.git/index.lock"
	elif dirty || [ "$(tree rev-parse HEAD)" != "$(tree rev-parse elastic)" ] ||
	   [ "$(tree rev-parse HEAD)" != "${head:-$(tree rev-parse base^0)}" ]; then
		local_work=1
	fi
	if [ -n "$local_work" ] && [ "$wanted" != "$(setting applied)" ] && [ -n "$wanted" ]; then
		die "$TREE has work that patches/ has not, and patches/ changed too" \
		    "run make series to write the tree's commits to patches/, or put them aside (git stash, git branch) and remove $TREE"
	elif [ -n "$local_work" ]; then
		say "$TREE has work that patches/ has not; left as it is (make series writes it)"
	elif [ -n "$wanted" ] && [ "$wanted" != "$(setting applied)" ]; then
		say "applying $(wc -l <"$PATCHES/series") patches"
		apply
		tree config elastic.applied "$wanted"
		tree config elastic.head "$(tree rev-parse HEAD)"
		tree config --unset elastic.applying
	fi
	say "$TREE is at $(tree log -1 --format='%h %s')"
}

main "$@"
