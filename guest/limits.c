// SPDX-License-Identifier: GPL-2.0
/*
 * Print what KVM on this host supports, then create a VM with as many vCPUs
 * as it takes and tell how long that lasted.  Runs in the booted host.
 *
 * Lines that begin with "result" are name and value, for the table that
 * scripts/run.sh prints in the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define ROUTES	24	/* pins of the I/O APIC that a split irqchip leaves to user space */
#define SPARE	64	/* file descriptors beside the vCPUs' */

static const struct {
	int cap;
	const char *name;
} caps[] = {
	{ KVM_CAP_NR_VCPUS,	"vCPUs recommended (KVM_CAP_NR_VCPUS)" },
	{ KVM_CAP_MAX_VCPUS,	"vCPUs at most (KVM_CAP_MAX_VCPUS)" },
	{ KVM_CAP_MAX_VCPU_ID,	"vCPU ids below (KVM_CAP_MAX_VCPU_ID)" },
	{ KVM_CAP_NR_MEMSLOTS,	"memory slots (KVM_CAP_NR_MEMSLOTS)" },
	{ KVM_CAP_MULTI_ADDRESS_SPACE, "address spaces (KVM_CAP_MULTI_ADDRESS_SPACE)" },
	{ KVM_CAP_IRQ_ROUTING,	"interrupt routes (KVM_CAP_IRQ_ROUTING)" },
};

static void die(const char *what)
{
	fprintf(stderr, "limits: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* A vCPU is a file descriptor: let this process have enough of them. */
static void allow_files(unsigned long nr)
{
	struct rlimit limit = { nr, nr };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("RLIMIT_NOFILE");
}

/* A VM with in-kernel local APICs that take 32-bit ids, as QEMU's q35 has. */
static int create_vm(int kvm)
{
	struct kvm_enable_cap split = {
		.cap = KVM_CAP_SPLIT_IRQCHIP,
		.args = { ROUTES },
	};
	struct kvm_enable_cap x2apic = {
		.cap = KVM_CAP_X2APIC_API,
		.args = { KVM_X2APIC_API_USE_32BIT_IDS },
	};
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);

	if (vm < 0)
		die("KVM_CREATE_VM");
	if (ioctl(vm, KVM_ENABLE_CAP, &split))
		die("KVM_CAP_SPLIT_IRQCHIP");
	if (ioctl(vm, KVM_ENABLE_CAP, &x2apic))
		die("KVM_CAP_X2APIC_API");
	return vm;
}

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	double start, created, closed;
	int *fds, vm, max, i;

	if (kvm < 0)
		die("/dev/kvm");
	for (i = 0; i < (int)(sizeof(caps) / sizeof(caps[0])); i++)
		printf("result %s: %d\n", caps[i].name,
		       ioctl(kvm, KVM_CHECK_EXTENSION, caps[i].cap));

	max = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
	if (max <= 0)
		die("KVM_CAP_MAX_VCPUS");
	fds = calloc(max, sizeof(*fds));
	if (!fds)
		die("calloc");
	allow_files((unsigned long)max + SPARE);

	vm = create_vm(kvm);
	start = now();
	for (i = 0; i < max; i++) {
		fds[i] = ioctl(vm, KVM_CREATE_VCPU, (unsigned long)i);
		if (fds[i] < 0) {
			fprintf(stderr, "limits: vCPU %d of %d: %s\n", i, max, strerror(errno));
			return 1;
		}
	}
	created = now() - start;

	start = now();
	for (i = 0; i < max; i++)
		close(fds[i]);
	close(vm);
	closed = now() - start;

	printf("result a VM with %d vCPUs created: %.2f s\n", max, created);
	printf("result the same VM destroyed: %.2f s\n", closed);
	return 0;
}
