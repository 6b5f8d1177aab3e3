/*
 * fuzz_answer - a gzip answer, decompressed and cut into objects.  The first
 * byte chooses list or watch and the size of the pieces.  Besides memory
 * errors it checks that no object is larger than allowed, and that pieces
 * give the same result as the whole.
 */
#include "kube-proxy-mini/watch/gunzip.h"
#include "lib/net/jsonsplit.h"

#include <stdlib.h>

#define OBJECT_BYTES_MAX 4096
#define TOTAL_BYTES_MAX  (4u << 20) /* a bomb takes time, no memory */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	struct jsonsplit split;
	size_t total, pieces;
};

static int take(void *context, struct str in, struct err *e)
{
	struct reading *r = context;
	struct jsonsplit_piece p;
	int got;

	r->total += in.n;
	if (r->total > TOTAL_BYTES_MAX)
		return -1;
	while ((got = jsonsplit_next(&r->split, &in, &p, e)) > 0) {
		if (p.kind == JSONSPLIT_OBJECT && p.text.n > OBJECT_BYTES_MAX)
			abort();
		r->pieces++;
	}
	return got;
}

/* How many pieces came, -1 when it broke off. */
static long read_all(struct str in, enum jsonsplit_mode mode, size_t step)
{
	static const struct jsonpeek_wants names = {
		{{"metadata", "name"}, {"metadata", "namespace"}, {"kind"}}};
	struct reading r = {.split = jsonsplit_make(OBJECT_BYTES_MAX)};
	void *state = gunzip.open(take, &r, NULL);
	long result = 0;

	jsonsplit_reset(&r.split, mode, &names);
	for (size_t at = 0; at < in.n && result == 0; at += step)
		result = gunzip.put(state, str_sub(in, at, step), NULL);
	if (result == 0)
		result = gunzip.end(state, NULL);
	gunzip.close(state);
	jsonsplit_free(&r.split);
	return result < 0 ? -1 : (long)r.pieces;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in;
	enum jsonsplit_mode mode;
	size_t step;

	if (size < 2)
		return 0;
	in = (struct str){(const char *)data + 1, size - 1};
	mode = data[0] & 1 ? JSONSPLIT_LIST : JSONSPLIT_ROW;
	step = 1 + (data[0] >> 1);
	if (read_all(in, mode, in.n) != read_all(in, mode, step))
		abort();
	return 0;
}
