/* members: any bytes; every view that comes out must be inside them. */
#include "static-build/record/members.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned char sink;

static void touch(struct str s)
{
	if (s.n > 0)
		sink = (unsigned char)(s.p[0] ^ s.p[s.n - 1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str file = {(const char *)data, size};
	struct members m;
	struct member one;

	if (members_start(&m, file, NULL) < 0)
		return 0;
	while (members_next(&m, &one, NULL) > 0) {
		touch(one.name);
		touch(one.bytes);
	}
	return 0;
}
