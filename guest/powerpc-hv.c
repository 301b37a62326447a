// SPDX-License-Identifier: GPL-2.0
/*
 * powerpc-hv VCPUS STRIDE SERVER: KVM has no selftests for powerpc; this runs in
 * the booted host.  It creates a VM of KVM-HV with an XICS and VCPUS vCPUs, whose
 * IDs and numbers of servers have a stride, the latter from SERVER on; if that is
 * negative, so many below KVM_CAP_MAX_VCPU_ID.  Each vCPU sends an interrupt to
 * another one, and to one that does not exist, asks for the state of both, and
 * leaves with a hypercall.  Who got it is read from the vCPUs' registers, which
 * no lookup of a server is needed for.  What that takes is printed, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define H_PARAMETER	(-4)
#define H_PUT_TERM_CHAR	0x58	/* KVM leaves it to user space */
#define MFRR		3	/* priority of the interrupt, for its server */
#define MSR_LE_SF_ME	0x8000000000001001ul
#define GUEST_SIZE	0x1000000ul	/* 16 MiB */
#define NR_RUNS		64

/* r30: a server that exists, r29: one that does not. */
asm(".pushsection .rodata\n"
    "guest:\n"
    "	li 3,0x6c; mr 4,30; li 5,3; sc 1; mr 14,3\n"	/* H_IPI */
    "	li 3,0x70; mr 4,30; sc 1; mr 15,3; mr 16,5\n"	/* H_IPOLL */
    "	li 3,0x6c; mr 4,29; li 5,3; sc 1; mr 17,3\n"
    "	li 3,0x70; mr 4,29; sc 1; mr 18,3\n"
    "	li 3,0x58; sc 1\n"
    "	b .\n"
    "guest_end:\n"
    ".popsection");
extern const char guest[], guest_end[];

static void check(int ok, const char *what, int n)
{
	if (ok)
		return;
	printf("powerpc-hv: %s of vCPU %d: %s\n", what, n, strerror(errno));
	exit(1);
}

static void run_vcpu(int fd, struct kvm_run *run, int n, int other, int absent)
{
	struct kvm_regs regs;
	long *gpr = (long *)regs.gpr;

	check(!ioctl(fd, KVM_GET_REGS, &regs), "KVM_GET_REGS", n);
	regs.pc = 0x100;
	regs.msr = MSR_LE_SF_ME;
	gpr[30] = other;
	gpr[29] = absent;
	check(!ioctl(fd, KVM_SET_REGS, &regs), "KVM_SET_REGS", n);
	check(!ioctl(fd, KVM_RUN, 0), "KVM_RUN", n);
	if (run->exit_reason != KVM_EXIT_PAPR_HCALL || run->papr_hcall.nr != H_PUT_TERM_CHAR) {
		printf("powerpc-hv: vCPU %d left with reason %u\n", n, run->exit_reason);
		exit(1);
	}
	check(!ioctl(fd, KVM_GET_REGS, &regs), "KVM_GET_REGS", n);
	if (gpr[14] || gpr[15] || gpr[16] != MFRR || gpr[17] != H_PARAMETER || gpr[18] != H_PARAMETER) {
		printf("powerpc-hv: vCPU %d to %d: H_IPI %ld, H_IPOLL %ld %ld; to %d, which is absent: %ld %ld\n",
		       n, other, gpr[14], gpr[15], gpr[16], absent, gpr[17], gpr[18]);
		exit(1);
	}
}

/* The vCPU has an interrupt of this priority from another one, 255: none. */
static void check_ipi(int fd, int n, int wanted)
{
	unsigned long state;
	struct kvm_one_reg reg = { .id = KVM_REG_PPC_ICP_STATE, .addr = (unsigned long)&state };
	int priority;

	check(!ioctl(fd, KVM_GET_ONE_REG, &reg), "KVM_REG_PPC_ICP_STATE", n);
	priority = state >> KVM_REG_PPC_ICP_MFRR_SHIFT & KVM_REG_PPC_ICP_MFRR_MASK;
	if (priority != wanted) {
		printf("powerpc-hv: vCPU %d has an interrupt of priority %d instead of %d\n",
		       n, priority, wanted);
		exit(1);
	}
}

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000 + time.tv_nsec;
}

int main(int argc, char **argv)
{
	int nr = argc > 3 ? atoi(argv[1]) : 8, stride = argc > 3 ? atoi(argv[2]) : 1;
	int first = argc > 3 ? atoi(argv[3]) : 0, size, vm, max_id, i;
	struct kvm_create_device xics = { .type = KVM_DEV_TYPE_XICS };
	struct kvm_userspace_memory_region slot = { .memory_size = GUEST_SIZE };
	struct kvm_enable_cap papr = { .cap = KVM_CAP_PPC_PAPR };
	int kvm = open("/dev/kvm", O_RDWR), *fds = calloc(nr, sizeof(*fds));
	struct kvm_run **runs = calloc(nr, sizeof(*runs));
	void *memory;
	long start;

	check(kvm >= 0, "/dev/kvm", -1);
	max_id = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPU_ID);
	printf("vCPUs at most: %d, IDs below %d\n", ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS), max_id);
	if (first < 0)
		first += max_id;
	size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	vm = ioctl(kvm, KVM_CREATE_VM, KVM_VM_PPC_HV);
	check(vm >= 0, "KVM_CREATE_VM", -1);
	memory = mmap(NULL, GUEST_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	slot.userspace_addr = (unsigned long)memory;
	memcpy(memory + 0x100, guest, guest_end - guest);
	check(!ioctl(vm, KVM_SET_USER_MEMORY_REGION, &slot), "KVM_SET_USER_MEMORY_REGION", -1);
	check(!ioctl(vm, KVM_CREATE_DEVICE, &xics), "KVM_CREATE_DEVICE", -1);
	for (i = 0; i < nr; i++) {
		struct kvm_enable_cap connect = {
			.cap = KVM_CAP_IRQ_XICS,
			.args = { xics.fd, first + i * stride },
		};

		fds[i] = ioctl(vm, KVM_CREATE_VCPU, i * stride);
		check(fds[i] >= 0, "KVM_CREATE_VCPU", i);
		check(!ioctl(fds[i], KVM_ENABLE_CAP, &papr), "KVM_CAP_PPC_PAPR", i);
		check(!ioctl(fds[i], KVM_ENABLE_CAP, &connect), "KVM_CAP_IRQ_XICS", i);
		runs[i] = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fds[i], 0);
		check(runs[i] != MAP_FAILED, "mmap()", i);
		/* Not of the last one, when there may be no more. */
		check(i != nr / 2 || (ioctl(vm, KVM_CREATE_VCPU, i * stride) < 0 && errno == EEXIST),
		      "a second KVM_CREATE_VCPU", i);
	}
	/* Each sends one, and each gets one, which nobody takes. */
	for (i = 0; i < nr; i++) {
		check_ipi(fds[nr - 1 - i], nr - 1 - i, 255);
		run_vcpu(fds[i], runs[i], i, first + (nr - 1 - i) * stride, first + nr * stride);
		check_ipi(fds[nr - 1 - i], nr - 1 - i, MFRR);
	}
	printf("%d vCPUs, IDs with a stride of %d, servers from %d: all ran, and each found its server\n",
	       nr, stride, first);
	start = now();
	for (i = 0; i < NR_RUNS; i++)
		run_vcpu(fds[0], runs[0], 0, first + (nr - 1) * stride, first + nr * stride);
	printf("%d vCPUs: a run with these four hypercalls takes %ld ns\n",
	       nr, (now() - start) / NR_RUNS);
	return 0;
}
