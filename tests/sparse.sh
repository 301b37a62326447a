#!/bin/bash
# sparse.sh: sparse over the x86 KVM objects of the base and of the patched
# tree; fails if it says something new.  Both kernels are built first, so that
# what is compared is sparse's alone.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need sparse

# Debian 12's sparse does not know __typeof_unqual__; for types it is the same.
CHECKER='sparse -D__typeof_unqual__=__typeof__'

messages()
{
	local source out=$BUILD/out/$1-sparse

	source=$(source_of "$1")
	"$TOP/scripts/build.sh" "$1" x86
	"$TOP/scripts/build.sh" "$1" x86 -k C=2 CHECK="$CHECKER" arch/x86/kvm/ >"$out.log" 2>&1 ||
		die "make C=2 failed in the $1 tree" "look at $out.log"
	! grep 'sparse is not available' "$out.log" || die "sparse does not work with this tree's headers" "see scripts/checker-valid.sh in the tree"
	# That one is of its making (it cannot compute __builtin_strlen(), which
	# every MODULE_LICENSE() uses); the compiler judges constants.
	"$TOP/scripts/messages.sh" "$source" <"$out.log" | sed '/: error: bad constant expression/d' >"$out"
	[ -s "$out" ] || die "sparse said nothing of the $1 tree, as it always does" "look at $out.log"
	say "$1: $(wc -l <"$out") different messages"
}

messages base
messages patched
nothing_new "$BUILD/out/patched-sparse" "$BUILD/out/base-sparse"
