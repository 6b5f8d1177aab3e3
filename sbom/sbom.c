/*
 * sbom - from a request to its model and items, in one arena that is freed as
 * a whole.
 */
#include "sbom/sbom.h"

#include "lib/base/buf.h"
#include "sbom/items/items_make.h"
#include "sbom/model/model_file.h"
#include "sbom/model/model_make.h"
#include "sbom/notice/notice_make.h"

#define SBOM_ARENA_MAX ((size_t)2 << 30)

enum { SBOM_PATH_BYTES = 2048 };

/* ROOT/USUAL, unless a path was given. */
static int sbom_path(
	struct sbom *s, const char *usual, const char **path, struct err *e)
{
	char memory[SBOM_PATH_BYTES];
	struct buf b = buf_fixed(memory, sizeof(memory));

	if (*path != NULL)
		return 0;
	buf_fmt(&b, "%s/%s", s->request.root, usual);
	*path = arena_copy(&s->arena, buf_view(&b));
	return b.full || *path == NULL
		       ? err_kind(e, ERR_LIMIT, "%s: path is too long", usual)
		       : 0;
}

static int sbom_fill(struct sbom *s, struct err *e)
{
	struct sbom_request *r = &s->request;

	if (r->root == NULL)
		r->root = ".";
	if (sbom_path(s, "static-build/sources.lock", &r->lock, e) < 0 ||
		sbom_path(s, "build/evidence", &r->evidence, e) < 0 ||
		model_make(r, &s->arena, &s->model, e) < 0 ||
		notice_make(&s->model, &s->notice, e) < 0)
		return -1;
	return items_make(&s->notice, &s->items, e);
}

int sbom_open(const struct sbom_request *r, struct sbom *out, struct err *e)
{
	*out = (struct sbom){
		.arena = arena_make(SBOM_ARENA_MAX), .request = *r};
	return sbom_fill(out, e) < 0 ? err_at(e, "sbom of %s", r->image) : 0;
}

int sbom_add_files(
	struct sbom *s, const struct sbom_file *files, size_t n, struct err *e)
{
	if (model_add_made(&s->model, files, n, e) < 0 ||
		items_say_image(&s->items, e) < 0)
		return err_at(e, "sbom of %s", s->request.image);
	return 0;
}

void sbom_close(struct sbom *s)
{
	if (s->model.request != NULL)
		model_close(&s->model);
	arena_free(&s->arena);
}
