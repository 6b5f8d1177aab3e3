/*
 * tracing - the lock's text stays as long as the lock, whose fields are views
 * into it; traces are in the one arena.
 */
#include "images/cmd/tracing.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "sbom/evidence/evidence_open.h"

enum {
	TRACING_LOCK_MAX = 1 << 20,
	TRACING_PROGRAM_MAX = 256 << 20,
	TRACING_PATH_BYTES = 1024,
};

int tracing_open(const char *root, struct tracing *out, struct err *e)
{
	char path[TRACING_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	*out = (struct tracing){
		.arena = arena_make(TRACING_ARENA_MAX),
		.lock_text = buf_growing(TRACING_LOCK_MAX),
	};
	buf_fmt(&b, "%s/static-build/sources.lock", root);
	if (file_read(buf_cstr(&b), &out->lock_text, e) < 0)
		return -1;
	if (lock_parse(buf_view(&out->lock_text), &out->arena, &out->lock, e) <
		0)
		return err_at(e, "%s", path);
	buf_reset(&b);
	buf_fmt(&b, "%s/build/evidence", root);
	return evidence_open(
		buf_cstr(&b), root, &out->arena, &out->evidence, e);
}

void tracing_close(struct tracing *t)
{
	evidence_close(&t->evidence);
	buf_free(&t->lock_text);
	arena_free(&t->arena);
}

int traced_open(
	struct tracing *t, const char *path, struct traced *out, struct err *e)
{
	const struct trace_basis basis = {&t->evidence, &t->lock, &t->arena};
	struct trace_subject of = {.name = path};
	char hex[SHA256_HEX + 1];

	*out = (struct traced){
		.path = path, .bytes = buf_growing(TRACING_PROGRAM_MAX)};
	if (file_read(path, &out->bytes, e) < 0)
		return -1;
	sha256_hex(buf_view(&out->bytes), hex);
	out->sha256 = str_of(arena_copy(&t->arena, str_of(hex)));
	if (out->sha256.p == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the trace");
	of.sha256 = out->sha256;
	of.bytes = buf_view(&out->bytes);
	return trace_program(&basis, &of, &out->trace, e);
}

void traced_close(struct traced *p)
{
	buf_free(&p->bytes);
}
