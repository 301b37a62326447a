// SPDX-License-Identifier: GPL-2.0
/*
 * The half of kvm-stress that works on VMs: what a process's threads do, and what
 * must be true of it.  See kvm-stress.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm-stress.h"

#define VMS		3	/* of a process, at once */
#define IDS		160	/* that a VM's vCPUs may have */
#define SLOTS		12
#define EVENTS		8
#define SLOT_PAGES	16UL
#define SLOT_SIZE	(SLOT_PAGES * PAGE)
#define MEMORY		(SLOTS * SLOT_SIZE)
#define HANDLER		0x1000
#define CODE		0x2000
#define BASE_ENABLED	(1UL << 11)	/* in IA32_APIC_BASE */
#define BASE_X2APIC	(1UL << 10)
#define BROADCAST	0xff

struct slot {
	pthread_mutex_t lock;
	unsigned int id;	/* with the address space */
	int place;		/* -1: there is no such memslot */
	unsigned int flags;
};

struct vcpu {
	unsigned int id;
	_Atomic int tried, created, refused;
	_Atomic int fd;
	struct kvm_run *_Atomic run;
};

/* Number @fd stays taken until nobody uses the VM; when closed, it's /dev/null. */
struct vm {
	int fd, users, has_irqchip;
	struct vcpu vcpus[IDS];
	struct vcpu *_Atomic online[IDS];
	_Atomic unsigned int nr_online;
	struct slot slots[SLOTS];
	_Atomic int events[EVENTS];
};

static int null_fd;
static char *memory;
static struct vm *vms[VMS];
static pthread_mutex_t vms_lock = PTHREAD_MUTEX_INITIALIZER;

/* A system call of the stress: sometimes, one of its allocations fails. */
static int call(struct thread *t, int fd, unsigned long request, void *arg)
{
	char nth[16] = "0";
	int r, error, armed = t && t->fail_nth >= 0 && !any(t, 4);

	if (armed) {
		snprintf(nth, sizeof(nth), "%u", 1 + any(t, any(t, 2) ? 6 : 40));
		armed = pwrite(t->fail_nth, nth, strlen(nth), 0) > 0;
	}
	r = ioctl(fd, request, arg);
	error = r < 0 ? errno : 0;
	if (t)
		t->injected = t->gone = 0;
	if (armed) {
		nth[0] = 0;
		if (pread(t->fail_nth, nth, sizeof(nth) - 1, 0) > 0 && nth[0] == '0') {
			t->injected = 1;
			count(INJECTED);
		}
		pwrite(t->fail_nth, "0", 1, 0);
	}
	if (error == EMFILE)
		count(NO_FILES);
	if (error == ENOMEM)
		count(NO_MEMORY);
	if (t && error == ENOTTY)
		t->gone = 1;
	errno = error;
	return r;
}

/* May the last call fail as it did? */
static int excused(struct thread *t)
{
	return t->gone || t->injected || errno == EMFILE || errno == EINTR ||
	       (errno == ENOMEM && settings.limited);
}

static void set_slot_lock(struct vm *vm, int i)
{
	unsigned int top = settings.max_slot - 1 - i / 2;

	/* Low and high IDs, in both address spaces */
	vm->slots[i].id = (i % 2 ? top : (unsigned int)i / 2) | (i % 4 / 2) << 16;
	vm->slots[i].place = -1;
	pthread_mutex_init(&vm->slots[i].lock, NULL);
}

static int set_slot(struct thread *t, struct vm *vm, int i, int place, unsigned int flags,
		    unsigned long size, unsigned int id)
{
	unsigned long offset = (2 * i + place) * SLOT_SIZE;
	struct kvm_userspace_memory_region region = {
		.slot = id,
		.flags = flags,
		.guest_phys_addr = offset,
		.memory_size = size,
		.userspace_addr = (unsigned long)memory + i * SLOT_SIZE,
	};

	return call(t, vm->fd, KVM_SET_USER_MEMORY_REGION, &region);
}

static void close_number(_Atomic int *number)
{
	int fd = atomic_exchange(number, -1);

	if (fd >= 0)
		close(fd);
}

