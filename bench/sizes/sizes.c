// SPDX-License-Identifier: GPL-2.0
/*
 * Sizes of KVM's structures, as lines "->NAME SIZE" in the compiler's output,
 * which is how the kernel gets at offsets for assembly, too.
 */
#include <linux/kbuild.h>
#include <linux/kvm_host.h>
#ifdef CONFIG_X86
#include "hyperv.h"
#include "ioapic.h"
#include "lapic.h"
#include "svm/svm.h"
#include "vmx/vmx.h"
#endif
#ifdef CONFIG_LOONGARCH
#include <asm/kvm_eiointc.h>
#endif

#define SIZE(structure) DEFINE(structure, sizeof(struct structure))

void sizes(void);
void sizes(void)
{
	SIZE(kvm_memory_slot);
#ifdef CONFIG_X86
	SIZE(kvm_svm);
	SIZE(kvm_vmx);
	SIZE(kvm_ioapic);
	SIZE(kvm_vcpu_hv);
	SIZE(kvm_lapic);
#else
	SIZE(kvm);
#endif
#ifdef CONFIG_LOONGARCH
	SIZE(loongarch_eiointc);
	SIZE(kvm_phyid_map);
#endif
	SIZE(kvm_vcpu);
}
