/*
 * graph_file - a file is known by digest and path, because equal bytes may
 * come from two makers (empty objects), and looked for where the build may
 * have left it: under its name, under the name without the ".new" that our
 * Makefile gives to what is not yet complete, among the copies of temporary
 * objects in the evidence, under the name of another file with these bytes.
 */
#include "sbom/graph/graph_file.h"

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GRAPH_KEY_BYTES = 3072 };

static int graph_keep(
	struct graph *g, struct str s, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(g->arena, s), s.n};
	return out->p == NULL ? graph_no_memory(e) : 0;
}

/* ---- where the bytes are ---- */

static bool graph_has_bytes(
	const struct graph *g, struct str path, struct str sha256)
{
	const char *full = graph_path(g, path);
	char hex[SHA256_HEX + 1];
	uint64_t size;

	return full != NULL && access(full, R_OK) == 0 &&
	       sha256_file(full, hex, &size, NULL) == 0 && str_is(sha256, hex);
}

/* A copy of a temporary object in the evidence of any room. */
static bool graph_find_kept(
	const struct graph *g, struct str sha256, struct buf *path)
{
	const struct evidence *ev = g->evidence;

	for (size_t i = 0; i < ev->n_rooms; i++) {
		buf_reset(path);
		buf_fmt(path, "%.*s/%.*s/objects/%.*s", STR_ARG(ev->dir),
			STR_ARG(ev->rooms[i].name), STR_ARG(sha256));
		if (access(buf_cstr(path), R_OK) == 0)
			return true;
	}
	return false;
}

/* Find the bytes: 1 and *where, 0 for nowhere, or -1. */
static int graph_find_bytes(struct graph *g, struct evidence_made made,
	struct str *where, struct err *e)
{
	const struct table_entry *same = table_find(&g->by_sha256, made.sha256);
	char text[GRAPH_KEY_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));
	struct str plain = made.path;

	if (graph_has_bytes(g, made.path, made.sha256))
		return graph_keep(g, made.path, where, e) < 0 ? -1 : 1;
	if (same != NULL && g->files[same->value].archive < 0) {
		*where = g->files[same->value].where;
		return 1;
	}
	if (str_has_suffix(plain, STR(".new"))) {
		plain.n -= strlen(".new");
		if (graph_has_bytes(g, plain, made.sha256))
			return graph_keep(g, plain, where, e) < 0 ? -1 : 1;
	}
	if (!graph_find_kept(g, made.sha256, &b))
		return 0;
	/* absolute, so that it does not start from the root */
	if (b.n > 0 && b.p[0] != '/') {
		char *real = realpath(buf_cstr(&b), NULL); /* heap */

		buf_reset(&b);
		buf_text(&b, real == NULL ? "" : real);
		free(real);
	}
	return graph_keep(g, buf_view(&b), where, e) < 0 ? -1 : 1;
}

/* ---- adding ---- */

static int graph_add(struct graph *g, struct graph_file file, struct str key,
	uint32_t *out, struct err *e)
{
	struct graph_file *files = arena_grow(
		g->arena, g->files, g->n_files, &g->files_room, sizeof(*files));
	struct graph_file *f;

	if (files == NULL)
		return graph_no_memory(e);
	g->files = files;
	f = &files[g->n_files];
	*f = file;
	f->step = GRAPH_NONE;
	if (graph_keep(g, file.file.path, &f->file.path, e) < 0 ||
		graph_keep(g, file.file.sha256, &f->file.sha256, e) < 0 ||
		graph_keep(g, file.name, &f->name, e) < 0 ||
		graph_keep(g, key, &key, e) < 0)
		return -1;
	if (table_add(&g->by_key, key, (uint32_t)g->n_files) < 0 ||
		table_add(&g->by_sha256, f->file.sha256, (uint32_t)g->n_files) <
			0)
		return graph_no_memory(e);
	*out = (uint32_t)g->n_files++;
	return 0;
}

