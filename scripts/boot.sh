#!/bin/bash
# boot.sh [OPTIONS] [-- COMMAND...]: boots build/out/TREE-CONFIG in QEMU, runs
# COMMAND in it (a shell without one) and returns its exit status; a complaint
# of the kernel's is a failure.
#   --tree base|patched   which kernel (patched)
#   --config NAME         which configuration of it (x86)
#   --mem 8G              its memory
#   --smp N               its CPUs: 2 with KVM; 1 if emulated, as more are not
#                         reliable once the host runs guests, see docs/design.md
#   --icount              one CPU, whose clock counts instructions
#   --machine X=Y         more properties of the machine
#   --root                with the Debian root, in which QEMU is
#   --add DIR             DIR's files appear in /NAME, NAME being DIR's last part
#   --timeout SECONDS     the longest it may take (none)
#   --append 'X Y'        more kernel parameters
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/host.sh
. "$(dirname "$0")/host.sh"

tree=patched config=x86 mem=8G smp='' icount='' properties='' root='' timeout=0 append='' interactive=''
declare -a add=() qemu=() disk=()
while [ $# -gt 0 ]; do
	case $1 in
	--tree) tree=$2; shift ;;
	--config) config=$2; shift ;;
	--mem) mem=$2; shift ;;
	--smp) smp=$2; shift ;;
	--icount) icount=1 ;;
	--machine) properties=,$2; shift ;;
	--root) root=1 ;;
	--add) add+=("$2"); shift ;;
	--timeout) timeout=$2; shift ;;
	--append) append=$2; shift ;;
	--) shift; break ;;
	*) die "boot.sh does not know '$1'" "$(sed -n '/^# boot.sh/,/^# shell/s/^# *//p' "$0" | head -n -1)" ;;
	esac
	shift
done
[ $# -gt 0 ] || interactive=1
[ -z "$interactive" ] || [ -t 0 ] || die "a shell needs a terminal" "give a command: scripts/boot.sh -- COMMAND"
for dir in ${add[@]+"${add[@]}"}; do
	[ -d "$dir" ] || die "--add $dir: there is no such directory" "make it first, or name another"
done
need cpio
host_of "$config"
out=$BUILD/out/$tree-$config
[ -f "$out/.built" ] || die "there is no built kernel in $out" "scripts/build.sh $tree $config"
"$TOP/scripts/initramfs.sh" "$tree" "$config"
if [ "$arch" = x86 ]; then
	"$TOP/scripts/root.sh"
else
	"$TOP/scripts/root.sh" others
fi

if [ -n "$icount" ]; then
	smp=1
	qemu=(-accel 'tcg,thread=single' -icount 'shift=0,sleep=off' -cpu "$cpu")
elif [ "$arch" = x86 ] && nested_kvm; then
	smp=${smp:-2} qemu=(-accel kvm -cpu host)
else
	smp=${smp:-1} qemu=(-accel tcg -cpu "$cpu")
fi
if [ -n "$root" ]; then
	disk=(-drive "file=$ROOT/image,format=raw,if=none,readonly=on,id=root"
		-device 'virtio-blk-pci,drive=root')
fi

# What this boot needs beyond the initramfs lies behind it in a second archive.
work=$(mktemp -d)
temporary "$work"
mkdir "$work/root"
for dir in ${add[@]+"${add[@]}"}; do
	cp -rL "$dir" "$work/root/$(basename "$dir")"
done
if [ -z "$interactive" ]; then
	if [ $# -eq 1 ]; then
		printf '%s\n' "$1" >"$work/root/job"
	else
		printf '%q ' "$@" >"$work/root/job"
	fi
fi
find "$work/root" -exec touch -h -d @0 {} +
cp "$out/initramfs.cpio" "$work/initrd"
(cd "$work/root" && find . -print0 | sort -z | cpio --quiet -0 -o -H newc -R 0:0 --reproducible) >>"$work/initrd"

# x86 has a second serial line for the result, others a port of virtio's.
if [ "$arch" = x86 ]; then
	port=(-serial "file:$work/result")
else
	port=(-chardev "file,id=result,path=$work/result" -device virtio-serial-pci -device 'virtserialport,chardev=result')
fi
qemu+=(-M "$machine$properties" -m "$mem" -smp "$smp" -display none -nic none -no-reboot -nodefaults
	-kernel "$out/$vmlinuz" -initrd "$work/initrd"
	-append "console=$console loglevel=5 panic=-1 oops=panic ${append}"
	-serial "${interactive:+mon:}stdio" "${port[@]}"
	${disk[@]+"${disk[@]}"})
status=0
if [ -n "$interactive" ]; then
	"$emulator" "${qemu[@]}" || status=$?
	exit "$status"
fi
# In the background, as a signal is only dealt with when what it waits for ends.
begun=$SECONDS
timeout --foreground -k 5 "$timeout" "$emulator" "${qemu[@]}" </dev/null &
trap 'kill "$!" || :; wait; exit 130' INT
trap 'kill "$!" || :; wait; exit 143' TERM
wait "$!" || status=$?
# 137 is said of one that had to be killed, but also of one that somebody else killed.
if [ "$status" -eq 124 ] || { [ "$status" -eq 137 ] && [ "$timeout" -gt 0 ] && [ $((SECONDS - begun)) -ge "$timeout" ]; }; then
	warn "boot.sh: ended after $timeout s, the time it was given"
	exit 124
fi
if ! grep -q '^status [0-9]' "$work/result"; then
	die "the $tree kernel died before its command ended (QEMU's exit status is $status)" \
	    "the last lines above tell why"
fi
status=$(sed -n 's/^status \([0-9]*\).*/\1/p' "$work/result" | tr -d '\r')
if grep '^fault ' "$work/result" >&2; then
	warn "boot.sh: the $tree kernel complained, see the lines above"
	[ "$status" -ne 0 ] || status=99
fi
exit "$status"
