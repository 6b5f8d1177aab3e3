/* Parse arbitrary bytes as the answer of the kernel about unix sockets. */
#include "checkpoint-agent/preflight/unixdiag.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Read every byte of what the parser returns. */
static void each(void *context, const struct unixdiag *u)
{
	uint64_t *sum = context;

	*sum += u->inode + u->peer;
	for (size_t i = 0; i < u->waiting.n; i++)
		*sum += (unsigned char)u->waiting.p[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	uint64_t sum = 0;

	unixdiag_parse((struct str){(const char *)bytes, n}, each, &sum, NULL);
	return 0;
}