static void free_vm(struct vm *vm)
{
	int i;

	for (i = 0; i < IDS; i++) {
		if (vm->vcpus[i].run)
			munmap(vm->vcpus[i].run, PAGE);
		close_number(&vm->vcpus[i].fd);
	}
	for (i = 0; i < EVENTS; i++)
		close_number(&vm->events[i]);
	close(vm->fd);
	free(vm);
}

static void put_vm(struct vm *vm)
{
	int last;

	pthread_mutex_lock(&vms_lock);
	last = vm && !--vm->users;
	pthread_mutex_unlock(&vms_lock);
	if (last)
		free_vm(vm);
}

/* Puts @new in the place of a VM, for which the caller has to put_vm(). */
static struct vm *exchange_vm(int nr, struct vm *new)
{
	struct vm *old;

	pthread_mutex_lock(&vms_lock);
	old = vms[nr];
	vms[nr] = new;
	pthread_mutex_unlock(&vms_lock);
	return old;
}

static struct vm *get_vm(int nr)
{
	struct vm *vm;

	pthread_mutex_lock(&vms_lock);
	vm = vms[nr];
	if (vm)
		vm->users++;
	pthread_mutex_unlock(&vms_lock);
	return vm;
}

/* IDs that are the index, have a stride, or are anywhere, none of them twice */
static unsigned int nth_id(struct thread *t, int pattern, int stride, unsigned int i)
{
	switch (pattern) {
	case 0:
		return i;
	case 1:
		return i * stride;
	default:
		return i * ((settings.max_id - 2) / IDS) + any(t, (settings.max_id - 2) / IDS);
	}
}

static void new_vm(struct thread *t)
{
	struct kvm_enable_cap split = { .cap = KVM_CAP_SPLIT_IRQCHIP, .args = { 24 } };
	struct kvm_enable_cap x2apic = { .cap = KVM_CAP_X2APIC_API, .args = { KVM_X2APIC_API_USE_32BIT_IDS } };
	int pattern = any(t, 3), stride = 2 + any(t, 70), i, nr = any(t, VMS), r = 0;
	struct vm *vm = calloc(1, sizeof(*vm)), *old;

	vm->users = 1;
	vm->fd = call(t, settings.kvm, KVM_CREATE_VM, NULL);
	if (vm->fd < 0 && !excused(t))
		fail("KVM_CREATE_VM");
	for (i = 0; i < IDS; i++) {
		vm->vcpus[i].id = nth_id(t, pattern, stride, i);
		vm->vcpus[i].fd = -1;
	}
	for (i = 0; i < EVENTS; i++)
		vm->events[i] = -1;
	for (i = 0; i < SLOTS; i++)
		set_slot_lock(vm, i);
	if (vm->fd < 0) {
		free(vm);
		/* With no VM and no file left, there is nothing else to do. */
		usleep(1000);
		return;
	}
	vm->has_irqchip = any(t, 5);
	if (vm->has_irqchip) {
		/* Without guests, no vCPU is the one that needs no SIPI. */
		if (settings.no_guest)
			r = call(NULL, vm->fd, KVM_SET_BOOT_CPU_ID, (void *)(unsigned long)(settings.max_id - 1));
		if (!r && any(t, 2))
			r = call(t, vm->fd, KVM_CREATE_IRQCHIP, NULL);
		else if (!r)
			r = call(t, vm->fd, KVM_ENABLE_CAP, &split);
		if (!r)
			r = call(t, vm->fd, KVM_ENABLE_CAP, &x2apic);
	}
	if (r && !excused(t))
		fail("irqchip of a VM");
	if (r) {
		free_vm(vm);
		return;
	}
	if (!set_slot(t, vm, 0, 0, 0, SLOT_SIZE, vm->slots[0].id))
		vm->slots[0].place = 0;
	count(VMS_CREATED);
	old = exchange_vm(nr, vm);
	/* Whoever uses the old one goes on, with a file that is closed. */
	if (old && dup2(null_fd, old->fd) >= 0)
		count(FDS_CLOSED);
	put_vm(old);
}

/* The mode of some vCPUs' APICs changes, and whether they are enabled. */
static int changes_mode(int i)
{
	return i % 4 == 3;
}

