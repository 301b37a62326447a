#!/bin/bash
# bench.sh [TOPIC...]: measures base and patched side by side and writes
# results/TOPIC.md (all of them without a TOPIC): hosts counted in guest
# instructions and in wall time, and what bench/TOPIC.sh adds to that.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need gcc gnuplot
need_memory 10 "the booted hosts"

declare -a all=(vcpus memslots limits lookups) topics=("$@")
[ $# -gt 0 ] || topics=("${all[@]}")
for topic in "${topics[@]}"; do
	[ -f "$TOP/bench/$topic.sh" ] || die "there is no bench/$topic.sh" "the topics are: ${all[*]}"
done
results=$TOP/results
programs=$BUILD/out/bench/bench

compile()
{
	mkdir -p "$programs" &&
		gcc -O2 -Wall -Werror -static -o "$programs/kvm-cost" "$TOP/guest/kvm-cost.c"
}

# host TREE PATTERN OUTPUT OPTIONS... -- COMMAND: runs it in that host and adds
# the lines with this pattern to the output.
host()
{
	local tree=$1 pattern=$2 out=$3 start=$SECONDS status=0

	shift 3
	"$TOP/scripts/boot.sh" --tree "$tree" --mem 8G --timeout 1500 --add "$programs" "$@" >"$work/console" || status=$?
	cat "$work/console"
	[ "$status" -eq 0 ] || return "$status"
	say "the $tree host ran for $((SECONDS - start)) s"
	tr -d '\r' <"$work/console" | grep -E "$pattern" >>"$out"
}
figures() { host "$1" '^[a-z0-9_]+ [0-9.]+ (ns|bytes|vCPUs|slots)$' "${@:2}"; }

# shellcheck disable=SC2154	# a topic says what is counted and timed, and how often
counting()
{
	rm -f "$work"/counted.*
	# The last is the same kernel once more: by how much do two runs differ?
	figures base "$work/counted.base" --icount -- "$counted" &&
		figures patched "$work/counted.patched" --icount -- "$counted" &&
		figures patched "$work/counted.again" --icount -- "$counted"
}

# shellcheck disable=SC2154
timing()
{
	local round

	rm -f "$work"/timed.*
	for ((round = 0; round < rounds; round++)); do
		figures base "$work/timed.base" -- "$timed" &&
			figures patched "$work/timed.patched" -- "$timed" || return
	done
	spread "$work/timed.base" >"$work/spread.base" &&
		spread "$work/timed.patched" >"$work/spread.patched"
}

# In turn, a name's median, minimum and maximum over the rounds.
spread()
{
	sort -k1,1V -k2,2n "$1" | awk '
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

# table_counted [FILTER...]: a dash is for what the base cannot do.
table_counted()
{
	echo '| figure | base | patched | patched / base |'
	echo '|---|---:|---:|---:|'
	"${@:-cat}" <"$work/counted.patched" | awk 'NR == FNR { base[$1] = $2; next }
		{ unit = $3 == "ns" ? "" : " bytes"
		  was = $1 in base ? sprintf("%.0f%s", base[$1], unit) : "-"
		  ratio = base[$1] ? sprintf("%.3f", $2 / base[$1]) : "-"
		  printf "| %s | %s | %.0f%s | %s |\n", $1, was, $2, unit, ratio }' "$work/counted.base" -
}

table_timed()
{
	echo '| figure, us | base: median (min to max) | patched: median (min to max) | patched / base |'
	echo '|---|---:|---:|---:|'
	awk 'function us(median, min, max) {
			f = median < 10000 ? "%.2f" : "%.1f"
			return sprintf(f " (" f " to " f ")", median / 1000, min / 1000, max / 1000)
		}
		NR == FNR { median[$1] = $2; base[$1] = us($2, $3, $4); next }
		{ printf "| %s | %s | %s | %s |\n", $1, $1 in base ? base[$1] : "-", us($2, $3, $4),
		  $1 in base ? sprintf("%.2f", $2 / median[$1]) : "-" }' "$work/spread.base" "$work/spread.patched"
}

# head_of TOPIC: how a page of results begins.
head_of()
{
	cat <<-END
	# What the $1 topic costs and saves

	Written by \`make bench\` on $(date -u +%F), base and patched in one run. Linux $BASE_VERSION, and
	with the series the tree $(git -C "$TREE" rev-parse --short=12 'HEAD^{tree}'), as \`git rev-parse elastic^{tree}\` names it;
	$(gcc --version | head -n 1); $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(nproc) CPUs;
	$("$ROOT/qemu-system-x86_64" --version | head -n 1). Hosts run under $(nested_kvm && echo KVM || echo 'TCG, emulation'),
	those that count instructions always under TCG.
	END
}

number=0 steps=$((4 + 3 * ${#topics[@]}))
next() { number=$((number + 1)); step "$number/$steps" "$@"; }

next "the trees" tree "$TOP/scripts/tree.sh"
next "the base kernel" build-base-x86 "$TOP/scripts/build.sh" base x86
next "the patched kernel" build-patched-x86 "$TOP/scripts/build.sh" patched x86
next "the programs" bench-programs compile
mkdir -p "$results"
for topic in "${topics[@]}"; do
	work=$BUILD/out/bench/$topic
	mkdir -p "$work"
	# It says what is counted and timed, adds one measurement, and reports.
	# shellcheck source=/dev/null
	. "$TOP/bench/$topic.sh"
	# shellcheck disable=SC2154
	next "$topic: $extra_text" "bench-$topic-extra" extra
	next "$topic: hosts, counting instructions" "bench-$topic-counted" counting
	next "$topic: hosts, in wall time" "bench-$topic-timed" timing
	report >"$work/$topic.md"
	mv "$work/$topic.md" "$results/$topic.md"
	cat "$results/$topic.md"
done
