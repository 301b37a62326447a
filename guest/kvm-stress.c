// SPDX-License-Identifier: GPL-2.0
/*
 * Concurrency stress of KVM's tables of vCPUs and memslots, in the booted host.
 *
 *   kvm-stress [--seed N] [--seconds N] [--no-guest] [--base]
 *
 * Rounds of a few seconds.  In each, processes with a few VMs and a few threads
 * do what comes to the random generator's mind, with few files, little memory
 * and failing allocations; some are killed.  After it, no VM may be left; in the
 * end, no memory either.  A round's seed is printed: with --seed it comes first,
 * with the same operations in each thread (how threads interleave is not ours).
 * With --no-guest, vCPUs wait for INIT and SIPI, so that no guest code runs.
 * --base is for a kernel without the series: what it doesn't promise isn't checked.
 *
 * The other half is kvm-stress-vm.c.  What is checked: an ID is given to one
 * vCPU, is refused from then on and gets its interrupts; a broadcast reaches all
 * vCPUs; a memslot is there, or isn't, as it was set; a call fails only for a
 * reason.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kvm-stress.h"

#define PROCESSES	4
#define THREADS		4
#define GRACE		90	/* seconds that an orderly end may take */
#define LEAK		(128 << 10)	/* bytes of kernel memory that caches may keep */
#define CGROUP		"/sys/fs/cgroup/kvm-stress"
#define SLABS		"/sys/kernel/slab"

static const char *const counter_names[] = {
	"VMs created", "vCPUs created", "memslots created, moved, changed, deleted",
	"KVM_RUN", "lookups: taken vCPU ID refused", "lookups: interrupt to a vCPU ID",
	"lookups: interrupt to all vCPUs", "lookups: dirty log of a memslot",
	"lookups: memslot not there, or in the way", "interrupts and routes of other kinds",
	"changes of APIC state", "files of VMs and vCPUs closed in use", "failed allocations injected",
	"calls without a file left", "calls without memory left, injected ones too", "signals",
	"processes killed", "processes killed for want of memory",
};

static struct {
	_Atomic long counters[COUNTERS];
	_Atomic int failed;
} *shared;

static struct {
	struct kvm_cpuid2 cpuid;
	struct kvm_cpuid_entry2 entries[256];
} supported = { .cpuid.nent = 256 };

struct settings settings = { .cpuid = &supported.cpuid };
static unsigned long long round_seed;
static int can_fail;
static struct thread threads[THREADS];
static _Atomic int stop;

void count(enum counter counter)
{
	atomic_fetch_add(&shared->counters[counter], 1);
}

void fail(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	shared->failed = 1;
	fprintf(stderr, "kvm-stress: FAILED: %s (%s); --seed %llu repeats this round\n",
		text, strerror(errno), round_seed);
	_exit(1);
}

unsigned int any(struct thread *t, unsigned int below)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return (t->random >> 20) % below;
}

static unsigned long long mix(unsigned long long seed, unsigned int nr)
{
	seed = (seed + nr + 1) * 0x9e3779b97f4a7c15ULL;
	seed ^= seed >> 29;
	return seed * 0xbf58476d1ce4e5b9ULL | 1;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail("%s, write '%s'", path, text);
	close(fd);
}

/* The number behind @name in the file, -1 if there is none */
static long read_number(const char *path, const char *name)
{
	char line[512];
	long value = -1;
	FILE *file = fopen(path, "re");

	while (file && value < 0 && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, name, strlen(name)) && line[strlen(name)] == ' ')
			sscanf(line + strlen(name), "%ld", &value);
	}
	if (file)
		fclose(file);
	return value;
}

static void *work(void *arg)
{
	struct thread *t = arg;

	t->fail_nth = can_fail ? open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC) : -1;
	while (!stop)
		operate(t);
	return NULL;
}

static void on_signal(int nr)
{
}

