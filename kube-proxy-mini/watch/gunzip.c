/*
 * gunzip - puts lib/arc's decompressor between the bytes of an answer and
 * their reader.  An answer may grow without limit, as that of a watch does:
 * memory is bounded where objects are cut out of it.
 */
#include "kube-proxy-mini/watch/gunzip.h"

#include "lib/arc/gzip.h"

#include <stdlib.h>

struct gunzip {
	struct gzip *gzip;
	coding_sink *to;
	void *context;
};

static int pass_on(void *self, const void *bytes, size_t n, struct err *e)
{
	const struct gunzip *s = self;

	return n > 0 ? s->to(s->context, (struct str){bytes, n}, e) : 0;
}

static void *open_gzip(coding_sink *to, void *context, struct err *e)
{
	struct gunzip *s = malloc(sizeof(*s));

	if (s == NULL) {
		err_kind(e, ERR_LIMIT, "no memory to expand gzip");
		return NULL;
	}
	*s = (struct gunzip){.to = to, .context = context};
	s->gzip = gzip_expand(
		(struct sink){.put = pass_on, .self = s}, UINT64_MAX, e);
	if (s->gzip != NULL)
		return s;
	free(s);
	return NULL;
}

static int put_bytes(void *state, struct str piece, struct err *e)
{
	const struct gunzip *s = state;

	return sink_put(gzip_sink(s->gzip), piece.p, piece.n, e);
}

static int end_gzip(void *state, struct err *e)
{
	const struct gunzip *s = state;

	return gzip_end(s->gzip, e);
}

static void close_gzip(void *state)
{
	struct gunzip *s = state;

	gzip_close(&s->gzip);
	free(s);
}

const struct coding gunzip = {
	.name = "gzip",
	.open = open_gzip,
	.put = put_bytes,
	.end = end_gzip,
	.close = close_gzip,
};
