/* SPDX-License-Identifier: GPL-2.0 */
/* What the two halves of kvm-stress share: see kvm-stress.c. */
#ifndef KVM_STRESS_H
#define KVM_STRESS_H

#include <linux/kvm.h>
#include <pthread.h>
#include <stdatomic.h>

#define PAGE		4096UL
#define DEBUGFS		"/sys/kernel/debug"

/* In the table that is printed at the end */
enum counter {
	VMS_CREATED, VCPUS_CREATED, SLOTS_SET, RUNS, IDS_REFUSED, IRQS_BY_ID, BROADCASTS,
	DIRTY_LOGS, SLOTS_REFUSED, OTHER_IRQS, APIC_CHANGES, FDS_CLOSED, INJECTED,
	NO_FILES, NO_MEMORY, SIGNALS, KILLS, OOM_KILLS, COUNTERS
};

struct thread {
	pthread_t pthread;
	unsigned long long random;
	int fail_nth;	/* file in which failures of this thread are ordered, or -1 */
	int injected;	/* an allocation of the last call failed */
	int gone;	/* the VM or vCPU of the last call was closed */
};

struct settings {
	int kvm;
	int no_guest;	/* no guest code may run */
	int base;	/* a vCPU may be missing in the APIC map at first */
	int limited;	/* this process has little memory */
	unsigned int max_id;
	unsigned int max_slot;
	struct kvm_cpuid2 *cpuid;
};

extern struct settings settings;

void count(enum counter counter);
unsigned int any(struct thread *t, unsigned int below);
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* A process's VMs: prepare, have threads operate, and check in the end. */
void prepare_vms(void);
void operate(struct thread *t);
void check_vms(struct thread *t);

#endif
