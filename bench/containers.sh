#!/bin/sh
# The output of tools/testing/kvm/bench as tables: containers.sh FILE
set -eu
data=$1

# table TITLE GROUP VARIANT...: a row for each number of vCPUs
table()
{
	title=$1
	group=$2
	shift 2
	printf '\n%s\n\n| vCPUs |' "$title"
	printf ' %s |' "$@"
	printf '\n|---:|'
	for _; do
		printf -- '---:|'
	done
	printf '\n'
	awk -v group="$group" -v names="$*" '
		BEGIN { n = split(names, name) }
		index($1, group "/") == 1 {
			if (!($2 in seen)) size[++sizes] = $2
			seen[$2] = 1
			f = $3 < 100 ? "%.2f (%.2f to %.2f)" : "%.0f (%.0f to %.0f)"
			cell[substr($1, length(group) + 2), $2] = sprintf(f, $3, $4, $5)
		}
		END {
			for (i = 1; i <= sizes; i++) {
				printf "| %s |", size[i]
				for (j = 1; j <= n; j++)
					printf " %s |", cell[name[j], size[i]]
				printf "\n"
			}
		}' "$data"
}

echo 'In ns: median (fastest to slowest) of the repetitions.'
set -- bare new segments rcu rcu-preempt xarray xarray-preempt
table "\`kvm_for_each_vcpu()\`, a step:" walk "$@"
table "\`kvm_get_vcpu()\`, random index:" get "$@"
cat <<'END'

`bare`: a C array with the same bound check. `new`: the array of this topic, superseded tables
are kept. `segments`: power-of-two segments that never move. `rcu`: superseded tables are freed
after a grace period, an RCU read-side critical section for each element. `xarray`: before.
`-preempt`: `rcu_read_lock()` as with PREEMPT_RCU, else a compiler barrier.
END
for layout in dense offset stride4 stride8 random; do
	table "\`kvm_get_vcpu_by_id()\`, $layout IDs, next to \`kvm_get_vcpu()\`:" "$layout" get new base
done

printf '\n| what | vCPUs | ratio | target | measured | |\n|---|---:|---|---:|---:|---|\n'
# walk  8  xarray / new >= 10: 17.66 reached
awk 'NF == 9 && $4 == "/" {
	sub(/:$/, "", $7)
	printf "| %s | %s | %s / %s | %s %s | %s | %s |\n", $1, $2, $3, $5, $6, $7, $8, $9 }' "$data"

if grep -Eq '^(stride4|stride8|random) +65536 .* missed$' "$data"; then
	cat <<'END'

By ID, 65536 vCPUs whose IDs are spread over 262144 or more occupy 2 MB (stride 4, random) to
4 MB (stride 8) of cache lines in the leaves of the map; their pointers alone, by index, 512 kB.
The one is about the size of a second-level cache or larger, the other fits. Indices of 32 bits
in the leaves were slower (one more dependent load); one array for each remainder of the ID
makes strides as fast as dense IDs, but takes up to eight times the memory for one high ID.
END
fi

if grep -q '^walk  *8 .* missed$' "$data"; then
	cat <<'END'

A walk over 8 vCPUs takes 6 ns in all, in which the few instructions that begin and end a walk
are a larger part than of longer walks, and the step of the bare array has one load less.
END
fi