static void __attribute__((noreturn)) process(unsigned long long seed, int msec)
{
	static const int files[] = { 8, 28, 120, 1500 };
	struct thread self = { .random = mix(seed, 99), .fail_nth = -1 };
	struct rlimit limit = { 1500, 1500 };
	struct timespec start, now;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGUSR1, on_signal);
	prepare_vms();
	for (i = 0; i < THREADS; i++) {
		threads[i].random = mix(seed, i);
		if (pthread_create(&threads[i].pthread, NULL, work, &threads[i]))
			fail("pthread_create");
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (i = 0; i < THREADS; ) {
		usleep(1000 + any(&self, 8000));
		/* The least is below what is open, so that a slow host gets there, too. */
		if (!any(&self, 40)) {
			limit.rlim_cur = files[any(&self, 4)];
			setrlimit(RLIMIT_NOFILE, &limit);
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
		stop = (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 > msec;
		if (!stop || pthread_tryjoin_np(threads[i].pthread, NULL)) {
			/* Any that is left: one may hold what another one waits for. */
			pthread_kill(threads[i + any(&self, THREADS - i)].pthread, SIGUSR1);
			count(SIGNALS);
		} else {
			i++;
		}
	}
	check_vms(&self);
	_exit(0);
}

/* How many VMs the kernel still has, by their directories */
static int vms_left(void)
{
	DIR *dir = opendir(DEBUGFS "/kvm");
	struct dirent *entry;
	int nr = 0;

	if (!dir)
		fail("no " DEBUGFS "/kvm");
	while ((entry = readdir(dir)))
		nr += entry->d_type == DT_DIR && entry->d_name[0] != '.';
	closedir(dir);
	return nr;
}

/* The path of a file in the cgroup of process @nr */
static const char *in_cgroup(int nr, const char *file)
{
	static char path[96];

	snprintf(path, sizeof(path), CGROUP "/%d/%s", nr, file);
	return path;
}

static void enter_cgroup(int nr, unsigned int limit)
{
	char text[32];

	snprintf(text, sizeof(text), "%u", limit);
	if (limit)
		write_file(in_cgroup(nr, "memory.max"), text);
	write_file(in_cgroup(nr, "cgroup.procs"), "0");
}

/* Objects that kfree_rcu() gathers are still accounted; shrinking frees them. */
static void shrink_slabs(void)
{
	DIR *dir = opendir(SLABS);
	struct dirent *entry;
	char path[sizeof(SLABS "//shrink") + sizeof(entry->d_name)];

	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), SLABS "/%s/shrink", entry->d_name);
		if (!access(path, F_OK))
			write_file(path, "1");
	}
	if (dir)
		closedir(dir);
}

/* Bytes of kernel memory that processes which ended have left, beyond a few */
static int memory_left(void)
{
	long bytes = read_number(CGROUP "/memory.stat", "kernel");

	if (bytes < 0)
		fail("no memory.stat");
	if (bytes > LEAK) {
		write_file("/proc/sys/vm/drop_caches", "3");
		shrink_slabs();
	}
	return bytes > LEAK ? bytes : 0;
}

static void wait_for(int (*what)(void), const char *text)
{
	time_t end = time(NULL) + GRACE;
	int left;

	while ((left = what())) {
		if (time(NULL) > end)
			fail("%s: %d", text, left);
		usleep(100000);
	}
}

static void __attribute__((noreturn)) stuck(pid_t pid)
{
	char command[64];

	snprintf(command, sizeof(command), "cat /proc/%d/task/*/stack", pid);
	if (system(command))
		printf("no stacks\n");
	fail("process %d is stuck", pid);
}

