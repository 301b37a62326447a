#!/bin/bash
# selftests.sh TREE [CONFIG]: builds TREE's KVM selftests statically for the
# architecture of CONFIG (x86); they end up, stripped, in
# build/out/TREE-selftests/tests (TREE-selftests-ARCH for others than x86) with
# the names that the tree gives them (x86/... for those of one architecture),
# ready for boot.sh --add.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/host.sh
. "$(dirname "$0")/host.sh"

[ $# -ge 1 ] || die "selftests.sh wants a tree" "scripts/selftests.sh patched"
source=$(source_of "$1") config=${2:-x86}
host_of "$config"
kernel=$source/.out-$config
out=$BUILD/out/$1-selftests ldflags=-static cc="ccache $compiler"
need "$compiler" make ccache rsync
[ -f "$kernel/.config" ] || die "the $1 kernel is not built" "scripts/build.sh $1 $config"
if [ "$arch" != x86 ]; then
	out=$out-$arch cc="$cc --target=$triple" ldflags='-static -fuse-ld=lld'
	[ -f "/usr/$triple/lib/libc.a" ] || die "there is no C library for $triple" "scripts/setup.sh"
fi

exec 9>"$kernel/.lock"
flock 9
dir=$source/tools/testing/selftests
state=$(cd "$source" && { git log -1 --format=%H -- tools/testing/selftests tools/include tools/arch tools/lib include/uapi "arch/$arch/include/uapi"
	git status --porcelain tools/testing/selftests; git diff HEAD -- tools/testing/selftests; cat "$TOP"/guest/{kvm-stress,powerpc-hv}*; "$compiler" --version | head -n 1; } | sha256sum)
if [ "$(cat "$out/.built" 2>/dev/null)" = "$state" ] && [ -z "$(git -C "$source" status --porcelain "$dir")" ]; then
	say "$1's selftests are built"
	exit 0
fi
mkdir -p "$out/obj"
rm -f "$out/.built"
make -s -C "$source" O="$kernel" ARCH="$karch" HOSTCC="ccache $compiler" headers
status=0
LDFLAGS=$ldflags make -s -k -j "$JOBS" -C "$dir/kvm" OUTPUT="$out/obj" ARCH="$arch" CC="$cc" \
	KHDR_INCLUDES="-isystem $kernel/usr/include" 2>"$out/messages" || status=$?
cat "$out/messages" >&2
[ "$status" -eq 0 ] || exit "$status"
# The series' own tests are to compile without a message; next time it's said again.
if [ "$1" != base ]; then
	touched=$(git -C "$source" diff --name-only base -- "$dir/kvm" | sed -n 's|.*/selftests/kvm/\(.*\)\.c$|\1|p' | paste -s -d '|')
	said=$(grep -m 1 -E "^(In file included from )?(${touched:-none})\.c:" "$out/messages" || :)
	[ -z "$said" ] || { rm -rf "$out/obj"; die "a selftest of the series does not compile without a message: $said" "mend it"; }
fi

new=$out/tests.new
temporary "$new"
rm -rf "$new"
mkdir -p "$new"
(cd "$out/obj" && find . -type f -perm -u+x ! -name '*.o' ! -name '*.d' ! -name '*.sh') |
while read -r program; do
	mkdir -p "$new/${program%/*}"
	"$strip" -o "$new/$program" "$out/obj/$program"
done
# KVM has no selftests for powerpc.
[ "$arch" != powerpc ] ||
	"$compiler" --target="$triple" -O2 -Wall -Werror -static -fuse-ld=lld -o "$new/powerpc-hv" "$TOP/guest/powerpc-hv.c"
[ "$arch" != x86 ] || gcc -O2 -Wall -Werror -static -pthread -o "$new/kvm-stress" "$TOP"/guest/kvm-stress*.c
rm -rf "$out/tests"
mv "$new" "$out/tests"
echo "$state" >"$out/.built"
say "$1, $arch: $(find "$out/tests" -type f | wc -l) selftests, $(du -sm "$out/tests" | cut -f1) MB"
