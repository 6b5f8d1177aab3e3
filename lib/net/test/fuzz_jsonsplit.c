/*
 * Fuzz target: a stream from the API server.  The first byte picks the mode
 * and the size of the pieces; the same stream fed whole must give the same
 * number of pieces, the same names of large ones and the same verdict.
 */
#include "lib/net/jsonsplit.h"

#include <stdlib.h>
#include <string.h>

#define MAX_BYTES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long feed(enum jsonsplit_mode mode, struct str stream, size_t step)
{
	static const struct jsonpeek_wants names = {
		{{"metadata", "name"}, {"metadata", "namespace"}, {"a"}}};
	struct jsonsplit s = jsonsplit_make(MAX_BYTES);
	struct jsonsplit_piece p;
	long pieces = 0;
	int got = 0;

	jsonsplit_reset(&s, mode, &names);
	for (size_t at = 0; at < stream.n && got >= 0; at += step) {
		struct str in = str_sub(stream, at, step);

		while ((got = jsonsplit_next(&s, &in, &p, NULL)) > 0) {
			pieces++;
			if (p.kind == JSONSPLIT_TOO_LARGE)
				pieces += (long)jsonpeek_text(&s.names, 0).n;
		}
	}
	jsonsplit_free(&s);
	return got < 0 ? -1 - pieces : pieces;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str stream = {(const char *)data + 1, size - 1};
	enum jsonsplit_mode mode;

	if (size < 2)
		return 0;
	mode = data[0] & 1 ? JSONSPLIT_LIST : JSONSPLIT_ROW;
	if (feed(mode, stream, stream.n) !=
		feed(mode, stream, 1 + (data[0] >> 1)))
		abort();
	return 0;
}
