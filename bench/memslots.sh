# shellcheck shell=bash disable=SC2034,SC2154
# The memslots topic, sourced by scripts/bench.sh: also memslot_perf_test.
counted='kvm-cost slots 512 && kvm-cost slots 4096 && kvm-cost slots 32764 && kvm-cost slots 65533 &&
	kvm-cost slotmemory'
timed='kvm-cost slots 512 && kvm-cost slots 32764 && kvm-cost slots 65533'
rounds=5 perf_rounds=3

extra_text="memslot_perf_test"
extra()
{
	local round every='memslot-perf 0 10 512 32764' pattern='^perf [a-z_]+ [0-9]+ [0-9.]+ [0-9.]+ [0-9]+$'

	rm -f "$work"/perf.*
	"$TOP/scripts/selftests.sh" patched &&
		cp "$BUILD/out/patched-selftests/tests/memslot_perf_test" "$TOP/guest/memslot-perf" "$programs/" || return
	# Only the tests from the fourth on have room for more slots than the base has.
	for ((round = 0; round < perf_rounds; round++)); do
		host base "$pattern" "$work/perf.base" -- "$every" &&
			host patched "$pattern" "$work/perf.patched" -- "$every && memslot-perf 3 65533" || return
	done
}

# targets: what the topic is to reach, from the figures
targets()
{
	echo '| target | limit | measured | |'
	echo '|---|---:|---:|---|'
	awk -f "$TOP/bench/memslots.awk" base="$work/counted.base" patched="$work/counted.patched" \
		timed_base="$work/spread.base" timed="$work/spread.patched"
}

table_perf()
{
	local tree

	echo '| test | slots | setup, s: base | patched | patched / base | iteration, ms: base | patched | patched / base | range, ms: base | patched |'
	echo '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|'
	for tree in base patched; do
		awk '{ print $2 "/" $3 "/each", $5; print $2 "/" $3 "/setup", $4 }' "$work/perf.$tree" >"$work/perf.rounds"
		spread "$work/perf.rounds" >"$work/perf.spread.$tree"
	done
	# A test's iteration comes before its setup.
	awk 'function ms(s) { return sprintf(s < 0.1 ? "%.2f" : "%.0f", 1000 * s) }
		NR == FNR { base[$1] = $2; range[$1] = ms($3) " to " ms($4); next }
		sub("/each$", "", $1) { each = $2; ours = ms($3) " to " ms($4); next }
		{ setup = $1; sub("setup$", "each", $1); split($1, of, "/"); gsub("_", " ", of[1])
		  printf "| %s | %d |", of[1], of[2]
		  if (setup in base)
			printf " %.3f | %.3f | %.2f | %s | %s | %.2f | %s |", base[setup], $2, $2 / base[setup],
				ms(base[$1]), ms(each), each / base[$1], range[$1]
		  else
			printf " - | %.3f | - | - | %s | - | - |", $2, ms(each)
		  printf " %s |\n", ours }' "$work"/perf.spread.{base,patched}
}

report()
{
	head_of memslots
	cat <<-END

	## Targets

	Those of the topic, judged by script from the figures below. "<= base" means a quotient
	patched / base of at most 1.00, rounded; in wall time, which scatters, that patched's fastest round is
	not above the base's slowest. What is shown is the worst quotient over the numbers of slots.

	$(targets)

	## Booted hosts, in guest instructions

	With QEMU's instruction counting, where the guest's clock advances by a nanosecond an
	instruction. Two runs of the patched kernel differ by $(repeats) % at most. One VM has N slots of
	a 4 KiB page each, with IDs from 0 and a free page between two slots, and with dirty logs:
	\`slots_add_N\` is the mean of the last 256 additions, \`slots_add_all_N\` all of them together,
	\`slots_dirty_log_N\` KVM_GET_DIRTY_LOG and \`slots_unmap_N\` the host's unmapping of a slot's page by
	madvise(), means of a sweep over all. Of 256 slots, spread over all, \`slots_flags_N\` turns the dirty
	log off, \`slots_move_N\` moves a slot by a page, \`slots_delete_N\` deletes it. \`slots_destroy_N\` is the
	end of the VM, divided by its N - 256 slots; with few, it is the VM's own. \`memory_slots_N\`: kernel
	memory of a VM with N slots, as its memory cgroup counts it; \`memory_per_slot_N\`: of one of N slots
	of a page without a dirty log. A dash: the base allows 32764 slots.

	$(table_counted sort -k1,1V)

	## Booted hosts, in wall time

	$rounds boots of each kernel in turn; scatters, compare within this table only.

	$(table_timed)

	## memslot_perf_test

	The selftest of the patched tree in both hosts, $perf_rounds boots of each in turn, in each a run of 2 s: medians
	of the runs' means, in wall time under emulation. Guest and test share a CPU and spin until the other
	is there, so that time slices that end in between are part of an iteration, more or fewer of them. What
	the guest itself does (map and RW above all, a few long iterations here) outweighs the slots. Where a
	test has no room for 32764 slots, it has as many as it has room for. Setup has the test's own part in
	it too.

	$(table_perf)

	$(cat "$TOP/bench/szmigiero-2021.md")
	END
}