static void start_vcpu(struct thread *t, struct vm *vm, int i, int fd, int first)
{
	struct kvm_regs regs = { .rip = CODE + (i % 2) * 0x100, .rflags = 2, .rsp = 0xf00 };
	struct kvm_mp_state state = { KVM_MP_STATE_RUNNABLE };
	struct kvm_sregs sregs;

	/* Each writes to another slot. */
	if (call(t, fd, KVM_GET_SREGS, &sregs))
		return;
	sregs.cs.base = sregs.cs.selector = 0;
	sregs.ds.base = 2 * (i % SLOTS) * SLOT_SIZE;
	if (first && i % 4 == 1)
		sregs.apic_base |= BASE_X2APIC;
	if (call(t, fd, KVM_SET_SREGS, &sregs) || call(t, fd, KVM_SET_REGS, &regs))
		return;
	if (vm->has_irqchip && !settings.no_guest && any(t, 4))
		call(t, fd, KVM_SET_MP_STATE, &state);
}

static void create_vcpu(struct thread *t, struct vm *vm)
{
	/* Several threads may take the same next one. */
	struct vcpu *vcpu = &vm->vcpus[any(t, 3) ? vm->nr_online % IDS : any(t, IDS)];
	int i = vcpu - vm->vcpus, was_created = vcpu->created, fd;

	vcpu->tried = 1;
	fd = call(t, vm->fd, KVM_CREATE_VCPU, (void *)(unsigned long)vcpu->id);
	if (fd >= 0) {
		if (atomic_fetch_add(&vcpu->created, 1))
			fail("vCPU ID %u was given twice", vcpu->id);
		count(VCPUS_CREATED);
		if (any(t, 4))
			call(t, fd, KVM_SET_CPUID2, settings.cpuid);
		start_vcpu(t, vm, i, fd, 1);
		vcpu->fd = fd;
		vm->online[vm->nr_online++] = vcpu;
	} else if (errno == EEXIST) {
		vcpu->refused = 1;
		count(IDS_REFUSED);
	} else if (!excused(t)) {
		fail("KVM_CREATE_VCPU, ID %u, %d before", vcpu->id, was_created);
	}
}

/* A vCPU of this VM, if there is one */
static struct vcpu *some_vcpu(struct thread *t, struct vm *vm)
{
	unsigned int nr = vm->nr_online;

	return nr ? vm->online[any(t, nr)] : NULL;
}

static void refuse_vcpu(struct thread *t, struct vm *vm)
{
	struct vcpu *vcpu = some_vcpu(t, vm);

	if (!vcpu)
		return;
	if (call(t, vm->fd, KVM_CREATE_VCPU, (void *)(unsigned long)vcpu->id) >= 0)
		fail("vCPU ID %u was given again", vcpu->id);
	if (errno == EEXIST)
		count(IDS_REFUSED);
	else if (!excused(t))
		fail("taken vCPU ID %u", vcpu->id);
}

static void run_vcpu(struct thread *t, struct vm *vm)
{
	struct vcpu *vcpu = some_vcpu(t, vm);
	struct kvm_run *run, *none = NULL;

	if (!vcpu)
		return;
	run = vcpu->run;
	if (!run) {
		run = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
		if (run == MAP_FAILED)
			return;
		if (!atomic_compare_exchange_strong(&vcpu->run, &none, run)) {
			munmap(run, PAGE);
			run = none;
		}
	}
	run->immediate_exit = (settings.no_guest && !vm->has_irqchip) || !any(t, 8);
	count(RUNS);
	if (call(t, vcpu->fd, KVM_RUN, NULL) < 0 && errno != EAGAIN && errno != EFAULT && !excused(t))
		fail("KVM_RUN");
	if (run->exit_reason != KVM_EXIT_IO && run->exit_reason != KVM_EXIT_INTR && !any(t, 4))
		start_vcpu(t, vm, vcpu - vm->vcpus, vcpu->fd, 0);
}