/* The processes of a round; half of them are killed. */
static void round_of(unsigned long long seed)
{
	struct thread self = { .random = mix(seed, 1000) };
	int msec = 5000 + any(&self, 20000), kill_at[PROCESSES], i, left, status, at;
	pid_t pids[PROCESSES];

	round_seed = seed;
	for (i = 0; i < PROCESSES; i++) {
		kill_at[i] = i % 2 ? (int)any(&self, msec) : (msec + GRACE * 1000);
		settings.limited = any(&self, 3) ? 0 : (2 << 20) + any(&self, 30 << 20);
		if (mkdir(in_cgroup(i, ""), 0755))
			fail("mkdir %s", in_cgroup(i, ""));
		pids[i] = fork();
		if (pids[i] < 0)
			fail("fork");
		if (!pids[i]) {
			enter_cgroup(i, settings.limited);
			process(mix(seed, i), msec);
		}
	}
	for (at = 0, left = PROCESSES; left; at += 20) {
		usleep(20000);
		for (i = 0; i < PROCESSES; i++) {
			if (pids[i] && at >= kill_at[i]) {
				if (kill_at[i] > msec)
					stuck(pids[i]);
				kill(pids[i], SIGKILL);
				count(KILLS);
				kill_at[i] += 2 * GRACE * 1000;
			}
			if (!pids[i] || waitpid(pids[i], &status, WNOHANG) != pids[i])
				continue;
			if (WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status) != SIGKILL)
				fail("a process ended with %#x", status);
			pids[i] = 0;
			left--;
		}
	}
	/* It may have been killed after it said why. */
	if (shared->failed)
		exit(1);
	for (i = 0; i < PROCESSES; i++) {
		shared->counters[OOM_KILLS] += read_number(in_cgroup(i, "memory.events"), "oom_kill");
		if (rmdir(in_cgroup(i, "")))
			fail("rmdir %s", in_cgroup(i, ""));
	}
	wait_for(vms_left, "VMs that are left");
}

/* Let any allocation fail, without a message, if this kernel can do that. */
static void allow_failures(void)
{
	static const char *const options[][2] = {
		{ DEBUGFS "/failslab/verbose", "0" },
		{ DEBUGFS "/failslab/ignore-gfp-wait", "N" },
		{ DEBUGFS "/fail_page_alloc/verbose", "0" },
		{ DEBUGFS "/fail_page_alloc/ignore-gfp-wait", "N" },
		{ DEBUGFS "/fail_page_alloc/min-order", "0" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (access(options[i][0], F_OK))
			continue;
		write_file(options[i][0], options[i][1]);
		can_fail = 1;
	}
}

int main(int argc, char **argv)
{
	unsigned long long seed = time(NULL), nr = 0;
	const char *none = NULL;
	long seconds = 60;
	struct timespec start, now;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--seconds") && i + 1 < argc)
			seconds = strtol(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--no-guest"))
			settings.no_guest = 1;
		else if (!strcmp(argv[i], "--base"))
			settings.base = 1;
		else
			return fprintf(stderr, "usage: kvm-stress [--seed N] [--seconds N] [--no-guest] [--base]\n"), 2;
	}
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	settings.kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (settings.kvm < 0 || ioctl(settings.kvm, KVM_GET_SUPPORTED_CPUID, &supported))
		fail("/dev/kvm");
	settings.max_id = ioctl(settings.kvm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPU_ID);
	settings.max_slot = ioctl(settings.kvm, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS);
	allow_failures();
	mkdir(CGROUP, 0755);
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	write_file(CGROUP "/cgroup.subtree_control", "+memory");

	printf("kvm-stress: seed %llu, %ld s\n", seed, seconds);
	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		round_of(seed + nr++);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - start.tv_sec < seconds);

	wait_for(memory_left, "bytes of kernel memory that are left");
	printf("stress rounds: %llu\n", nr);
	for (i = 0; i < COUNTERS; i++) {
		printf("stress %s: %ld\n", counter_names[i], shared->counters[i]);
		if (!shared->counters[i] && i != OOM_KILLS && (i != INJECTED || can_fail))
			none = counter_names[i];
	}
	printf("stress bytes of kernel memory that are left: %ld\n",
	       read_number(CGROUP "/memory.stat", "kernel"));
	fflush(stdout);
	if (none)
		fail("%s: none in %ld s", none, seconds);
	return 0;
}
