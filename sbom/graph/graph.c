/* graph - bytes are read where the build left them, and compared. */
#include "sbom/graph/graph.h"

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "sbom/evidence/mapped.h"

enum { GRAPH_PATH_BYTES = 4096 };

int graph_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the graph");
}

int graph_list_add(
	struct arena *a, struct graph_list *l, uint32_t file, struct err *e)
{
	uint32_t *list;

	for (size_t i = 0; i < l->n; i++)
		if (l->list[i] == file)
			return 0;
	list = arena_grow(a, l->list, l->n, &l->room, sizeof(*list));
	if (list == NULL)
		return graph_no_memory(e);
	l->list = list;
	list[l->n++] = file;
	return 0;
}

const char *graph_path(const struct graph *g, struct str path)
{
	char text[GRAPH_PATH_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));

	if (!str_has_prefix(path, STR("/")))
		buf_fmt(&b, "%s/", g->evidence->root);
	buf_str(&b, path);
	return b.full ? NULL : arena_copy(g->arena, buf_view(&b));
}

bool graph_is_host(const struct graph *g, const struct graph_file *f)
{
	return evidence_file(g->evidence, EVIDENCE_TOOLCHAIN, f->file.path,
		       g->files[f->archive >= 0 ? f->archive : 0]
			       .file.sha256) != NULL ||
	       evidence_file(g->evidence, EVIDENCE_TOOLCHAIN, f->file.path,
		       f->file.sha256) != NULL;
}

int graph_bytes(const struct graph *g, uint32_t file, struct str *whole,
	struct str *out, struct err *e)
{
	const struct graph_file *f = &g->files[file];
	const char *path = graph_path(g, f->where);
	char hex[SHA256_HEX + 1];

	*whole = *out = (struct str){0};
	if (path == NULL)
		return graph_no_memory(e);
	if (mapped_open(path, whole, e) < 0)
		return -1;
	*out = f->size > 0 ? str_sub(*whole, f->at, f->size) : *whole;
	sha256_hex(*out, hex);
	if (str_is(f->file.sha256, hex))
		return 0;
	mapped_close(*whole);
	*whole = (struct str){0};
	return err_kind(e, ERR_INPUT,
		"%.*s has changed since it was recorded: sha256 is %s, was "
		"%.*s",
		STR_ARG(f->name), hex, STR_ARG(f->file.sha256));
}
