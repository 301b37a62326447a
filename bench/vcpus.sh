# shellcheck shell=bash disable=SC2034,SC2154
# The vcpus topic, sourced by scripts/bench.sh: also the containers, natively.
counted='kvm-cost create 4096 && kvm-cost lookup 1024 1 && kvm-cost lookup 1024 4 &&
	kvm-cost lookup 1024 8 && kvm-cost memory'
timed='kvm-cost create 4096 && kvm-cost lookup 1024 1 && kvm-cost lookup 1024 4'
rounds=3

extra_text="the containers, natively"
extra()
{
	make -s -C "$TREE/tools/testing/kvm" OUTPUT="$work/containers" bench &&
		"$work/containers/bench" >"$work/containers.data"
}

report()
{
	local name

	for name in containers create; do
		gnuplot -e "data='$work'; out='$results/$name.svg'" "$TOP/bench/$name.gp"
	done
	head_of vcpus
	cat <<-END

	## The containers, natively

	$("$TOP/bench/containers.sh" "$work/containers.data")

	![cost of a step and of a lookup](containers.svg)

	## Booted hosts, in guest instructions

	With QEMU's instruction counting, where the guest's clock advances by a nanosecond an
	instruction. Two runs of the patched kernel differ by $(repeats) % at most. \`create_N\`:
	KVM_CREATE_VCPU around the Nth vCPU, in-kernel irqchip; \`lookup_N_stride_S\`: KVM_CREATE_VCPU of an ID
	that is taken, N vCPUs with IDs that are multiples of S; \`memory_*\`: kernel memory of a VM
	with one 4 KiB slot, as its memory cgroup counts it.

	$(table_counted)

	![KVM_CREATE_VCPU](create.svg)

	## Booted hosts, in wall time

	$rounds boots of each kernel in turn; scatters, compare within this table only.

	$(table_timed)
	END
}
