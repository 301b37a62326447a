#!/bin/bash
# build.sh TREE CONFIG [TARGET...]: builds kernel and modules of tree base or patched with
# tinyconfig plus configs/CONFIG.config in build/out/TREE-CONFIG.  When TREE is
# patched, configs/CONFIG-patched.config comes on top.  A CONFIG of A+B is A with
# configs/B.config on top; other architectures' are ARCH-host.  With targets of
# the kernel's make, or more arguments of it, it builds these only.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/host.sh
. "$(dirname "$0")/host.sh"

[ $# -ge 2 ] || die "build.sh wants a tree and a config" "for example: scripts/build.sh patched x86"
tree=$1 config=$2
shift 2
source=$(source_of "$tree")
host_of "$config"
need gcc "$compiler" make flex bison bc perl ccache git
for part in $parts; do
	[ -f "$TOP/configs/$part.config" ] || die "there is no configs/$part.config"
done
[ -f "$source/Makefile" ] || die "$source is not there" "make tree"
printf '#include <libelf.h>\n' | gcc -fsyntax-only -x c - 2>/dev/null ||
	die "libelf's headers are not installed" "scripts/setup.sh"

# The output lies in the source's own directory, under a name that git leaves
# alone: so every path the compiler sees is relative ('..'), and one tree's
# objects serve the other from the compiler cache.
real=$source/.out-$config
out=$BUILD/out/$tree-$config
mkdir -p "$real" "$BUILD/out" "$CCACHE_DIR"
ln -sfn "$real" "$out"
# One build at a time in one place; a second one waits.
exec 9>"$real/.lock"
flock 9

declare -a fragments=()
for part in $parts; do
	fragments+=("$TOP/configs/$part.config")
	patched=$TOP/configs/$part-patched.config
	if [ "$tree" = patched ] && [ -f "$patched" ]; then
		fragments+=("$patched")
	elif [ "$tree" = each ] && [ -f "$patched" ]; then
		of_series "$source" "$patched" >"$real/.of-series"
		fragments+=("$real/.of-series")
	fi
done

# The state that .built vouches for; a tree with uncommitted work has none.
state=$(git -C "$source" rev-parse HEAD; cat "${fragments[@]}" "$0"; "$compiler" --version | head -n 1)
state=$(sha256sum <<<"$state")
[ -z "$(git -C "$source" status --porcelain)" ] || state=uncommitted
if [ "$state" = uncommitted ] || [ "$(cat "$real/.built" 2>/dev/null)" != "$state" ]; then
	rm -f "$real/.built"
elif [ $# -eq 0 ]; then
	say "$tree-$config is built"
	exit 0
fi
need_disk 3 "$real"
need_memory 1 "compiling a kernel"

kbuild()
{
	make -s -j "$JOBS" -C "$source" O="$real" ARCH="$karch" ${tools[@]+"${tools[@]}"} \
		CC="ccache $compiler" HOSTCC="ccache $compiler" \
		KBUILD_BUILD_TIMESTAMP='2026-01-01' KBUILD_BUILD_USER=elastic KBUILD_BUILD_HOST=kvm LOCALVERSION="-$tree" "$@"
}

# lacking: what was asked for, a later fragment's word being the last one, and is
# not in .config.
lacking()
{
	local line

	while read -r line; do
		case $line in
		CONFIG_*=n) ! grep -q "^${line%n}" "$real/.config" || echo "$line" ;;
		CONFIG_*) grep -qxF "$line" "$real/.config" || echo "$line" ;;
		esac
	done < <(awk -F= '/^CONFIG_/ { last[$1] = $0 } END { for (symbol in last) print last[symbol] }' "${fragments[@]}")
}

# Every symbol asked for must be as asked: kconfig drops what it cannot have.
configure()
{
	local lacking

	if cat "${fragments[@]}" | cmp -s - "$real/.fragments" && [ -z "$(lacking)" ]; then
		kbuild olddefconfig
		[ -n "$(lacking)" ] || return 0
	fi
	rm -f "$real/.fragments"
	kbuild tinyconfig
	(cd "$real" && "$source/scripts/kconfig/merge_config.sh" -m -O . .config "${fragments[@]}" >/dev/null)
	kbuild olddefconfig
	lacking=$(lacking)
	[ -z "$lacking" ] ||
		die "this kernel cannot have $(paste -sd' ' <<<"$lacking")" \
		    "see its 'depends on' in the tree's Kconfig files, then mend configs/${config%+*}*.config"
	cat "${fragments[@]}" >"$real/.fragments"
}

configure
start=$SECONDS
if [ $# -gt 0 ]; then
	kbuild "$@"
	say "$tree-$config: $* built in $((SECONDS - start)) s"
	exit 0
fi
declare -a targets=("${vmlinuz##*/}")
! grep -qx CONFIG_MODULES=y "$real/.config" || targets+=(modules)
kbuild "${targets[@]}"
say "$tree-$config built in $((SECONDS - start)) s"
echo "$state" >"$real/.built.new"
mv "$real/.built.new" "$real/.built"
