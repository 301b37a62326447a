// SPDX-License-Identifier: GPL-2.0
/*
 * What KVM's operations cost, measured from user space in the booted host.
 *
 *   kvm-cost create N		time of KVM_CREATE_VCPU, ids 0 to N - 1
 *   kvm-cost setup N		time of what a VMM does for each, until it runs
 *   kvm-cost events N		time of what concerns all of N idle vCPUs
 *   kvm-cost lookup N STRIDE	time to find that an id is taken, among N vCPUs
 *				with ids 0, STRIDE, 2 * STRIDE...
 *   kvm-cost memory		kernel memory of a VM, by the memory cgroup
 *   kvm-cost slots N		time to add, use, change and delete N memslots
 *   kvm-cost slotmemory	kernel memory of memslots, likewise
 *   kvm-cost parts		kernel memory of a VM that grows to the smallest
 *				useful one
 *   kvm-cost largest		a VM with all the memslots and vCPUs that KVM takes
 *
 * A line of output is a figure: name, value, unit.  Times are of the host's
 * clock; under QEMU's -icount shift=0 a nanosecond of it is an instruction.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WINDOW	16	/* creations that make one figure */
#define SAMPLE	256	/* memslots that make one figure */
#define SPARE	64	/* file descriptors beside those of VMs and vCPUs */
#define PAGE	4096UL
#define X2APIC_ENABLE	(1UL << 10)	/* in IA32_APIC_BASE */
#define CGROUPS	"/sys/fs/cgroup"

struct shape {
	const char *name;
	int vms;
	int slots;
	int vcpus;
	int irqchip;
	int per_slot;	/* the figure is of a slot, without the VM */
};

static const struct shape vcpu_shapes[] = {
	{ "memory_vcpus_1_irqchip",	400, 1,  1, 1 },
	{ "memory_vcpus_1",		400, 1,  1, 0 },
	{ "memory_vcpus_16_irqchip",	100, 1, 16, 1 },
	{ "memory_vcpus_64_irqchip",	 25, 1, 64, 1 },
};

/* What the smallest VM consists of; each differs from the one before in one thing. */
static const struct shape part_shapes[] = {
	{ "memory_vm",			400, 0, 0, 0 },
	{ "memory_vm_irqchip",		400, 0, 0, 1 },
	{ "memory_vm_irqchip_slot",	400, 1, 0, 1 },
	{ "memory_vm_irqchip_slot_vcpu",	400, 1, 1, 1 },
};

static const struct shape slot_shapes[] = {
	{ "memory_slots_0",		400,     0, 0, 0 },
	{ "memory_slots_1",		400,     1, 0, 0 },
	{ "memory_per_slot_512",	 20,   512, 0, 0, 1 },
	{ "memory_per_slot_32764",	  1, 32764, 0, 0, 1 },
};

static int kvm;

