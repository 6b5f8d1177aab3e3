/* linkmap: any text; what is accepted must stay inside it. */
#include "sbom/linkmap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned char sink;

static void touch(struct str s)
{
	if (s.n > 0)
		sink = (unsigned char)(s.p[0] ^ s.p[s.n - 1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena a = arena_make(1 << 24);
	struct str text = {(const char *)data, size}, path, member;
	struct linkmap m;

	if (linkmap_parse(text, size % 2, &a, &m, NULL) < 0)
		return 0;
	for (size_t i = 0; i < m.n_taken; i++) {
		touch(m.taken[i].archive);
		touch(m.taken[i].member);
		touch(m.taken[i].symbol);
	}
	for (size_t i = 0; i < m.n_inputs; i++) {
		linkmap_split(m.inputs[i].file, &path, &member);
		touch(path);
		touch(member);
	}
	return 0;
}
