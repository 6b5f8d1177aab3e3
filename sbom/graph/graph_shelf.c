/* graph_shelf - each member's bytes are digested once. */
#include "sbom/graph/graph_shelf.h"

#include "lib/arc/ar.h"
#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "sbom/evidence/mapped.h"

enum { SHELF_PATH_BYTES = 4096 };

/* The path of a thin archive's member starts from the archive. */
static int shelf_thin(const struct graph *g, struct str archive,
	struct graph_member *m, struct err *e)
{
	char text[SHELF_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(text, sizeof(text));
	const char *full;
	uint64_t size;

	if (!str_has_prefix(m->name, STR("/")))
		buf_str(&b, str_sub(archive, 0,
				    archive.n - str_base_name(archive).n));
	buf_str(&b, m->name);
	full = graph_path(g, buf_view(&b));
	m->where = str_of(arena_copy(g->arena, buf_view(&b)));
	if (full == NULL || m->where.p == NULL)
		return graph_no_memory(e);
	if (sha256_file(full, hex, &size, e) < 0)
		return -1;
	m->sha256 = str_of(arena_copy(g->arena, str_of(hex)));
	return m->sha256.p == NULL ? graph_no_memory(e) : 0;
}

static int shelf_member(const struct graph *g, const struct graph_file *archive,
	const struct ar_member *from, struct graph_member *m, struct err *e)
{
	char hex[SHA256_HEX + 1];

	*m = (struct graph_member){
		.name = str_of(arena_copy(g->arena, from->name)),
		.where = archive->where,
		.at = from->offset,
		.size = from->data.n,
	};
	sha256_hex(from->data, hex);
	m->sha256 = str_of(arena_copy(g->arena, str_of(hex)));
	return m->name.p == NULL || m->sha256.p == NULL ? graph_no_memory(e)
							: 0;
}

static int shelf_fill(const struct graph *g, const struct graph_file *archive,
	struct str bytes, struct graph_shelf *s, struct err *e)
{
	AUTO_ARENA struct arena scratch = arena_make(64 << 20);
	struct ar ar;

	if (ar_read(bytes, &scratch, &ar, e) < 0)
		return err_at(e, "%.*s", STR_ARG(archive->name));
	s->members =
		arena_alloc(g->arena, (ar.n_members + 1) * sizeof(*s->members));
	if (s->members == NULL)
		return graph_no_memory(e);
	for (; s->n_members < ar.n_members; s->n_members++) {
		struct graph_member *m = &s->members[s->n_members];

		if (shelf_member(g, archive, &ar.members[s->n_members], m, e) <
				0 ||
			(ar.is_thin &&
				shelf_thin(g, archive->file.path, m, e) < 0))
			return -1;
	}
	return 0;
}

int graph_shelf_of(struct graph_maker *m, uint32_t archive,
	const struct graph_shelf **out, struct err *e)
{
	const struct graph_file *f = &m->g->files[archive];
	const struct table_entry *known =
		table_find(&m->shelves, f->file.sha256);
	struct graph_shelf *list;
	struct str whole, bytes;
	int rc;

	if (known != NULL) {
		*out = &m->list[known->value];
		return 0;
	}
	list = arena_grow(m->g->arena, m->list, m->n_shelves, &m->shelves_room,
		sizeof(*list));
	if (list == NULL || table_add(&m->shelves, f->file.sha256,
				    (uint32_t)m->n_shelves) < 0)
		return graph_no_memory(e);
	m->list = list;
	*out = &list[m->n_shelves];
	if (graph_bytes(m->g, archive, &whole, &bytes, e) < 0)
		return -1;
	rc = shelf_fill(m->g, f, bytes, &list[m->n_shelves++], e);
	mapped_close(whole);
	return rc;
}

int graph_shelf_take(struct graph_maker *m, const struct graph_member *want,
	uint32_t *out, struct err *e)
{
	const struct graph_shelf *s;

	if (graph_shelf_of(m, want->archive, &s, e) < 0)
		return -1;
	for (size_t i = 0; i < s->n_members; i++) {
		struct graph_member member = s->members[i];

		if (!str_eq(member.name, want->name) ||
			!str_eq(member.sha256, want->sha256))
			continue;
		member.archive = want->archive;
		return graph_member(m->g, &member, out, e);
	}
	return err_kind(e, ERR_ABSENT, "%.*s has no member %.*s of sha256 %.*s",
		STR_ARG(m->g->files[want->archive].name), STR_ARG(want->name),
		STR_ARG(want->sha256));
}