static void __attribute__((noreturn, format(printf, 1, 2)))
die(const char *format, ...)
{
	int error = errno;
	va_list args;

	fprintf(stderr, "kvm-cost: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(error));
	exit(1);
}

static unsigned long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static void figure(const char *name, double value, const char *unit)
{
	printf("%s %.1f %s\n", name, value, unit);
}

/*
 * Let this process have @nr files, and make its table of files as large as it
 * will get, that neither time nor memory of growing it is measured.
 */
static void allow_files(int nr)
{
	struct rlimit limit;

	nr += SPARE;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		die("getrlimit");
	if (limit.rlim_cur < (rlim_t)nr) {
		limit.rlim_cur = nr;
		if (limit.rlim_max < (rlim_t)nr)
			limit.rlim_max = nr;
		if (setrlimit(RLIMIT_NOFILE, &limit))
			die("RLIMIT_NOFILE cannot be raised to %d", nr);
	}
	if (dup2(STDERR_FILENO, nr - 1) < 0)
		die("dup2");
	close(nr - 1);
}

static int create_vm(int irqchip)
{
	int vm = ioctl(kvm, KVM_CREATE_VM, 0UL);

	if (vm < 0)
		die("KVM_CREATE_VM");
	if (irqchip && ioctl(vm, KVM_CREATE_IRQCHIP, 0UL))
		die("KVM_CREATE_IRQCHIP");
	return vm;
}

/* With an in-kernel irqchip whose APIC IDs have 32 bits */
static int create_x2apic_vm(void)
{
	struct kvm_enable_cap ids = { KVM_CAP_X2APIC_API, .args = { KVM_X2APIC_API_USE_32BIT_IDS } };
	int vm = create_vm(1);

	if (ioctl(vm, KVM_ENABLE_CAP, &ids))
		die("KVM_CAP_X2APIC_API");
	return vm;
}

static void create_vcpu(int vm, unsigned long id)
{
	if (ioctl(vm, KVM_CREATE_VCPU, id) < 0)
		die("KVM_CREATE_VCPU, id %lu", id);
}

/* Addresses for @nr memslots of a page each, which nobody is going to touch. */
static unsigned long slot_pages(unsigned long nr)
{
	void *pages = mmap(NULL, nr * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (pages == MAP_FAILED)
		die("mmap");
	return (unsigned long)pages;
}

/*
 * Slot @id, backed by a page of @pages, at guest page @gfn; deleted if @size is
 * 0.  Usually @gfn is 2 * @id, so that each slot has a free page beside it.
 */
static void set_slot(int vm, unsigned long pages, unsigned long id,
		     unsigned long gfn, unsigned long size, int flags)
{
	struct kvm_userspace_memory_region slot = {
		.slot = id,
		.flags = flags,
		.guest_phys_addr = gfn * PAGE,
		.memory_size = size,
		.userspace_addr = pages + id * PAGE,
	};

	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &slot))
		die("KVM_SET_USER_MEMORY_REGION, slot %lu", id);
}

/* What a VMM does for a vCPU, until it runs: it is in x2APIC mode, as after boot. */
static void set_up_vcpu(int vm, unsigned long id)
{
	static struct {
		struct kvm_cpuid2 cpuid;
		struct kvm_cpuid_entry2 entries[256];
	} supported = { .cpuid.nent = 256 };
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, id);
	struct kvm_lapic_state lapic;
	struct kvm_sregs sregs;
	struct kvm_run *run;

	if (vcpu < 0)
		die("KVM_CREATE_VCPU, id %lu", id);
	if (supported.cpuid.nent == 256 &&
	    ioctl(kvm, KVM_GET_SUPPORTED_CPUID, &supported.cpuid))
		die("KVM_GET_SUPPORTED_CPUID");
	if (ioctl(vcpu, KVM_SET_CPUID2, &supported.cpuid))
		die("KVM_SET_CPUID2");
	if (ioctl(vcpu, KVM_GET_SREGS, &sregs))
		die("KVM_GET_SREGS");
	sregs.apic_base |= X2APIC_ENABLE;
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs))
		die("KVM_SET_SREGS");
	if (ioctl(vcpu, KVM_GET_LAPIC, &lapic))
		die("KVM_GET_LAPIC");
	lapic.regs[0xf1] |= 1;	/* SPIV: enabled */
	if (ioctl(vcpu, KVM_SET_LAPIC, &lapic))
		die("KVM_SET_LAPIC");

	/* Into KVM_RUN and out again, before the guest is entered */
	run = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		die("kvm_run");
	run->immediate_exit = 1;
	if (!ioctl(vcpu, KVM_RUN, 0) || errno != EINTR)
		die("KVM_RUN");
	munmap(run, PAGE);
}

/* @nr times @step for the next ID, and figures @what of some of these. */
static void create(int vm, unsigned long nr, const char *what,
		   void (*step)(int, unsigned long))
{
	unsigned long long *at = calloc(nr + 1, sizeof(*at));
	unsigned long i, middle;
	char name[32];

	if (!at)
		die("calloc");
	/* Have the memory before the clock starts. */
	memset(at, 1, (nr + 1) * sizeof(*at));
	allow_files(nr);

	for (i = 0; i < nr; i++) {
		at[i] = now();
		step(vm, i);
	}
	at[nr] = now();

	snprintf(name, sizeof(name), "%s_first", what);
	figure(name, (double)(at[WINDOW] - at[0]) / WINDOW, "ns");
	for (middle = 2 * WINDOW; middle + WINDOW / 2 <= nr; middle *= 2) {
		snprintf(name, sizeof(name), "%s_%lu", what, middle);
		i = middle - WINDOW / 2;
		figure(name, (double)(at[i + WINDOW] - at[i]) / WINDOW, "ns");
	}
	snprintf(name, sizeof(name), "%s_last", what);
	figure(name, (double)(at[nr] - at[nr - WINDOW]) / WINDOW, "ns");
	snprintf(name, sizeof(name), "%s_total", what);
	figure(name, at[nr] - at[0], "ns");
	free(at);
}

