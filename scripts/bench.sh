#!/bin/bash
# make bench: measures base and patched side by side and writes results/: the
# containers natively, the hosts in guest instructions and in wall time.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need gcc gnuplot
need_memory 10 "the booted hosts"

results=$TOP/results
work=$BUILD/out/bench
rounds=3
mkdir -p "$results" "$work/bench"

programs() { gcc -O2 -Wall -Werror -static -o "$work/bench/kvm-cost" "$TOP/guest/kvm-cost.c"; }
containers()
{
	make -s -C "$TREE/tools/testing/kvm" OUTPUT="$work/containers" bench
	"$work/containers/bench" >"$work/containers.data"
}

# figures TREE OUTPUT OPTIONS... -- COMMAND: what kvm-cost prints in that host
figures()
{
	local tree=$1 out=$2

	shift 2
	"$TOP/scripts/boot.sh" --tree "$tree" --mem 8G --timeout 900 --add "$work/bench" "$@" >"$work/console"
	cat "$work/console"
	tr -d '\r' <"$work/console" | grep -E '^[a-z0-9_]+ [0-9.]+ (ns|bytes)$' >>"$out"
}

counted='kvm-cost create 4096 && kvm-cost lookup 1024 1 && kvm-cost lookup 1024 4 &&
	kvm-cost lookup 1024 8 && kvm-cost memory'
timed='kvm-cost create 4096 && kvm-cost lookup 1024 1 && kvm-cost lookup 1024 4'

counting()
{
	rm -f "$work"/counted.*
	figures base "$work/counted.base" --icount -- "$counted"
	figures patched "$work/counted.patched" --icount -- "$counted"
	# The same kernel once more: by how much do two runs differ?
	figures patched "$work/counted.again" --icount -- "$counted"
}

timing()
{
	local round

	rm -f "$work"/timed.*
	for ((round = 0; round < rounds; round++)); do
		figures base "$work/timed.base" -- "$timed"
		figures patched "$work/timed.patched" -- "$timed"
	done
}

# In turn, a name's median, minimum and maximum over the rounds.
spread()
{
	sort -k1,1 -k2,2n "$1" | awk '
		$1 != name { if (name) print name, v[int((n + 1) / 2)], v[1], v[n]; name = $1; n = 0 }
		{ v[++n] = $2 }
		END { print name, v[int((n + 1) / 2)], v[1], v[n] }'
}

# The largest difference between two runs of the same kernel, in percent.
repeats()
{
	awk 'NR == FNR { first[$1] = $2; next }
		{ d = $2 / first[$1] - 1; d = d < 0 ? -d : d; if (d > max) max = d }
		END { printf "%.1f", 100 * max }' "$work/counted.patched" "$work/counted.again"
}

table_counted()
{
	echo '| figure | base | patched | patched / base |'
	echo '|---|---:|---:|---:|'
	awk 'NR == FNR { base[$1] = $2; next }
		{ unit = $3 == "ns" ? "" : " bytes"
		  printf "| %s | %.0f%s | %.0f%s | %.3f |\n", $1, base[$1], unit, $2, unit, $2 / base[$1] }' \
		"$work/counted.base" "$work/counted.patched"
}

table_timed()
{
	echo '| figure, us | base: median (min to max) | patched: median (min to max) | patched / base |'
	echo '|---|---:|---:|---:|'
	spread "$work/timed.base" >"$work/spread.base"
	spread "$work/timed.patched" | awk 'NR == FNR { b[$1] = $2; lo[$1] = $3; hi[$1] = $4; next }
		{ printf "| %s | %.1f (%.1f to %.1f) | %.1f (%.1f to %.1f) | %.2f |\n", $1, b[$1] / 1000,
		  lo[$1] / 1000, hi[$1] / 1000, $2 / 1000, $3 / 1000, $4 / 1000, $2 / b[$1] }' "$work/spread.base" -
}

report()
{
	cat <<-END
	# What the vcpus topic costs and saves

	Written by \`make bench\` on $(date -u +%F), base and patched in one run. Linux $BASE_VERSION,
	$(gcc --version | head -n 1); $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(nproc) CPUs;
	$("$ROOT/qemu-system-x86_64" --version | head -n 1). Hosts run under $(nested_kvm && echo KVM || echo 'TCG, emulation'),
	those that count instructions always under TCG.

	## The containers, natively

	$("$TOP/bench/containers.sh" "$work/containers.data")

	![cost of a step and of a lookup](containers.svg)

	## Booted hosts, in guest instructions

	With QEMU's instruction counting, where the guest's clock advances by a nanosecond an
	instruction. Two runs of the patched kernel differ by $(repeats) % at most. \`create_N\`:
	KVM_CREATE_VCPU round the Nth vCPU, in-kernel irqchip; \`lookup_N_stride_S\`: KVM_CREATE_VCPU of an ID
	that is taken, N vCPUs with IDs that are multiples of S; \`memory_*\`: kernel memory of a VM
	with one 4 KiB slot, as its memory cgroup counts it.

	$(table_counted)

	![KVM_CREATE_VCPU](create.svg)

	## Booted hosts, in wall time

	Two CPUs, $rounds boots of each kernel in turn; scatters, compare within this table only.

	$(table_timed)
	END
}

step 1/7 "the trees" tree "$TOP/scripts/tree.sh"
step 2/7 "the base kernel" build-base-x86 "$TOP/scripts/build.sh" base x86
step 3/7 "the patched kernel" build-patched-x86 "$TOP/scripts/build.sh" patched x86
step 4/7 "the containers, natively" bench-containers containers
step 5/7 "the programs" bench-programs programs
step 6/7 "the hosts, counting instructions" bench-counted counting
step 7/7 "the hosts, in wall time" bench-timed timing
for name in containers create; do
	gnuplot -e "data='$work'; out='$results/$name.svg'" "$TOP/bench/$name.gp"
done
report >"$work/vcpus.md"
mv "$work/vcpus.md" "$results/vcpus.md"
cat "$results/vcpus.md"