static void change_slot(struct thread *t, struct vm *vm)
{
	unsigned long long bitmap;
	int i = any(t, SLOTS), place, r, error = 0;
	struct slot *slot = &vm->slots[i];
	struct kvm_dirty_log log = { .slot = slot->id, .dirty_bitmap = &bitmap };
	unsigned int flags;

	/* Who holds the lock knows what is to be expected. */
	if (pthread_mutex_trylock(&slot->lock))
		return;
	place = slot->place;
	flags = slot->flags;
	switch (any(t, place < 0 ? 2 : 6)) {
	case 0:		/* created, moved, or changed */
		place = any(t, 2);
		if (slot->place < 0 || slot->place == place)
			flags = any(t, 2) ? KVM_MEM_LOG_DIRTY_PAGES : 0;
		r = set_slot(t, vm, i, place, flags, SLOT_SIZE, slot->id);
		if (r < 0 && !excused(t))
			fail("memslot %#x to place %d, flags %u, was at %d, %u", slot->id, place,
			     flags, slot->place, slot->flags);
		if (!r) {
			slot->place = place;
			slot->flags = flags;
			count(SLOTS_SET);
		}
		break;
	case 5:		/* deleted, but rarely where the code is */
		if (!i && any(t, 4))
			break;
		r = set_slot(t, vm, i, place, flags, 0, slot->id);
		if (r < 0 && !excused(t))
			fail("memslot %#x can't be deleted", slot->id);
		if (!r) {
			slot->place = -1;
			slot->flags = 0;
			count(SLOTS_SET);
		}
		break;
	case 4:		/* its place is taken */
		r = set_slot(t, vm, i, place, 0, SLOT_SIZE, (slot->id & ~0xffffu) | 99);
		if (r >= 0 || (errno != EEXIST && !excused(t)))
			fail("a memslot where %#x is, %d", slot->id, r);
		count(SLOTS_REFUSED);
		break;
	default:	/* looked up: again, if something was changed meanwhile */
		r = call(t, vm->fd, KVM_GET_DIRTY_LOG, &log);
		error = errno;
		if (error != (slot->flags ? 0 : ENOENT) && !excused(t))
			fail("dirty log of memslot %#x at %d, flags %u", slot->id, place, slot->flags);
		count(slot->place < 0 ? SLOTS_REFUSED : DIRTY_LOGS);
	}
	pthread_mutex_unlock(&slot->lock);
}

static int send_msi(struct thread *t, struct vm *vm, unsigned int id, unsigned int data, int logical)
{
	struct kvm_msi msi = {
		.address_lo = 0xfee00000 | (id & 0xff) << 12 | logical << 2 | logical << 3,
		.address_hi = id & ~0xffu,
		.data = data,
	};

	return call(t, vm->fd, KVM_SIGNAL_MSI, &msi);
}

static void interrupt(struct thread *t, struct vm *vm)
{
	/* Fixed, lowest priority, INIT and, with guests, SIPI */
	static const unsigned int modes[] = { 0x020, 0x130, 0x521, 0x602 };
	struct vcpu *vcpu = some_vcpu(t, vm);
	int i, r, least = 0, most = 0;

	if (!vm->has_irqchip || !vcpu)
		return;
	switch (any(t, 4)) {
	case 0:		/* An NMI is taken by all that are there. */
		for (i = 0; i < IDS; i++)
			least += vm->vcpus[i].fd >= 0 && !changes_mode(i);
		r = send_msi(t, vm, BROADCAST, 0x400, 0);
		/* That is how KVM says that there is nobody. */
		if (r < 0 && errno == EPERM)
			r = 0;
		for (i = 0; i < IDS; i++)
			most += vm->vcpus[i].tried;
		if ((r < least || r > most) && !t->gone && !t->injected)
			fail("an NMI to all reached %d, not %d to %d", r, least, most);
		count(BROADCASTS);
		break;
	case 1:
		r = send_msi(t, vm, vcpu->id, 0x400, 0);
		if (r < 1 && !settings.base && !changes_mode(vcpu - vm->vcpus) && !t->gone && !t->injected)
			fail("an NMI to vCPU ID %u reached %d", vcpu->id, r);
		count(IRQS_BY_ID);
		break;
	default:
		send_msi(t, vm, any(t, 4) ? vcpu->id : any(t, 2) ? BROADCAST : any(t, settings.max_id),
			 modes[any(t, settings.no_guest ? 3 : 4)], !any(t, 3));
		count(OTHER_IRQS);
	}
}

