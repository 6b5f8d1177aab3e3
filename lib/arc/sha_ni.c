/*
 * sha_ni - CPUID traps in a virtual machine, so its answer is kept.
 */
#include "lib/arc/sha_ni.h"

#ifdef __x86_64__
#include <cpuid.h>

static bool sha_ni_ask(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) ||
		!(c & bit_SSSE3))
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

bool sha_ni_usable(void)
{
	static int known; /* 0 not asked, 1 yes, -1 no */

	if (!known)
		known = sha_ni_ask() ? 1 : -1;
	return known > 0;
}
#else
bool sha_ni_usable(void)
{
	return false;
}
#endif
