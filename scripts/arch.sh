#!/bin/bash
# arch.sh TREE NAME: compiles the KVM objects of another architecture, as
# configs/NAME.config has it (NAME is the architecture, with -VARIANT or not).
# One toolchain, clang and lld, serves them all.  Fails on an error, on a symbol
# that was not set, and on a source file of KVM that was not compiled, unless
# tests/objects.skip names it; prints the warnings, and leaves them in
# build/out/TREE-NAME/warnings.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

LLVM=-19
[ $# -eq 2 ] || die "arch.sh wants a tree and an architecture" "for example: scripts/arch.sh patched arm64"
tree=$1 name=$2 arch=${2%%-*}
source=$(source_of "$tree")
need "clang$LLVM" "ld.lld$LLVM" "llvm-ar$LLVM" make flex bison ccache
[ -f "$TOP/configs/$name.config" ] || die "there is no configs/$name.config"
[ -f "$source/Makefile" ] || die "$source is not there" "make tree"
need_disk 1 "$source"

# In the source's own directory, for the compiler cache: see build.sh.
real=$source/.out-$name
out=$BUILD/out/$tree-$name
mkdir -p "$real" "$BUILD/out" "$CCACHE_DIR"
ln -sfn "$real" "$out"
exec 9>"$real/.lock"
flock 9

kbuild()
{
	make -s -j "$JOBS" -C "$source" O="$real" ARCH="$arch" LLVM="$LLVM" \
		CC="ccache clang$LLVM" HOSTCC="ccache clang$LLVM" \
		KBUILD_BUILD_TIMESTAMP='2026-01-01' KBUILD_BUILD_USER=elastic KBUILD_BUILD_HOST=kvm "$@"
}

configure()
{
	local line added

	cat "$TOP/configs/objects.config" "$TOP/configs/$name.config" >"$real/.fragments"
	for added in "$TOP"/configs/{objects,"$name"}-patched.config; do
		if [ "$tree" != base ] && [ -f "$added" ]; then
			of_series "$source" "$added" >>"$real/.fragments"
		fi
	done
	KCONFIG_ALLCONFIG=$real/.fragments kbuild allnoconfig
	while read -r line; do
		# A test of a module can only be one.
		grep -qxF -e "$line" -e "${line/_TEST=y/_TEST=m}" "$real/.config" ||
			die "this kernel cannot have $line" "see its 'depends on' in the tree's Kconfig files, then mend configs/$name.config"
	done < <(grep '^CONFIG_' "$real/.fragments")
}

# excused FILE: tests/objects.skip says why it is not compiled here.
excused()
{
	local names files

	while read -r names files _; do
		# shellcheck disable=SC2053
		[[ $name == $names && $1 == $files ]] && return 0
	done < <(grep -v '^#' "$TOP/tests/objects.skip")
	return 1
}

# Objects carry a .nvhe before the .o when they are arm64's hypervisor.
account()
{
	local file object count=0 absent=

	[ -f "$real/virt/kvm/kvm_main.o" ] || absent=' virt/kvm/kvm_main.c'
	while read -r file; do
		object=$real/${file%.*}
		if [ -f "$object.o" ] || [ -f "$object.nvhe.o" ]; then
			count=$((count + 1))
		elif ! excused "$file"; then
			absent="$absent $file"
		fi
	done < <(cd "$source" && find "arch/$arch/kvm" virt/kvm -name '*.[cS]' | sort)
	[ -z "$absent" ] ||
		die "not compiled:$absent" "mend configs/$name.config, or say in tests/objects.skip why not"
	say "$tree-$name: $count files compiled, $(wc -l <"$real/warnings") warnings"
}

configure
# Everything is compiled anew, so that no warning hides behind an object that is
# there already; the compiler cache remembers warnings too.
rm -rf "$real/arch/$arch/kvm" "$real/virt/kvm"
kbuild prepare
kbuild "arch/$arch/kvm/" 2>&1 | tee "$real/messages"
"$TOP/scripts/messages.sh" "$source" <"$real/messages" >"$real/warnings"
account
