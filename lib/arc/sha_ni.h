/*
 * sha_ni - whether this processor has the SHA extensions of x86.
 *
 * Source: Intel 64 and IA-32 Architectures Software Developer's Manual, CPUID,
 * leaf 7 (SHA) and leaf 1 (SSE4.1, SSSE3).
 */
#ifndef KEELSON_ARC_SHA_NI_H
#define KEELSON_ARC_SHA_NI_H

#include <stdbool.h>

/* SHA, SSE4.1 and SSSE3.  Asks once. */
bool sha_ni_usable(void);

#endif
