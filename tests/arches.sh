#!/bin/bash
# KVM's selftests in emulated patched hosts of other architectures.  arm64's are
# arm64, and one whose guests have an EL2; riscv's are without AIA, and with it;
# powerpc's is itself a guest, whose KVM-HV asks its hypervisor, QEMU.
# A line each: name, architecture, list, properties of the machine or -, and
# parameters of the kernel's.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

while read -r name arch list machine append; do
	NAME=$name CONFIG=$arch-host LIST=$TESTS/$list.list MACHINE=${machine#-} APPEND=$append \
		"$TESTS/selftests.sh" </dev/null | sed -uE "s/^((not )?ok|skip) - |^# /&$name: /"
done <<EOT
arm64 arm64 arm64 -
arm64-nested arm64 arm64-nested - kvm-arm.mode=nested
riscv riscv riscv -
riscv-aia riscv riscv aia=aplic-imsic,aia-guests=7
powerpc powerpc powerpc -
EOT
