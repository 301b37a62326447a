#!/bin/bash
# The base is the one that file base names; the series applies to it with git
# am and with patch, gives build/linux, and comes out of it byte for byte;
# checkpatch has nothing to say but what tests/checkpatch.exceptions excuses,
# and shellcheck nothing at all; no object is sized by a limit of vCPUs.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

SERIES=$TOP/patches/series
scratch=$(mktemp -d "$BUILD/.check.XXXXXX")
temporary "$scratch"

tree() { git -C "$TREE" "$@"; }

base_sum()
{
	local tarball=$CACHE/linux-$BASE_VERSION-debian.tar.xz source

	source=$(tree config elastic.source || :)
	[ "$source" = "${tarball##*/}" ] || nothing "the base came from ${source:-elsewhere}, of which file base has no sum"
	[ -f "$tarball" ] || "$TOP/scripts/fetch.sh"
	sha256sum -c <<<"$BASE_TAR_SHA256  $tarball" ||
		die "$tarball is not what file base names" "remove it and run the same command again"
}

# The files that the series touches, with what the base has of them, and a
# repository in which nothing else is checked out.
touched()
{
	(cd "$TOP/patches" && xargs sed -nE 's@^diff --git a/(.*) b/.*@\1@p' <"$SERIES") | sort -u
}

prepare()
{
	git clone -q --shared --no-checkout "$TREE" "$scratch/linux"
	git -C "$scratch/linux" config core.autocrlf false
	git -C "$scratch/linux" config user.name elastic-kvm
	git -C "$scratch/linux" config user.email elastic-kvm@example.org
	git -C "$scratch/linux" config gc.auto 0
	git -C "$scratch/linux" sparse-checkout set --no-cone --stdin < <(touched | sed 's|^|/|')
	git -C "$scratch/linux" tag -l 'topic/*' | xargs -r git -C "$scratch/linux" tag -d >/dev/null
	git -C "$scratch/linux" checkout -q -B elastic base
	git -C "$scratch/linux" remote remove origin
	git -C "$scratch/linux" worktree add -q --no-checkout --detach "$scratch/base" base
}

applies_am()
{
	BUILD=$scratch LINUX='' "$TOP/scripts/tree.sh"
	[ "$(git -C "$scratch/linux" rev-list --count base..elastic)" = "$(wc -l <"$SERIES")" ]
}

applies_patch()
{
	local path

	mkdir "$scratch/plain"
	touched | while read -r path; do
		! tree cat-file -e "base:$path" 2>/dev/null || printf '%s\0' "$path"
	done | xargs -0 git -C "$TREE" archive base -- | tar -xf - -C "$scratch/plain"
	while read -r path; do
		patch -s -d "$scratch/plain" -p1 -F0 --no-backup-if-mismatch <"$TOP/patches/$path" ||
			die "patch -p1 does not take $path" "make series writes the patches anew"
	done <"$SERIES"
	# A sparse checkout has the same files, applied by git.
	diff -r -x .git "$scratch/linux" "$scratch/plain" ||
		die "git am and patch -p1 give different files"
}

round_trip()
{
	BUILD=$scratch "$TOP/scripts/series.sh" "$scratch/patches"
	diff -r "$TOP/patches" "$scratch/patches" ||
		die "make tree && make series changes patches/" "make series, and commit what it writes"
}

same_tree()
{
	[ -z "$(tree status --porcelain -uno)" ] || die "$TREE has uncommitted changes" "commit them there"
	[ "$(tree rev-parse 'HEAD^{tree}')" = "$(git -C "$scratch/linux" rev-parse 'elastic^{tree}')" ] ||
		die "$TREE is not what patches/ gives" "make series"
}

# A tree that the series fits, and one with a change in a line that a patch has.
rebase_tells()
{
	local patch=Hold-vCPUs-in-a-growable-array

	BASE=$BUILD/base "$TOP/scripts/rebase.sh" || die "the series does not apply to the base any more"
	mkdir -p "$scratch/changed"
	git -C "$TREE" archive base Makefile virt/kvm | tar -xf - -C "$scratch/changed"
	sed -i 's/vcpu_array/vcpu_list/' "$scratch/changed/virt/kvm/kvm_main.c"
	! BASE=$scratch/changed "$TOP/scripts/rebase.sh" >"$scratch/said" || die "a change that clashes was not told"
	grep "mend .*$patch" "$scratch/said" || die "the patch that clashes was not named"
}

# After a patch that doesn't apply, patches/ has more than the tree.
nothing_lost()
{
	local said

	cp -r "$TOP/patches" "$scratch/clash"
	export BUILD=$scratch PATCHES=$scratch/clash LINUX=''
	sed -i '/^-/s/vcpu_array/vcpu_list/' "$PATCHES"/vcpus/*-Hold-vCPUs-in-a-growable-array.patch
	! "$TOP/scripts/tree.sh" || die "a patch that clashes was applied"
	! said=$("$TOP/scripts/series.sh" 2>&1) || die "make series gave up the patches that were not applied"
	grep 'would be lost' <<<"$said" || die "make series failed otherwise: $said"
	! said=$(FORCE=1 "$TOP/scripts/series.sh" 2>&1) || die "make series made one topic of several"
	grep 'topic memslots has no end' <<<"$said" || die "make series failed otherwise: $said"
	sed -i '/^vcpus/!d' "$PATCHES/series"
	FORCE=1 "$TOP/scripts/series.sh" || die "make series did not give them up when it was told to"
}

short()
{
	wc -l "$@" | awk '$2 != "total" && $1 > 150 { print "error: " $2 " has " $1 " lines, 150 are the limit"; bad = 1 }
		END { exit bad }'
}

mapfile -t scripts < <(cd "$TOP" && find . -path ./build -prune -o -path ./.git -prune -o -type f -print |
	sort | while read -r file; do
		[[ $file == *.sh ]] || head -n 1 "$file" | grep -qaE '^#!.*\b(ba)?sh\b' || continue
		echo "$TOP/${file#./}"
	done)

check base "the base is what file base names" base_sum
check shellcheck "shellcheck of ${#scripts[@]} scripts" shellcheck -x -P "$TOP" "${scripts[@]}"
check length "no script is longer than 150 lines" short "${scripts[@]}"
if [ ! -s "$SERIES" ]; then
	not_ok "the series applies" "there is no patches/series, make series writes it"
	exit 0
fi
check prepare "a scratch repository for the series" prepare
check am "the series applies with git am" applies_am
check patch "the series applies with patch -p1, to the same files" applies_patch
check roundtrip "make tree && make series changes nothing" round_trip
check rebase "make rebase tells what applies to another base" rebase_tells
check limits "nothing is sized by a limit of vCPUs" "$TESTS/limit-sized.sh"
check same "build/linux is what patches/ gives" same_tree
check lost "make series doesn't lose patches that didn't apply" nothing_lost
check checkpatch "checkpatch --strict over $(wc -l <"$SERIES") patches" "$TESTS/checkpatch.sh"
