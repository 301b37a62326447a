# shellcheck shell=bash disable=SC2034,SC2154
# The lookups topic, sourced by scripts/bench.sh: also as many vCPUs as there may be,
# QEMU, and other architectures' hosts.
counted='kvm-cost create 4096 && kvm-cost setup 4096 &&
	kvm-cost events 64 && kvm-cost events 1024 && kvm-cost events 4096'
timed='kvm-cost create 4096 && kvm-cost setup 4096'
rounds=3

extra_text="65536 vCPUs, QEMU, other architectures"
extra()
{
	rm -f "$work/many" "$work"/{qemu,others}.*
	figures patched "$work/many" --icount -- 'kvm-cost create 65536 && kvm-cost setup 65536' &&
		"$TOP/scripts/guest-image.sh" "$work/boot" &&
		cp "$TOP"/guest/qemu{,-times} "$programs/" && qemu base && qemu patched && qemu base && qemu patched &&
		others arm64 '/tests/arm64/mpidr_test time' &&
		others riscv '/tests/riscv/sbi_ipi_test && /tests/riscv/aia_msi_test 512' --machine aia=aplic-imsic,aia-guests=7 &&
		others powerpc '/tests/powerpc-hv 8 1 0 && /tests/powerpc-hv 512 1 0'
}
qemu() { figures "$1" "$work/qemu.$1" --root --add "$work/boot" -- '/bench/qemu-times 1024 16'; }

# others ARCH COMMAND OPTIONS...: what tests say they take, on the base too.
others()
{
	local arch=$1 command=$2 tree

	shift 2
	"$TOP/scripts/build.sh" base "$arch-host" && "$TOP/scripts/build.sh" patched "$arch-host" &&
		"$TOP/scripts/selftests.sh" patched "$arch-host" || return
	for tree in base patched; do
		host "$tree" 'vCPUs: .* takes [0-9]+ ns$' "$work/others.$tree.$arch" --config "$arch-host" --icount \
			--add "$BUILD/out/patched-selftests-$arch/tests" "$@" -- "$command" || return
	done
}
# others_figures: TREE|WHAT|VCPUS|NS of each line that a test said; a mail's table has
# no room for more words
others_figures()
{
	awk '{ nr = $1; ns = $(NF - 1); $1 = $2 = $NF = $(NF - 1) = ""
		sub(/^ +/, ""); sub(/ takes +$/, "")
		n = split(FILENAME, of, "."); print of[n - 1] "|" of[n] ", " $0 "|" nr "|" ns }' "$work"/others.{base,patched}.*
}
table_others()
{
	echo '| | vCPUs | base | patched |'
	echo '|---|---:|---:|---:|'
	others_figures | awk -F'|' '{ what = $2 " | " $3 }
		$1 == "base" { base[what] = $4; next }
		{ printf "| %s | %s | %d |\n", what, what in base ? base[what] : "-", $4 }'
}

# targets: what creation and lookups are to reach, from the figures
targets()
{
	others_figures >"$work/lookups"
	echo '| target | limit | measured | |'
	echo '|---|---:|---:|---|'
	awk 'function target(what, sign, limit, figure, by,   v) {
			printf "| %s | %s %s | ", what, sign, limit
			if (figure == "" || !by) { print "not measured | missed |"; return }
			v = figure / by
			printf "%.2f | %s |\n", v, (sign == "<=" ? v <= limit : v >= limit) ? "reached" : "missed"
		}
		FILENAME ~ /counted.base$/ { base[$1] = $2 }
		FILENAME ~ /counted.patched$/ { new[$1] = $2 }
		FILENAME ~ /spread.base$/ { tbase[$1] = $2 }
		FILENAME ~ /spread.patched$/ { tnew[$1] = $2 }
		FILENAME ~ /many$/ { many[$1] = $2 }
		FILENAME ~ /lookups$/ && split($0, f, "|") && f[1] == "patched" { other[f[2] "|" f[3]] = f[4] }
		END {
			target("the 4096th creation by the first 16, instructions", "<=", 1.3, new["create_last"], new["create_first"])
			target("the 65536th creation by the first 16", "<=", 1.3, many["create_last"], many["create_first"])
			target("4096 creations, base / patched, instructions", ">=", 12, base["create_total"], new["create_total"])
			target("the same, wall time", ">=", 5, tbase["create_total"], tnew["create_total"])
			target("the 4096th set up by the first 16, instructions", "<=", 1.3, new["setup_last"], new["setup_first"])
			target("the 65536th set up by the first 16", "<=", 1.3, many["setup_last"], many["setup_first"])
			target("destroying one of 4096 by one of 1024", "<=", 1.3, new["destroy_4096"], new["destroy_1024"])
			for (i = split("broadcast_msi broadcast_request", name); i; i--)
				target(name[i] ", 4096 vCPUs by 64, for each vCPU", "<=", 1.3,
				       new[name[i] "_4096"], 64 * new[name[i] "_64"])
			n = split("arm64, CPU_ON of the last CPU|arm64, CPU_ON of an absent CPU|powerpc, a run with these four hypercalls|" \
				  "riscv, an IPI to the last one|riscv, an MSI to the last one", name, "|")
			for (i = 1; i <= n; i++)
				target(name[i] ", 512 by 8", "<=", 1.3, other[name[i] "|512"], other[name[i] "|8"])
		}' "$work"/counted.{base,patched} "$work"/spread.{base,patched} "$work/many" "$work/lookups"
}

# seconds TREE NAME: QEMU's times, one for each boot
seconds() { awk -v name="$2" '$1 == name { printf "%s%.1f", n++ ? ", " : "", $2 / 1e9 }' "$work/qemu.$1"; }

report()
{
	head_of lookups
	cat <<-END

	## Targets

	$(targets)

	## Booted hosts, in guest instructions

	Two runs of the patched kernel differ by $(repeats) % at most. \`create_N\`: KVM_CREATE_VCPU round
	the Nth vCPU, in-kernel irqchip; \`setup_N\`: the same with what a VMM does until the vCPU runs:
	CPUID, SREGS with x2APIC mode, the APIC's state, and KVM_RUN with an immediate exit.
	With N vCPUs that are idle: \`broadcast_msi_N\`, an MSI to all; \`broadcast_request_N\`,
	KVM_SET_IRQCHIP, which makes all scan the IOAPIC; \`memslot_change_N\`, where a grace period is
	the larger part with few vCPUs; \`destroy_N\`, closing all files, for each vCPU.

	$(table_counted)

	With 65536 vCPUs, which the base does not allow:

	| figure | patched |
	|---|---:|
	$(awk '{ printf "| %s | %.0f |\n", $1, $2 }' "$work/many")

	## Other architectures, in guest instructions

	What the tests of the lookups say, in emulated hosts; powerpc: H_IPI and H_IPOLL of the last server and of none.

	$(table_others)

	## QEMU in the booted hosts, in wall time

	Until 1024 vCPUs are created and paused; until the last of a Linux guest's 16 CPUs is online,
	which nested emulation takes most of. Two boots of each kernel in turn.

	| seconds | base | patched |
	|---|---:|---:|
	$(for name in qemu_paused_1024 guest_online_16; do
		echo "| $name | $(seconds base $name) | $(seconds patched $name) |"
	done)

	## Booted hosts, in wall time

	$rounds boots of each kernel in turn; scatters, compare within this table only.

	$(table_timed)
	END
}
