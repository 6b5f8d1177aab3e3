/* lock: any text. */
#include "sbom/evidence/lock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena a = arena_make(1 << 24);
	struct lock l;

	if (lock_parse((struct str){(const char *)data, size}, &a, &l, NULL) ==
		0)
		for (size_t i = 0; i < l.n; i++)
			lock_main(&l, l.lines[i].package);
	return 0;
}
