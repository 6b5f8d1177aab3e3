/*
 * arch - one table; a machine that is not in it is not built for.
 */
#include "lib/arc/arch.h"

#include <elf.h>
#include <stddef.h>

#ifndef EM_RISCV
#define EM_RISCV 243
#endif

static const struct arch arch_all[] = {
	{"amd64", NULL, EM_X86_64},
	{"arm64", "v8", EM_AARCH64},
	{"riscv64", NULL, EM_RISCV},
};

enum { ARCH_COUNT = sizeof(arch_all) / sizeof(*arch_all) };

#if defined(__x86_64__)
#define ARCH_NATIVE EM_X86_64
#elif defined(__aarch64__)
#define ARCH_NATIVE EM_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH_NATIVE EM_RISCV
#else
#define ARCH_NATIVE EM_NONE
#endif

const struct arch *arch_find(struct str name)
{
	for (size_t i = 0; i < ARCH_COUNT; i++)
		if (str_is(name, arch_all[i].name))
			return &arch_all[i];
	return NULL;
}

const struct arch *arch_of_machine(uint16_t machine)
{
	for (size_t i = 0; i < ARCH_COUNT; i++)
		if (arch_all[i].machine == machine)
			return &arch_all[i];
	return NULL;
}

const struct arch *arch_native(void)
{
	return arch_of_machine(ARCH_NATIVE);
}