/* One of WINDOW times @what took since @start, with @nr vCPUs; now is returned. */
static unsigned long long event_figure(const char *what, unsigned long nr,
				       unsigned long long start)
{
	unsigned long long end = now();
	char name[64];

	snprintf(name, sizeof(name), "%s_%lu", what, nr);
	figure(name, (double)(end - start) / WINDOW, "ns");
	return now();
}

static void events(unsigned long nr)
{
	struct kvm_irqchip ioapic = { .chip_id = KVM_IRQCHIP_IOAPIC };
	struct kvm_msi msi = { .address_lo = 0xfeeff000 };
	unsigned long pages = slot_pages(1);
	int vm = create_x2apic_vm();
	unsigned long long start;
	unsigned long i;
	char name[64];

	allow_files(nr);
	for (i = 0; i < nr; i++)
		set_up_vcpu(vm, i);
	if (ioctl(vm, KVM_GET_IRQCHIP, &ioapic))
		die("KVM_GET_IRQCHIP");

	start = now();
	for (i = 0; i < WINDOW; i++) {
		/* A vector of its own each, as those before are still pending */
		msi.data = 0x40 + i;
		if (ioctl(vm, KVM_SIGNAL_MSI, &msi) != (int)nr)
			die("KVM_SIGNAL_MSI");
	}
	start = event_figure("broadcast_msi", nr, start);
	for (i = 0; i < WINDOW; i++) {
		/* Each makes a request of all vCPUs, to scan the IOAPIC */
		if (ioctl(vm, KVM_SET_IRQCHIP, &ioapic))
			die("KVM_SET_IRQCHIP");
	}
	start = event_figure("broadcast_request", nr, start);
	for (i = 0; i < WINDOW; i++)
		set_slot(vm, pages, 0, 0, i % 2 ? 0 : PAGE, 0);
	start = event_figure("memslot_change", nr, start);
	/* vCPUs keep their VM, which dies with the last one. */
	close_range(vm, ~0U, 0);
	snprintf(name, sizeof(name), "destroy_%lu", nr);
	figure(name, (double)(now() - start) / nr, "ns");
}

static void lookup(unsigned long nr, unsigned long stride)
{
	unsigned long long start, end;
	unsigned long i;
	char name[64];
	int vm;

	allow_files(nr);
	vm = create_vm(0);
	for (i = 0; i < nr; i++)
		create_vcpu(vm, i * stride);

	start = now();
	for (i = 0; i < nr; i++) {
		if (ioctl(vm, KVM_CREATE_VCPU, i * stride) != -1 || errno != EEXIST)
			die("id %lu is not found to be taken", i * stride);
	}
	end = now();

	snprintf(name, sizeof(name), "lookup_%lu_stride_%lu", nr, stride);
	figure(name, (double)(end - start) / nr, "ns");
}

/* @nr of @what took since @start, with @slots slots; now is returned. */
static unsigned long long slot_figure(const char *what, unsigned long slots,
				      unsigned long long start, unsigned long nr)
{
	unsigned long long end = now();
	char name[64];

	snprintf(name, sizeof(name), "slots_%s_%lu", what, slots);
	figure(name, (double)(end - start) / nr, "ns");
	return now();
}

/* All dirty logs, slot by slot, as a VMM does in a round of migration. */
static void sweep_dirty_logs(int vm, unsigned long nr)
{
	unsigned long long bitmap;
	struct kvm_dirty_log log = { .dirty_bitmap = &bitmap };

	for (log.slot = 0; log.slot < nr; log.slot++) {
		if (ioctl(vm, KVM_GET_DIRTY_LOG, &log))
			die("KVM_GET_DIRTY_LOG, slot %u", log.slot);
	}
}