static void change_routes(struct thread *t, struct vm *vm)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entries[32];
	} table = { .head.nr = any(t, 33) };
	struct kvm_irq_level level = { .irq = any(t, 24), .level = any(t, 2) };
	struct kvm_irqfd irqfd = { .gsi = any(t, 32) };
	_Atomic int *event = &vm->events[any(t, EVENTS)];
	unsigned long long one = 1;
	unsigned int i;
	int fd;

	if (!vm->has_irqchip)
		return;
	count(OTHER_IRQS);
	switch (any(t, 4)) {
	case 0:
		for (i = 0; i < table.head.nr; i++) {
			unsigned int id = vm->vcpus[any(t, IDS)].id;

			table.entries[i].gsi = i;
			table.entries[i].type = KVM_IRQ_ROUTING_MSI;
			table.entries[i].u.msi.address_lo = 0xfee00000 | (id & 0xff) << 12;
			table.entries[i].u.msi.address_hi = id & ~0xffu;
			table.entries[i].u.msi.data = any(t, 2) << 8 | 0x40 | i;
		}
		if (call(t, vm->fd, KVM_SET_GSI_ROUTING, &table) && !excused(t))
			fail("KVM_SET_GSI_ROUTING");
		break;
	case 1:
		call(t, vm->fd, KVM_IRQ_LINE, &level);
		break;
	case 2:		/* an old one is closed as it is, or deassigned */
		fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		irqfd.fd = fd;
		if (fd >= 0 && !call(t, vm->fd, KVM_IRQFD, &irqfd))
			fd = atomic_exchange(event, fd);
		if (fd < 0)
			break;
		irqfd.fd = fd;
		irqfd.flags = KVM_IRQFD_FLAG_DEASSIGN;
		if (any(t, 2))
			call(t, vm->fd, KVM_IRQFD, &irqfd);
		close(fd);
		break;
	default:
		fd = *event;
		if (fd >= 0 && write(fd, &one, sizeof(one)) < 0 && errno != EBADF && errno != EAGAIN &&
		    errno != EINVAL)
			fail("write to an eventfd");
	}
}

static void change_apic(struct thread *t, struct vm *vm)
{
	struct vcpu *vcpu = some_vcpu(t, vm);
	struct kvm_lapic_state lapic;
	struct kvm_mp_state state;
	struct kvm_sregs sregs;
	unsigned int *regs = (unsigned int *)lapic.regs;

	if (!vm->has_irqchip || !vcpu)
		return;
	count(APIC_CHANGES);
	switch (any(t, 5)) {
	case 0:
		call(t, vcpu->fd, KVM_GET_MP_STATE, &state);
		call(t, vcpu->fd, KVM_NMI, NULL);
		break;
	case 1:
	case 2:
		if (!changes_mode(vcpu - vm->vcpus) || call(t, vcpu->fd, KVM_GET_SREGS, &sregs))
			break;
		sregs.apic_base ^= any(t, 3) ? BASE_X2APIC : BASE_ENABLED;
		if (!(sregs.apic_base & BASE_ENABLED))
			sregs.apic_base &= ~BASE_X2APIC;
		call(t, vcpu->fd, KVM_SET_SREGS, &sregs);
		break;
	default:
		if (call(t, vcpu->fd, KVM_GET_LAPIC, &lapic))
			break;
		if (any(t, 2))
			regs[0xf0 / 4] ^= 0x100;	/* SPIV: enabled */
		if (any(t, 2))
			regs[0xd0 / 4] = (1u << any(t, 8)) << 24;	/* LDR */
		if (!any(t, 4))
			regs[0xe0 / 4] ^= 0xf0000000;	/* DFR */
		memset(&regs[0x100 / 4], 0, 0x180);	/* ISR, TMR, IRR */
		call(t, vcpu->fd, KVM_SET_LAPIC, &lapic);
	}
}

