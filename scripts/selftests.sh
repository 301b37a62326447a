#!/bin/bash
# selftests.sh TREE: builds TREE's KVM selftests statically; they end up,
# stripped, in build/out/TREE-selftests/tests with the names that the tree
# gives them (x86/... for those of one architecture), ready for boot.sh --add.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -eq 1 ] || die "selftests.sh wants a tree" "scripts/selftests.sh patched"
source=$(source_of "$1")
kernel=$source/.out-x86
out=$BUILD/out/$1-selftests
need gcc make ccache rsync
[ -f "$kernel/.config" ] || die "the $1 kernel is not built" "scripts/build.sh $1 x86"

dir=$source/tools/testing/selftests
state=$(cd "$source" && { git log -1 --format=%H -- tools/testing/selftests tools/include tools/arch tools/lib include/uapi arch/x86/include/uapi
	git status --porcelain tools/testing/selftests; git diff HEAD -- tools/testing/selftests; cat "$TOP"/guest/kvm-stress*; gcc --version | head -n 1; } | sha256sum)
if [ "$(cat "$out/.built" 2>/dev/null)" = "$state" ] && ! git -C "$source" status --porcelain "$dir" | grep -q .; then
	say "$1's selftests are built"
	exit 0
fi
mkdir -p "$out/obj"
exec 9>"$kernel/.lock"
flock 9
rm -f "$out/.built"
make -s -C "$source" O="$kernel" ARCH=x86_64 HOSTCC='ccache gcc' headers
LDFLAGS=-static make -s -k -j "$JOBS" -C "$dir/kvm" OUTPUT="$out/obj" ARCH=x86 CC='ccache gcc' \
	KHDR_INCLUDES="-isystem $kernel/usr/include"

new=$out/tests.new
temporary "$new"
rm -rf "$new"
mkdir -p "$new"
(cd "$out/obj" && find . -type f -perm -u+x ! -name '*.o' ! -name '*.d' ! -name '*.sh') |
while read -r program; do
	mkdir -p "$new/${program%/*}"
	strip -o "$new/$program" "$out/obj/$program"
done
gcc -O2 -Wall -Werror -static -pthread -o "$new/kvm-stress" "$TOP"/guest/kvm-stress*.c
rm -rf "$out/tests"
mv "$new" "$out/tests"
echo "$state" >"$out/.built"
say "$1: $(find "$out/tests" -type f | wc -l) selftests, $(du -sm "$out/tests" | cut -f1) MB"
