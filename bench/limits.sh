# shellcheck shell=bash disable=SC2034,SC2154
# The limits topic, sourced by scripts/bench.sh: also what limits cost, and the
# sizes of structures on each architecture.
counted='kvm-cost memory && kvm-cost parts'
timed='kvm-cost largest'
rounds=3

# sizes TREE: the structures of bench/sizes on each architecture.
sizes()
{
	local tree=$1 name arch source dir=$work/sizes
	declare -a compiler

	rm -f "$work/sizes.$tree"
	source=$(source_of "$tree")
	for name in x86 arm64 s390 powerpc riscv mips loongarch; do
		arch=$name compiler=(LLVM=-19 CC='ccache clang-19')
		if [ "$name" = x86 ]; then
			arch=x86_64 compiler=(CC='ccache gcc')
		elif [ ! -f "$source/.out-$name/include/generated/asm-offsets.h" ]; then
			"$TOP/scripts/arch.sh" "$tree" "$name" || return
		fi
		rm -rf "$dir"
		make -s -C "$source" O="$source/.out-$name" ARCH="$arch" "${compiler[@]}" \
			M="$TOP/bench/sizes" MO="$dir" sizes.s || return
		sed -n "s/.*->\([a-z0-9_]*\) \\\$*\([0-9]*\) .*/$name \1 \2/p" "$dir/sizes.s" >>"$work/sizes.$tree"
	done
}

# with_limit TREE LIMIT: memory of VMs in a kernel with this KVM_MAX_NR_VCPUS,
# where that isn't what the counted hosts have.
with_limit()
{
	rm -f "$work/limit.$1.$2"
	"$TOP/scripts/build.sh" "$1" "x86+vcpus-$2" &&
		figures "$1" "$work/limit.$1.$2" --config "x86+vcpus-$2" --icount -- 'kvm-cost memory'
}

extra_text="sizes, and memory by limit"
extra()
{
	# Without debugfs: what its files are of the rest.
	rm -f "$work/nodebugfs"
	sizes base && sizes patched &&
		with_limit base 1024 &&
		with_limit patched 1024 && with_limit patched 4096 &&
		figures patched "$work/nodebugfs" --append debugfs=off --icount -- 'kvm-cost parts'
}

table_limits()
{
	echo '| bytes of kernel memory | base, 1024 | base, 4096 | patched, 1024 | patched, 4096 | patched, 65536 |'
	echo '|---|---:|---:|---:|---:|---:|'
	awk '{ if (!($1 in row)) { order[++n] = $1; row[$1] = "" } row[$1] = row[$1] sprintf(" %.0f |", $2) }
		END { for (i = 1; i <= n; i++) print "| " order[i] " |" row[order[i]] }' \
		<(grep ^memory_vcpus "$work/limit.base.1024") <(grep ^memory_vcpus "$work/counted.base") \
		<(grep ^memory_vcpus "$work/limit.patched.1024") <(grep ^memory_vcpus "$work/limit.patched.4096") \
		<(grep ^memory_vcpus "$work/counted.patched")
}

# A part is the difference between two VMs.
table_parts()
{
	echo '| part of a VM with one vCPU, bytes | base | patched | of that, debugfs |'
	echo '|---|---:|---:|---:|'
	awk 'FNR == 1 { file++; last = 0 } !/^memory_vm/ { next }
		{ part[file, $1] = $2 - last; last = $2; if (file == 1) order[++n] = $1; total[file] = last }
		END {
			what["memory_vm"] = "the VM"; what["memory_vm_irqchip"] = "in-kernel irqchip"
			what["memory_vm_irqchip_slot"] = "a memslot of 4 KiB"
			what["memory_vm_irqchip_slot_vcpu"] = "a vCPU"
			for (i = 1; i <= n; i++) {
				name = order[i]
				printf "| %s | %.0f | %.0f | %.0f |\n", what[name], part[1, name], part[2, name],
					part[2, name] - part[3, name]
			}
			printf "| together | %.0f | %.0f | %.0f |\n", total[1], total[2], total[2] - total[3]
		}' "$work/counted.base" "$work/counted.patched" "$work/nodebugfs"
}

table_largest()
{
	echo '| one VM, as large as it can be | base | patched |'
	echo '|---|---:|---:|'
	awk 'function show(name, v, min, max) {
			if (name ~ /vcpus$|slots$/ && name !~ /create/) return sprintf("%d", v)
			if (name ~ /memory/) return sprintf("%.2f GiB", v / 2 ^ 30)
			return sprintf("%.2f s (%.2f to %.2f)", v / 1e9, min / 1e9, max / 1e9)
		}
		NR == FNR { base[$1] = show($1, $2, $3, $4); next }
		{ printf "| %s | %s | %s |\n", substr($1, 9), base[$1], show($1, $2, $3, $4) }' \
		"$work/spread.base" "$work/spread.patched"
}

table_sizes()
{
	echo '| architecture | structure | base: size | allocated | patched: size | allocated |'
	echo '|---|---|---:|---:|---:|---:|'
	awk 'function allocated(size,   class) {
			if (size <= 96 && size > 64) return 96
			if (size <= 192 && size > 128) return 192
			for (class = 8; class < size; class *= 2);
			return class
		}
		NR == FNR { base[$1, $2] = $3; next }
		{ if ($2 == "kvm_vcpu") { b = "own cache"; p = b }
		  else { b = allocated(base[$1, $2]); p = allocated($3) }
		  printf "| %s | %s | %d | %s | %d | %s |\n", $1, $2, base[$1, $2], b, $3, p }' \
		"$work/sizes.base" "$work/sizes.patched"
}

report()
{
	head_of limits
	cat <<-END

	The patched kernel allows 65536 vCPUs (KVM_MAX_NR_VCPUS), the base its most, 4096, unless a
	column says otherwise.

	## Kernel memory, by limit

	A VM with an in-kernel irqchip, or none, and one 4 KiB memslot, as its memory cgroup counts it,
	with instruction counting. Two runs of the patched kernel differ by $(repeats) % at most.

	$(table_limits)

	$(table_parts)

	## The largest VM

	All memslots, then all vCPUs, in-kernel irqchip; $rounds boots of each kernel in turn, in wall time.

	$(table_largest)

	## Structures

	Bytes, and those of the slab object or pages that kmalloc() gives for it, where it isn't
	from a cache of its own. powerpc with 2048 CPUs, 64 KiB pages, HV; x86 by gcc, others by clang.

	$(table_sizes)
	END
}