/* What walks the vCPUs or the VMs, and the host's own changes of memory */
static void walk(struct thread *t, struct vm *vm)
{
	static const char *const stats[] = { "exits", "irq_injections", "pages_4k", "halt_exits" };
	struct kvm_clock_data clock;
	char text[64];
	int fd;

	switch (any(t, 3)) {
	case 0:
		snprintf(text, sizeof(text), DEBUGFS "/kvm/%s", stats[any(t, 4)]);
		fd = open(text, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && read(fd, text, sizeof(text)) <= 0)
			fail("%s", text);
		if (fd >= 0)
			close(fd);
		break;
	case 1:
		if (!call(t, vm->fd, KVM_GET_CLOCK, &clock)) {
			clock.flags = 0;
			call(t, vm->fd, KVM_SET_CLOCK, &clock);
		}
		break;
	default:
		madvise(memory + SLOT_SIZE + any(t, SLOTS - 1) * SLOT_SIZE, SLOT_SIZE, MADV_DONTNEED);
	}
}

static void close_vcpu(struct thread *t, struct vm *vm)
{
	struct vcpu *vcpu = some_vcpu(t, vm);

	if (vcpu && dup2(null_fd, vcpu->fd) >= 0)
		count(FDS_CLOSED);
}

static const struct {
	void (*run)(struct thread *t, struct vm *vm);
	unsigned int weight;
} operations[] = {
	{ create_vcpu, 24 }, { refuse_vcpu, 8 }, { run_vcpu, 24 }, { change_slot, 20 },
	{ interrupt, 20 }, { change_routes, 8 }, { change_apic, 12 }, { walk, 6 }, { close_vcpu, 1 },
};

void operate(struct thread *t)
{
	unsigned int i, all = 1, left;	/* 1: a new VM */
	struct vm *vm = get_vm(any(t, VMS));

	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		all += operations[i].weight;
	left = any(t, all);
	if (!vm || !left) {
		new_vm(t);
	} else {
		for (i = 0, left--; left >= operations[i].weight; i++)
			left -= operations[i].weight;
		operations[i].run(t, vm);
	}
	put_vm(vm);
}

void prepare_vms(void)
{
	/* sti; again: inc word [bx+0x800]; add bx,0x1000; jnz again; nop; out 0x80,al; jmp again */
	static const unsigned char code[] = { 0xfb, 0xff, 0x87, 0x00, 0x08, 0x81, 0xc3, 0x00, 0x10,
		0x75, 0xf6, 0x90, 0xe6, 0x80, 0xeb, 0xf1 };
	unsigned int i, *vectors;

	memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		fail("mmap");
	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null_fd < 0)
		fail("/dev/null");
	vectors = (unsigned int *)memory;
	for (i = 0; i < 256; i++)
		vectors[i] = HANDLER;
	memory[HANDLER] = 0xcf;		/* iret */
	memcpy(memory + CODE, code, sizeof(code));
	memcpy(memory + CODE + 0x100, code, sizeof(code));
	memory[CODE + 0x100 + 11] = 0xf4;	/* hlt for nop */
}

/* Every ID that was given is taken, and none was refused that wasn't given. */
static void check_ids(struct vm *vm)
{
	struct vcpu *vcpu;

	for (vcpu = vm->vcpus; vcpu < vm->vcpus + IDS; vcpu++) {
		if (vcpu->refused && !vcpu->created)
			fail("vCPU ID %u was refused, but not given", vcpu->id);
		if (!vcpu->created)
			continue;
		if (call(NULL, vm->fd, KVM_CREATE_VCPU, (void *)(unsigned long)vcpu->id) >= 0)
			fail("vCPU ID %u was lost", vcpu->id);
		if (errno == EEXIST)
			count(IDS_REFUSED);
		else if (errno != ENOMEM)
			fail("taken vCPU ID %u in the end", vcpu->id);
	}
}

void check_vms(struct thread *t)
{
	struct vm *vm;
	int i;

	for (i = 0; i < VMS; i++) {
		vm = exchange_vm(i, NULL);
		if (vm)
			check_ids(vm);
		/* The rest is left to the end of the process. */
		if (any(t, 2))
			put_vm(vm);
	}
}
