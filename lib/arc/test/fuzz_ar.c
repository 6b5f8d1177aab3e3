/* ar: any bytes; members and symbols must stay inside the file. */
#include "lib/arc/ar.h"

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
	struct ar ar;

	if (ar_read((struct str){(const char *)data, size}, &a, &ar, NULL) < 0)
		return 0;
	for (size_t i = 0; i < ar.n_members; i++) {
		touch(ar.members[i].name);
		touch(ar.members[i].data);
	}
	for (size_t i = 0; i < ar.n_symbols; i++)
		touch(ar.symbols[i].name);
	return 0;
}
