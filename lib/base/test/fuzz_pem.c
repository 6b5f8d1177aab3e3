/* Fuzz target: any bytes as PEM; blocks end, and no more come than begin. */
#include "lib/base/pem.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size}, label;
	struct buf der = buf_growing(1u << 20);
	size_t begun = pem_count(text), n = 0;

	while (pem_next(&text, &label, &der, NULL) > 0)
		if (++n > begun || der.n > size)
			abort();
	buf_free(&der);
	return 0;
}
