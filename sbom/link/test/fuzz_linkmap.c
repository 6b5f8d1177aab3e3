/* linkmap: any text; what is accepted must stay inside it. */
#include "sbom/link/linkmap.h"
#include "sbom/link/mapword.h"

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

	if (linkmap_parse(text, &a, &m, NULL) < 0)
		return 0;
	for (size_t i = 0; i < m.n_taken; i++) {
		touch(m.taken[i].archive);
		touch(m.taken[i].member);
		touch(m.taken[i].symbol);
	}
	for (size_t i = 0; i < m.n_inputs; i++) {
		mapword_split(m.inputs[i], &path, &member);
		touch(path);
		touch(member);
	}
	for (size_t i = 0; i < m.n_rows; i++) {
		touch(m.rows[i].section);
		touch(m.outputs[m.rows[i].output].name);
		if (m.rows[i].input > m.n_inputs)
			__builtin_trap();
	}
	return 0;
}