static void slots(unsigned long nr)
{
	unsigned long sample = nr / 2 < SAMPLE ? nr / 2 : SAMPLE;
	unsigned long long start, last = 0;
	unsigned long pages, i, id;
	int vm, max;

	vm = create_vm(0);
	max = ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS);
	if (max < 0)
		die("KVM_CAP_NR_MEMSLOTS");
	if (nr > (unsigned long)max) {
		printf("# %lu slots: this kernel has at most %d\n", nr, max);
		return;
	}
	pages = slot_pages(nr);

	start = now();
	for (i = 0; i < nr; i++) {
		if (i == nr - sample)
			last = now();
		set_slot(vm, pages, i, 2 * i, PAGE, KVM_MEM_LOG_DIRTY_PAGES);
	}
	slot_figure("add", nr, last, sample);
	slot_figure("add_all", nr, start, 1);

	sweep_dirty_logs(vm, nr);
	start = now();
	sweep_dirty_logs(vm, nr);
	start = slot_figure("dirty_log", nr, start, nr);

	/* The MMU notifier looks for slots, though no guest has touched a page. */
	for (i = 0; i < nr; i++) {
		if (madvise((void *)(pages + i * PAGE), PAGE, MADV_DONTNEED))
			die("madvise");
	}
	start = slot_figure("unmap", nr, start, nr);

	/* The same slots, which are spread over all, are changed and deleted. */
	for (i = 0; i < sample; i++) {
		id = i * nr / sample;
		set_slot(vm, pages, id, 2 * id, PAGE, 0);
	}
	start = slot_figure("flags", nr, start, sample);

	for (i = 0; i < sample; i++) {
		id = i * nr / sample;
		set_slot(vm, pages, id, 2 * id + 1, PAGE, 0);
	}
	start = slot_figure("move", nr, start, sample);

	for (i = 0; i < sample; i++) {
		id = i * nr / sample;
		set_slot(vm, pages, id, 2 * id + 1, 0, 0);
	}
	start = slot_figure("delete", nr, start, sample);

	close(vm);
	slot_figure("destroy", nr, start, nr - sample);
}

static void __attribute__((format(printf, 2, 3)))
write_file(const char *path, const char *format, ...)
{
	char text[32];
	va_list args;
	int fd, size;

	va_start(args, format);
	size = vsnprintf(text, sizeof(text), format, args);
	va_end(args);

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, size) != size)
		die("%s, write '%s'", path, text);
	close(fd);
}

/* The bytes of kernel memory that are charged to the cgroup in @dir. */
static long kernel_memory(const char *dir)
{
	static char text[16384];
	char path[96], *line;
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "%s/memory.stat", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s", path);
	size = read(fd, text, sizeof(text) - 1);
	if (size < 0)
		die("%s", path);
	close(fd);

	text[size] = '\0';
	line = strstr(text, "\nkernel ");
	if (!line) {
		errno = ENOENT;
		die("%s, line 'kernel'", path);
	}
	return strtol(line + strlen("\nkernel "), NULL, 10);
}

static void fill_vm(int vm, const struct shape *shape, unsigned long pages)
{
	int i;

	for (i = 0; i < shape->slots; i++)
		set_slot(vm, pages, i, 2 * i, PAGE, 0);
	for (i = 0; i < shape->vcpus; i++)
		create_vcpu(vm, i);
}

/* As many memslots and vCPUs as this kernel takes, in one VM. */
static void largest(void)
{
	struct shape slots = { .slots = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS) };
	struct shape vcpus = { .vcpus = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS) };
	unsigned long pages = slot_pages(slots.slots + 1);
	const char *dir = CGROUPS "/kvm-cost";
	unsigned long long start;
	char path[96];
	long before;
	int vm, i;

	allow_files(vcpus.vcpus + 1);
	write_file(CGROUPS "/cgroup.subtree_control", "+memory");
	if (mkdir(dir, 0755) && errno != EEXIST)
		die("mkdir %s", dir);
	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	write_file(path, "%d", getpid());
	before = kernel_memory(dir);

	figure("largest_vcpus", vcpus.vcpus, "vCPUs");
	figure("largest_slots", slots.slots, "slots");
	vm = create_vm(1);
	start = now();
	fill_vm(vm, &slots, pages);
	figure("largest_create_slots", now() - start, "ns");
	start = now();
	fill_vm(vm, &vcpus, pages);
	figure("largest_create_vcpus", now() - start, "ns");
	figure("largest_memory", kernel_memory(dir) - before, "bytes");

	/* vCPUs keep their VM, which dies with the last one. */
	start = now();
	for (i = 3; i < vcpus.vcpus + SPARE; i++)
		close(i);
	figure("largest_destroy", now() - start, "ns");
}

