# shellcheck shell=bash
# Sourced where it matters of which architecture the booted host is: host_of
# CONFIG sets what follows from the configuration's name.  x86's start with x86
# and are built by gcc; ARCH-host is another architecture's, has configs/host.config
# below it, and is built by clang, one compiler for them all.
#   arch       as the selftests name it    karch      as the kernel's build does
#   triple     as compilers name it        compiler   what compiles it
#   tools      for the kernel's build      strip      of that architecture
#   parts      the configuration's         vmlinuz    the kernel that is booted
#   emulator   its QEMU                    machine    what that emulates
#   cpu        the processor in it         console    the kernel's
#   result     where guest/init tells how its command ended
OTHERS=$ROOT-others
# shellcheck disable=SC2034
host_of()
{
	arch=${1%%[-+]*} parts="host ${1//+/ }" result=/dev/vport0p1
	karch=$arch vmlinuz=arch/$arch/boot/Image compiler=clang-19 tools=(LLVM=-19) strip=llvm-strip-19
	case $1 in
	x86*)
		arch=x86 parts=${1//+/ } result=/dev/ttyS1
		karch=x86_64 vmlinuz=arch/x86/boot/bzImage compiler=gcc tools=() strip=strip
		triple=x86_64-linux-gnu emulator=$ROOT/qemu-system-x86_64
		machine=q35 cpu=max console=ttyS0
		;;
	arm64-host*)
		triple=aarch64-linux-gnu emulator=$OTHERS/qemu-system-aarch64
		machine='virt,virtualization=on,gic-version=3' cpu=max console=ttyAMA0
		;;
	riscv-host*)
		triple=riscv64-linux-gnu emulator=$OTHERS/qemu-system-riscv64
		machine=virt cpu='rv64,h=true,sscofpmf=true' console=ttyS0
		;;
	powerpc-host*)
		triple=powerpc64le-linux-gnu emulator=$OTHERS/qemu-system-ppc64 vmlinuz=vmlinux
		machine='pseries,cap-nested-hv=on' cpu=power9 console=hvc0
		;;
	*) die "there is no host with the configuration $1" "say x86, arm64-host, riscv-host or powerpc-host" ;;
	esac
}
