/*
 * tracing - the lock's text stays as long as the lock, whose fields are views
 * into it; traces are in the one arena.
 */
#include "images/cmd/tracing.h"

#include "images/cmd/target.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "sbom/evidence/evidence_open.h"
#include "sbom/evidence/recorded.h"
#include "sbom/index/vendored.h"

#include <stdio.h>
#include <unistd.h>

enum {
	TRACING_LOCK_MAX = 1 << 20,
	TRACING_PROGRAM_MAX = 256 << 20,
	TRACING_PATH_BYTES = 1024,
};

static int tracing_join(char path[TRACING_PATH_BYTES], const char *root,
	const char *name, struct err *e)
{
	int n = snprintf(path, TRACING_PATH_BYTES, "%s/%s", root, name);

	return n < 0 || n >= TRACING_PATH_BYTES
		       ? err_kind(e, ERR_LIMIT, "%s: path is too long", root)
		       : 0;
}

/*
 * The recorded build that root is the evidence of, that its project keeps, or
 * that it lies in: 1; 0 for a project with evidence of its recipes; or -1.
 */
static int tracing_find(const char *root, const char *arch, struct tracing *out,
	struct recorded *recorded, struct err *e)
{
	int found = recorded_read(root, &out->arena, recorded, e);
	char path[TRACING_PATH_BYTES];

	if (found != 0 || tracing_join(path, root, PROJECT_FILE, e) < 0)
		return found != 0 ? found : -1;
	if (access(path, F_OK) == 0) {
		if (project_read(root, &out->project, e) < 0)
			return -1;
		project_select(&out->project, str_of(arch));
		if (tracing_join(path, root, out->project.at.evidence, e) < 0)
			return -1;
		found = recorded_read(path, &out->arena, recorded, e);
		if (found > 0 && recorded_name(recorded, out->project.is.name,
					 &out->arena, e) < 0)
			return -1;
		return found;
	}
	found = recorded_find(root, &out->arena, recorded, e);
	if (found == 0)
		return err_kind(e, ERR_ABSENT,
			"%s: neither a project (no " PROJECT_FILE
			") nor a build that was recorded (no " RECORDED_DIR
			" here or above); run `keelson record -- COMMAND` "
			"first, or say --root DIR",
			root);
	return found;
}

static int tracing_open_recorded(
	const struct recorded *r, struct tracing *out, struct err *e)
{
	out->lock = r->lock;
	if (evidence_open(r->dir, r->root, &out->arena, &out->evidence, e) < 0)
		return -1;
	out->evidence.is_outside = true;
	return vendored_find_beside(&out->evidence, &out->lock, &out->arena, e);
}

/* The lock of a project, and the evidence of its recipes. */
static int tracing_open_project(
	const char *root, struct tracing *out, struct err *e)
{
	char path[TRACING_PATH_BYTES];

	if (tracing_join(path, root, out->project.at.lock, e) < 0 ||
		file_read(path, &out->lock_text, e) < 0)
		return -1;
	if (lock_parse(buf_view(&out->lock_text), &out->arena, &out->lock, e) <
		0)
		return err_at(e, "%s", path);
	if (tracing_join(path, root, out->project.at.evidence, e) < 0 ||
		evidence_open(path, root, &out->arena, &out->evidence, e) < 0)
		return -1;
	out->evidence.project = out->project.is.name;
	out->evidence.licence = out->project.is.licence;
	return 0;
}

int tracing_open_for(const char *root, const struct tracing_of *of,
	struct tracing *out, struct err *e)
{
	const char *arch = target_arch(of->path, of->platform);
	struct recorded recorded;
	int found;

	*out = (struct tracing){
		.arena = arena_make(TRACING_ARENA_MAX),
		.lock_text = buf_growing(TRACING_LOCK_MAX),
		.platform = of->platform,
	};
	found = tracing_find(root, arch, out, &recorded, e);
	if (found < 0)
		return -1;
	return found > 0 ? tracing_open_recorded(&recorded, out, e)
			 : tracing_open_project(root, out, e);
}

void tracing_close(struct tracing *t)
{
	evidence_close(&t->evidence);
	project_free(&t->project);
	buf_free(&t->lock_text);
	arena_free(&t->arena);
}

int traced_trace(struct tracing *t, struct traced *p, struct err *e)
{
	const struct trace_basis basis = {&t->evidence, &t->lock, &t->arena};
	struct trace_subject of = {.name = p->path};
	char hex[SHA256_HEX + 1];

	sha256_hex(buf_view(&p->bytes), hex);
	p->sha256 = str_of(arena_copy(&t->arena, str_of(hex)));
	if (p->sha256.p == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the trace");
	of.sha256 = p->sha256;
	of.bytes = buf_view(&p->bytes);
	return trace_program(&basis, &of, &p->trace, e);
}

int traced_open(
	struct tracing *t, const char *path, struct traced *out, struct err *e)
{
	*out = (struct traced){
		.path = path, .bytes = buf_growing(TRACING_PROGRAM_MAX)};
	if (file_read(path, &out->bytes, e) < 0)
		return -1;
	return traced_trace(t, out, e);
}

void traced_close(struct traced *p)
{
	buf_free(&p->bytes);
}

int traced_unstripped(const struct traced *p, struct buf *out, struct err *e)
{
	struct evidence_made from = p->trace.unstripped;
	char path[TRACING_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(path, sizeof(path));

	if (from.path.n == 0) {
		buf_str(out, buf_view(&p->bytes));
		return 0;
	}
	buf_fmt(&b, "%s/%.*s", p->trace.basis.evidence->root,
		STR_ARG(from.path));
	if (access(buf_cstr(&b), R_OK) < 0) {
		fprintf(stderr, "keelson: %s is gone: no symbols\n", path);
		return 0;
	}
	if (file_read(path, out, e) < 0)
		return -1;
	sha256_hex(buf_view(out), hex);
	if (str_is(from.sha256, hex))
		return 0;
	fprintf(stderr, "keelson: %s is another program now: no symbols\n",
		path);
	buf_reset(out);
	return 0;
}