/* Runs in a process and a cgroup of its own, that shapes do not mix. */
static void measure_shape(const struct shape *shape, const char *dir)
{
	int vms[shape->vms], i;
	unsigned long pages;
	char path[96];
	double bytes;
	long before;

	allow_files(shape->vms * (shape->vcpus + 1));
	pages = slot_pages(shape->slots + 1);

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	write_file(path, "%d", getpid());
	kernel_memory(dir);
	before = kernel_memory(dir);

	for (i = 0; i < shape->vms; i++) {
		vms[i] = create_vm(shape->irqchip);
		if (!shape->per_slot)
			fill_vm(vms[i], shape, pages);
	}
	if (shape->per_slot) {
		before = kernel_memory(dir);
		for (i = 0; i < shape->vms; i++)
			fill_vm(vms[i], shape, pages);
	}
	bytes = (double)(kernel_memory(dir) - before) / shape->vms;
	figure(shape->name, shape->per_slot ? bytes / shape->slots : bytes, "bytes");
	exit(0);
}

static void memory(const struct shape *shapes, int nr)
{
	char dir[64];
	int i, status;
	pid_t pid;

	write_file(CGROUPS "/cgroup.subtree_control", "+memory");
	/* The first VM makes KVM allocate what all VMs share. */
	close(create_vm(1));

	for (i = 0; i < nr; i++) {
		snprintf(dir, sizeof(dir), CGROUPS "/kvm-cost-%d", i);
		if (mkdir(dir, 0755) && errno != EEXIST)
			die("mkdir %s", dir);

		fflush(stdout);
		pid = fork();
		if (pid < 0)
			die("fork");
		if (!pid)
			measure_shape(&shapes[i], dir);
		if (waitpid(pid, &status, 0) != pid)
			die("waitpid");
		if (status)
			exit(1);
		rmdir(dir);
	}
}

static unsigned long number(const char *text, unsigned long min)
{
	unsigned long value;
	char *end;

	value = strtoul(text, &end, 0);
	if (*end || value < min || value > 1UL << 20) {
		errno = EINVAL;
		die("'%s' is not a number from %lu on", text, min);
	}
	return value;
}

int main(int argc, char **argv)
{
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		die("/dev/kvm");

	if (argc == 3 && !strcmp(argv[1], "create")) {
		create(create_vm(1), number(argv[2], WINDOW), "create", create_vcpu);
	} else if (argc == 3 && !strcmp(argv[1], "setup")) {
		create(create_x2apic_vm(), number(argv[2], WINDOW), "setup", set_up_vcpu);
	} else if (argc == 3 && !strcmp(argv[1], "events")) {
		events(number(argv[2], 1));
	} else if (argc == 4 && !strcmp(argv[1], "lookup")) {
		lookup(number(argv[2], 1), number(argv[3], 1));
	} else if (argc == 2 && !strcmp(argv[1], "memory")) {
		memory(vcpu_shapes, sizeof(vcpu_shapes) / sizeof(vcpu_shapes[0]));
	} else if (argc == 3 && !strcmp(argv[1], "slots")) {
		slots(number(argv[2], 2));
	} else if (argc == 2 && !strcmp(argv[1], "slotmemory")) {
		memory(slot_shapes, sizeof(slot_shapes) / sizeof(slot_shapes[0]));
	} else if (argc == 2 && !strcmp(argv[1], "parts")) {
		memory(part_shapes, sizeof(part_shapes) / sizeof(part_shapes[0]));
	} else if (argc == 2 && !strcmp(argv[1], "largest")) {
		largest();
	} else {
		fprintf(stderr, "usage: kvm-cost create N | setup N | events N | lookup N STRIDE | memory | slots N | slotmemory | parts | largest\n");
		return 2;
	}
	return 0;
}