static const struct table_entry *graph_known(const struct graph *g,
	struct str sha256, struct str name, struct buf *key)
{
	buf_fmt(key, "%.*s %.*s", STR_ARG(sha256), STR_ARG(name));
	return table_find(&g->by_key, buf_view(key));
}

int graph_file(struct graph *g, struct evidence_made made, uint32_t room,
	uint32_t *out, struct err *e)
{
	struct graph_file f = {
		.file = made, .name = made.path, .archive = GRAPH_NONE};
	const struct evidence_file *installed = evidence_file(
		g->evidence, EVIDENCE_INSTALLED, made.path, made.sha256);
	char text[GRAPH_KEY_BYTES];
	struct buf key = buf_fixed(text, sizeof(text));
	const struct table_entry *known =
		graph_known(g, made.sha256, made.path, &key);
	int found;

	if (known != NULL) {
		*out = known->value;
		return 1;
	}
	f.room = installed == NULL ? room : installed->room;
	found = graph_find_bytes(g, made, &f.where, e);
	if (found <= 0)
		return found;
	return graph_add(g, f, buf_view(&key), out, e) < 0 ? -1 : 1;
}

int graph_member(struct graph *g, const struct graph_member *m, uint32_t *out,
	struct err *e)
{
	const struct graph_file *archive = &g->files[m->archive];
	struct graph_file f = {
		.file = {archive->file.path, m->sha256},
		.archive = m->archive,
		.where = m->where,
		.at = m->at,
		.size = m->size,
		.room = archive->room,
	};
	char name[GRAPH_KEY_BYTES], text[GRAPH_KEY_BYTES];
	struct buf b = buf_fixed(name, sizeof(name));
	struct buf key = buf_fixed(text, sizeof(text));
	const struct table_entry *known;

	buf_fmt(&b, "%.*s(%.*s)", STR_ARG(archive->file.path),
		STR_ARG(m->name));
	f.name = buf_view(&b);
	known = graph_known(g, m->sha256, f.name, &key);
	if (known != NULL) {
		*out = known->value;
		return 0;
	}
	return graph_add(g, f, buf_view(&key), out, e);
}

/* ---- leaves ---- */

bool graph_is_leaf(
	const struct graph *g, const struct graph_file *f, struct str *path)
{
	const struct evidence *ev = g->evidence;
	const struct evidence_file *installed = evidence_file(
		ev, EVIDENCE_INSTALLED, f->file.path, f->file.sha256);

	*path = f->file.path;
	if (installed != NULL) {
		if (installed->from.n == 0)
			return true;
		*path = installed->from;
	}
	if (evidence_file(ev, EVIDENCE_MANIFEST, *path, f->file.sha256) ||
		evidence_file(ev, EVIDENCE_CONFIGURED, *path, f->file.sha256) ||
		evidence_file(ev, EVIDENCE_TOOLCHAIN, *path, f->file.sha256))
		return true;
	return !ev->is_outside && !str_has_prefix(*path, STR("/")) &&
	       !str_has_prefix(*path, STR("build/"));
}

/* A copy of a file of an unpacked source, as configure makes. */
static bool graph_is_copy(
	const struct graph *g, struct str path, struct str sha256)
{
	int64_t room = evidence_room_of(g->evidence, path);

	return room >= 0 &&
	       evidence_copy(g->evidence, (uint32_t)room, sha256) != NULL;
}

bool graph_is_orphan(const struct graph *g, const struct graph_file *f)
{
	struct str path;

	if (f->archive >= 0)
		return !graph_is_leaf(g, &g->files[f->archive], &path);
	if (graph_is_leaf(g, f, &path) ||
		graph_is_copy(g, path, f->file.sha256))
		return false;
	/* an archive that a recipe installed: its members are asked for */
	if (!str_eq(path, f->file.path) && str_has_suffix(path, STR(".a")))
		return false;
	/* what an unseen command of a stranger's build may write: sources */
	return !g->evidence->is_outside || str_has_prefix(path, STR("/")) ||
	       str_has_suffix(path, STR(".o"));
}
