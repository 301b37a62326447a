#!/bin/bash
# The series, compiled and read in more ways than make check has time for: KVM's
# objects with all that can be configured, and W=1; coccicheck, kernel-doc, and
# sphinx, if it is installed.  What the base says, too, is left out: it is asked if
# there is a message at all.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

out=$BUILD/out/breadth
mkdir -p "$out"

# compared NAME TOOL ARGUMENT...: TOOL TREE ARGUMENT... prints messages.
compared()
{
	local name=$1 tool=$2

	shift 2
	"$tool" patched "$@" >"$out/patched-$name"
	[ -s "$out/patched-$name" ] || return 0
	"$tool" base "$@" >"$out/base-$name"
	nothing_new "$out/patched-$name" "$out/base-$name"
	say "$(wc -l <"$out/patched-$name") messages, as from the base" >&2
}

# objects TREE ARCH DIRECTORY NEEDS MAKE-ARGUMENT...: KVM's, with allmodconfig.
objects()
{
	local source tree=$1 arch=$2 dir=$3 needs=$4 real kbuild status=0

	source=$(source_of "$1")
	shift 4
	real=$source/.out-all-$arch
	kbuild=(make -s -k -j "$JOBS" -C "$source" O="$real" ARCH="$arch"
		KBUILD_BUILD_TIMESTAMP='2026-01-01' KBUILD_BUILD_USER=elastic KBUILD_BUILD_HOST=kvm "$@")
	mkdir -p "$real"
	{
		"${kbuild[@]}" allmodconfig
		# A warning is to be a message, not the end; nothing of this is linked.
		"$source/scripts/config" --file "$real/.config" -d WERROR -d KVM_WERROR -d DRM_WERROR
		"${kbuild[@]}" olddefconfig
		grep -qx "$needs" "$real/.config" || die "allmodconfig of $arch has no $needs"
		"${kbuild[@]}" prepare
	} >&2
	rm -rf "${real:?}/$dir" "$real/virt/kvm"
	"${kbuild[@]}" W=1 "$dir/" >"$real/messages" 2>&1 || status=$?
	cat "$real/messages" >&2
	[ "$status" -eq 0 ] || die "KVM's objects of $arch do not compile in the $tree tree"
	[ -f "$real/virt/kvm/kvm_main.o" ] || die "virt/kvm/kvm_main.c was not compiled"
	"$TOP/scripts/messages.sh" "$source" <"$real/messages"
}

# said TREE PATTERN: which lines of a tool's, on standard input, match; without the
# numbers of lines.
said()
{
	{ grep -E "$2" || :; } |
		sed -E -e "s|$1/||g" -e 's/:[0-9]+(:[0-9]+)?(-[0-9]+)?:? / /' -e 's/ line [0-9]+/ line N/g' | sort
}
# touched PATTERN: the files of the series that match, and that the tree $1 has.
touched()
{
	local source

	source=$(source_of "$1")
	git -C "$TREE" diff --name-only base elastic | grep -E "$2" |
		while read -r file; do [ ! -f "$source/$file" ] || echo "$file"; done
}

comments()
{
	cd "$(source_of "$1")"
	touched "$1" '\.[ch]$' | xargs scripts/kernel-doc -none 2>&1 | said "$PWD" .
}
pages()
{
	local source

	source=$(source_of "$1")
	make -s -C "$source" O="$source/.out-docs" SPHINXDIRS=virt/kvm htmldocs 2>&1 >/dev/null |
		said "$source" 'WARNING|ERROR'
}

# semantics TREE: what the kernel's semantic patches report, which coccicheck tries one
# file at a time if C is 1.  That takes long, so of the base only files with a message.
# Two that are written in OCaml, whose compiler has 445 MB, are left out: of one driver,
# and of 0 instead of NULL, which sparse reports.
semantics()
{
	local control=$out/control.c

	cd "$(source_of "$1")"
	export C=1 MODE=report srctree=$out/semantic objtree=. srcroot=.
	rm -rf "$srctree"
	mkdir -p "$srctree/scripts"
	cp -r scripts/coccinelle "$srctree/scripts"
	grep -rlZ '^@script:ocaml' "$srctree" | xargs -0 -r rm
	# It has to report what it is to report.
	echo 'int f(int n) { switch (n) { case 1: return 2; }; return n; }' >"$control"
	COCCI=$srctree/scripts/coccinelle/misc/semicolon.cocci scripts/coccicheck "$control" | grep "^$control:.*semicolon" >&2 ||
		die "coccicheck finds nothing in $control" "run scripts/coccicheck in $PWD, C=1 MODE=report, on that file"
	if [ "$1" = base ]; then cut -d ' ' -f 1 "$out/patched-semantics" | sort -u; else touched "$1" '^(arch|virt)/.*\.c$'; fi |
		xargs -P "$JOBS" -n 1 scripts/coccicheck | tee >(cat >&2) | said "$PWD" '^[^ ]+:[0-9]+:[0-9]+-[0-9]+: '
}

progress "KVM's objects with allmodconfig and W=1"
check breadth-x86 "x86-64, gcc, allmodconfig, W=1: nothing new" \
	compared x86 objects x86_64 arch/x86/kvm CONFIG_KVM_AMD=m CC='ccache gcc'
check breadth-x86-clang "x86-64, clang: nothing new" \
	compared x86-clang objects x86_64 arch/x86/kvm CONFIG_KVM_AMD=m LLVM=-19 CC='ccache clang-19'
check breadth-i386 "32-bit x86, gcc: nothing new" \
	compared i386 objects i386 arch/x86/kvm CONFIG_KVM_AMD=m CC='ccache gcc'
check breadth-arm64 "arm64, clang: nothing new" \
	compared arm64 objects arm64 arch/arm64/kvm CONFIG_KVM=y LLVM=-19 CC='ccache clang-19'
check breadth-powerpc "big-endian powerpc64, clang: nothing new" \
	compared powerpc objects powerpc arch/powerpc/kvm CONFIG_CPU_BIG_ENDIAN=y LLVM=-19 CC='ccache clang-19'
check breadth-semantics "coccicheck has nothing new to say of the files touched" compared semantics semantics
check breadth-comments "kernel-doc has nothing new to say of the files touched" compared comments comments
sphinx=(compared pages pages)
command -v sphinx-build >/dev/null || sphinx=(nothing "needs Debian's python3-sphinx, which make setup does not install")
check breadth-pages "htmldocs of Documentation/virt/kvm has nothing new to say" "${sphinx[@]}"
