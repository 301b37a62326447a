// SPDX-License-Identifier: GPL-2.0
/*
 * What KVM's operations cost, measured from user space in the booted host.
 *
 *   kvm-cost create N		time of KVM_CREATE_VCPU, ids 0 to N - 1
 *   kvm-cost lookup N STRIDE	time to find that an id is taken, among N vCPUs
 *				with ids 0, STRIDE, 2 * STRIDE...
 *   kvm-cost memory		kernel memory of a VM, by the memory cgroup
 *
 * A line of output is a figure: name, value, unit.  Times are of the host's
 * clock; under QEMU's -icount shift=0 a nanosecond of it is an instruction.
 */
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
#define SPARE	64	/* file descriptors beside those of VMs and vCPUs */
#define PAGE	4096UL
#define CGROUPS	"/sys/fs/cgroup"

static const struct shape {
	const char *name;
	int vms;
	int vcpus;
	int irqchip;
} shapes[] = {
	{ "memory_vcpus_1_irqchip",	400,  1, 1 },
	{ "memory_vcpus_1",		400,  1, 0 },
	{ "memory_vcpus_16_irqchip",	100, 16, 1 },
	{ "memory_vcpus_64_irqchip",	 25, 64, 1 },
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

static void create_vcpu(int vm, unsigned long id)
{
	if (ioctl(vm, KVM_CREATE_VCPU, id) < 0)
		die("KVM_CREATE_VCPU, id %lu", id);
}

static void create(unsigned long nr)
{
	unsigned long long *at = calloc(nr + 1, sizeof(*at));
	unsigned long i, middle;
	char name[32];
	int vm;

	if (!at)
		die("calloc");
	/* Have the memory before the clock starts. */
	memset(at, 1, (nr + 1) * sizeof(*at));
	allow_files(nr);
	vm = create_vm(1);

	for (i = 0; i < nr; i++) {
		at[i] = now();
		create_vcpu(vm, i);
	}
	at[nr] = now();

	figure("create_first", (double)(at[WINDOW] - at[0]) / WINDOW, "ns");
	for (middle = 2 * WINDOW; middle + WINDOW / 2 <= nr; middle *= 2) {
		snprintf(name, sizeof(name), "create_%lu", middle);
		i = middle - WINDOW / 2;
		figure(name, (double)(at[i + WINDOW] - at[i]) / WINDOW, "ns");
	}
	figure("create_last", (double)(at[nr] - at[nr - WINDOW]) / WINDOW, "ns");
	figure("create_total", at[nr] - at[0], "ns");
	free(at);
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

/* Runs in a process and a cgroup of its own, that shapes do not mix. */
static void measure_shape(const struct shape *shape, const char *dir)
{
	struct kvm_userspace_memory_region slot = { .memory_size = PAGE };
	char path[96];
	void *memory;
	long before;
	int i, j, vm;

	allow_files(shape->vms * (shape->vcpus + 1));
	memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	slot.userspace_addr = (unsigned long)memory;

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	write_file(path, "%d", getpid());
	kernel_memory(dir);
	before = kernel_memory(dir);

	for (i = 0; i < shape->vms; i++) {
		vm = create_vm(shape->irqchip);
		if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &slot))
			die("KVM_SET_USER_MEMORY_REGION");
		for (j = 0; j < shape->vcpus; j++)
			create_vcpu(vm, j);
	}
	figure(shape->name, (double)(kernel_memory(dir) - before) / shape->vms, "bytes");
	exit(0);
}

static void memory(void)
{
	char dir[64];
	int i, status;
	pid_t pid;

	write_file(CGROUPS "/cgroup.subtree_control", "+memory");
	/* The first VM makes KVM allocate what all VMs share. */
	close(create_vm(1));

	for (i = 0; i < (int)(sizeof(shapes) / sizeof(shapes[0])); i++) {
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
		create(number(argv[2], WINDOW));
	} else if (argc == 4 && !strcmp(argv[1], "lookup")) {
		lookup(number(argv[2], 1), number(argv[3], 1));
	} else if (argc == 2 && !strcmp(argv[1], "memory")) {
		memory();
	} else {
		fprintf(stderr, "usage: kvm-cost create N | lookup N STRIDE | memory\n");
		return 2;
	}
	return 0;
}
