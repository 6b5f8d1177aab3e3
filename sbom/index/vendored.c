/*
 * vendored - files vote for places, places are judged, then claim their files,
 * the deepest first: a package may itself hold another.
 */
#include "sbom/index/vendored.h"

#include "sbom/evidence/evidence_index.h"
#include "sbom/index/vendored_places.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	VENDORED_NAMED_MAX = 5, /* changed files in the text for people */
	VENDORED_TEXT_MAX = 4096,
};

/* ---- one place claims its files ---- */

struct vendored_claim {
	struct evidence_vendored is;
	struct str *changed;
	size_t room;
};

static int vendored_add_changed(struct vendored_claim *c, struct arena *a,
	struct str path, struct err *e)
{
	struct str *list = arena_grow(
		a, c->changed, c->is.n_changed, &c->room, sizeof(*list));

	if (list == NULL)
		return evidence_no_memory(e);
	c->changed = list;
	list[c->is.n_changed++] = path;
	c->is.changed = list;
	return 0;
}

static int vendored_claim_files(const struct places *p,
	const struct place_of_package *at, uint32_t line,
	struct vendored_claim *c, struct err *e)
{
	struct place_range r = places_range(p, at->tree);

	for (size_t i = r.first; i < r.end; i++) {
		struct evidence_file *f = p->files[i];
		const struct indexed_file *g = places_match(p, at, f);

		if (f->vendored != 0 || g == NULL)
			continue;
		f->vendored = line;
		if (str_eq(g->id, f->git))
			c->is.same++;
		else if (vendored_add_changed(c, p->arena, f->path, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- what is found becomes a line of the lock ---- */

static void vendored_say(
	const struct vendored_claim *c, struct str archive, struct buf *out)
{
	size_t n = c->is.n_changed;

	buf_fmt(out, "vendored in %.*s: %zu file%s as in %.*s",
		STR_ARG(c->is.path), c->is.same, c->is.same == 1 ? "" : "s",
		STR_ARG(archive));
	for (size_t i = 0; i < n && i < VENDORED_NAMED_MAX; i++)
		buf_fmt(out, "%s%.*s", i == 0 ? ", modified: " : ", ",
			STR_ARG(c->changed[i]));
	if (n > VENDORED_NAMED_MAX)
		buf_fmt(out, " and %zu more", n - VENDORED_NAMED_MAX);
	if (c->is.others.n > 0)
		buf_fmt(out, "; these files are the same in %.*s",
			STR_ARG(c->is.others));
}

static int vendored_add_line(struct lock *lock, struct arena *a,
	struct lock_line line, struct err *e)
{
	struct lock_line *lines =
		arena_alloc(a, (lock->n + 1) * sizeof(*lines));

	if (lines == NULL)
		return evidence_no_memory(e);
	for (size_t i = 0; i < lock->n; i++)
		lines[i] = lock->lines[i];
	lines[lock->n] = line;
	*lock = (struct lock){lines, lock->n + 1};
	return 0;
}

static int vendored_add(struct evidence *ev, struct lock *lock,
	const struct places *p, const struct vendored_claim *c, struct err *e)
{
	const struct indexed_package *of = &p->index->packages[c->is.package];
	struct evidence_vendored *list;
	char memory[VENDORED_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct lock_line line = {
		.package = of->name,
		.version = of->version,
		.name = of->archive,
		.role = LOCK_SOURCE,
		.licence = STR("NOASSERTION"),
	};

	vendored_say(c, of->archive, &b);
	line.from = (struct str){arena_copy(p->arena, buf_view(&b)), b.n};
	list = arena_grow(p->arena, ev->vendored, ev->n_vendored,
		&ev->vendored_room, sizeof(*list));
	if (line.from.p == NULL || list == NULL)
		return evidence_no_memory(e);
	ev->vendored = list;
	list[ev->n_vendored++] = c->is;
	return vendored_add_line(lock, p->arena, line, e);
}

/* One place: its files, and its line if any is left to it. */
static int vendored_take(struct evidence *ev, struct lock *lock,
	const struct places *p, const struct place_of_package *at,
	struct err *e)
{
	const struct indexed_package *of = &p->index->packages[at->package];
	struct vendored_claim c = {
		.is =
			{
				.line = (uint32_t)lock->n,
				.package = at->package,
				.name = of->name,
				.version = of->version,
				.others = at->others,
				.path = str_sub(at->tree, 0, at->tree.n - 1),
			},
	};

	if (vendored_claim_files(p, at, c.is.line, &c, e) < 0)
		return -1;
	return c.is.same > 0 ? vendored_add(ev, lock, p, &c, e) : 0;
}

int vendored_find(struct evidence *ev, struct lock *lock,
	const struct file_index *x, struct arena *a, struct err *e)
{
	struct places p;

	if (places_find(ev, x, a, &p, e) < 0)
		return -1;
	for (size_t i = 0; i < p.n_kept; i++)
		if (vendored_take(ev, lock, &p, p.kept[i], e) < 0)
			return -1;
	return 0;
}

int vendored_find_by(struct evidence *ev, struct lock *lock, const char *path,
	struct arena *a, struct err *e)
{
	struct file_index *x = arena_alloc(a, sizeof(*x));

	if (x == NULL)
		return evidence_no_memory(e);
	if (file_index_read(path, a, x, e) < 0)
		return -1;
	return vendored_find(ev, lock, x, a, e);
}

int vendored_find_beside(
	struct evidence *ev, struct lock *lock, struct arena *a, struct err *e)
{
	char path[EVIDENCE_PATH_BYTES];

	if (evidence_path(ev, (struct str){0}, VENDORED_INDEX, path, e) < 0)
		return -1;
	if (access(path, F_OK) < 0)
		return 0;
	return vendored_find_by(ev, lock, path, a, e);
}
