/* Scan memory in odd pieces and compare with a plain search. */
#include "checkpoint-agent/inspect/scan.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct scan scan;
static size_t found_count;

static void found(
	void *self, uint64_t address, struct str around, size_t before)
{
	const struct str *whole = self;

	if (before > address || address + scan.pattern.n > whole->n ||
		memcmp(whole->p + address - before, around.p, around.n) != 0)
		abort();
	found_count++;
}

static size_t count_plainly(struct str all, struct str pattern)
{
	size_t n = 0;

	for (size_t at = 0; at + pattern.n <= all.n;) {
		if (memcmp(all.p + at, pattern.p, pattern.n) == 0) {
			n++;
			at += pattern.n;
		} else {
			at++;
		}
	}
	return n;
}

/* pattern length, context, piece; the pattern; the memory, repeated */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static char memory[2 * SCAN_ROOM_BYTES];
	const char *p = (const char *)bytes;
	struct str pattern, all;
	size_t piece;

	if (n < 5 || (size_t)bytes[0] % 8 + 1 > n - 4)
		return 0;
	pattern = (struct str){p + 3, (size_t)bytes[0] % 8 + 1};
	piece = ((size_t)bytes[2] + 1) * 997;
	p += 3 + pattern.n;
	n -= 3 + pattern.n;
	all = (struct str){memory, bytes[1] & 1 ? sizeof(memory) : n};
	if (n == 0 || all.n > sizeof(memory))
		return 0;
	for (size_t i = 0; i < all.n; i++)
		memory[i] = p[i % n];
	found_count = 0;
	scan_start(&scan, pattern, (size_t)bytes[1] >> 1, found, &all);
	for (size_t i = 0; i < all.n; i += piece)
		scan_put(&scan, i, memory + i,
			all.n - i < piece ? all.n - i : piece);
	scan_end(&scan);
	if (found_count != count_plainly(all, pattern))
		abort();
	return 0;
}
