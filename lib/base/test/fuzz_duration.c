/* Fuzz target: any bytes as a length of time. */
#include "lib/base/duration.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t ns;

	if (duration_parse((struct str){(const char *)data, size}, &ns) == 0 &&
		ns > INT64_MAX)
		abort();
	return 0;
}
