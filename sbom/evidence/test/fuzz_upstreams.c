/* upstream: any text, and its first line as a version. */
#include "sbom/evidence/upstreams.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena a = arena_make(1 << 24);
	struct str text = {(const char *)data, size}, first = text;
	struct upstreams u;
	char memory[1024];

	first = upstream_version(str_sub(first, 0, str_find(first, '\n')));
	if (upstreams_parse(text, &a, &u, NULL) < 0)
		return 0;
	for (size_t i = 0; i < u.n; i++) {
		struct buf b = buf_fixed(memory, sizeof(memory));

		upstream_cpe(&u.list[i], first, &b);
	}
	return 0;
}
