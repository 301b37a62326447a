#!/bin/bash
# make run: from nothing to a patched host that runs in QEMU, shows what it
# supports, and runs many-vCPU guests itself.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

begun=$SECONDS
config=x86
if nested_kvm; then
	accel="KVM (this machine's KVM can nest)" cpus=255 limit=900
else
	accel="TCG, emulation (no nested KVM on this machine): slow, and its times compare only with each other"
	cpus=32 limit=900
fi
need_memory 5 "the booted host"
need_disk 3 "$CACHE"
if [ ! -d "$TREE" ]; then
	need_disk 8 "$BUILD"
fi

sources()
{
	[ -d "$TREE/.git" ] || [ -n "${LINUX:-}" ] || "$TOP/scripts/fetch.sh"
}

# The guest's own archive, with what it is to print.
guest()
{
	local dir=$BUILD/out/show

	rm -rf "$dir"
	mkdir -p "$dir/tests"
	gcc -O2 -Wall -Werror -static -o "$dir/tests/limits" "$TOP/guest/limits.c"
	cp "$TOP"/guest/{show,qemu} "$dir/tests/"
	"$TOP/scripts/guest-image.sh" "$dir/boot"
}

step 1/6 "source of Linux $BASE_VERSION (160 MB the first time)" fetch sources
step 2/6 "the tree with its patches" tree "$TOP/scripts/tree.sh"
step 3/6 "the kernel (6 to 20 minutes on 2 cores the first time)" build-patched-$config \
	"$TOP/scripts/build.sh" patched "$config"
step 4/6 "a Debian $ROOT_SUITE root with QEMU (a minute the first time)" root "$TOP/scripts/root.sh"
step 5/6 "the programs and the guest's image" guest guest
say "[6/6] the patched host boots with $accel"

log=$LOGS/run.log
status=0
"$TOP/scripts/boot.sh" --tree patched --config "$config" --root --mem 4G --timeout "$limit" \
	--add "$BUILD/out/show/tests" --add "$BUILD/out/show/boot" -- /tests/show "$cpus" 2>&1 |
	tee "$log" || status=$?
if [ "$status" -ne 0 ]; then
	die "the run in the patched host failed (status $status)" \
	    "read the lines above, or $log; make shell gives a shell in that host"
fi
say ''
say "Accelerator: $accel"
tr -d '\r' <"$log" | sed -n 's/^result //p' | while IFS= read -r line; do
	printf '  %-55s %s\n' "${line%%: *}" "${line#*: }"
done
say "All of it took $((SECONDS - begun)) s."
