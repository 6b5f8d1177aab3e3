/* depfile: whatever a compiler wrote, reading it ends inside its bytes. */
#include "static-build/record/depfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = {(const char *)data, size};
	struct buf name = buf_growing(1 << 16);

	if (depfile_start(&rest))
		while (depfile_next(&rest, &name))
			if (name.n > size)
				__builtin_trap(); /* escapes only shorten */
	buf_free(&name);
	return 0;
}
