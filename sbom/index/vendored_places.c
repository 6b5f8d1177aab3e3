/*
 * vendored_places - the part that two paths have in common at their end says
 * how directory and package lie to each other.
 */
#include "sbom/index/vendored_places.h"

#include "lib/base/buf.h"
#include "sbom/evidence/evidence_index.h"

#include <stdlib.h>

enum {
	PLACES_MAX = 1 << 18,
	PLACES_HITS_MAX = 1000, /* packages with a file, of those asked */
	PLACES_FILE_MIN = 64,   /* bytes: smaller ones are equal by chance */
	PLACES_KEY_MAX = 2 * FILE_INDEX_PATH_MAX + 32,
};

static bool places_is_source(struct str path)
{
	static const char *const ends[] = {".c", ".h", ".cc", ".cpp", ".cxx",
		".hh", ".hpp", ".hxx", ".inc", ".def", ".S", ".s", ".asm", ".y",
		".l"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (str_has_suffix(path, str_of(ends[i])))
			return true;
	return false;
}

static int places_by_path(const void *a, const void *b)
{
	const struct evidence_file *const *x = a, *const *y = b;

	return str_cmp((*x)->path, (*y)->path);
}

static int places_list_files(
	struct places *p, struct evidence *ev, struct err *e)
{
	p->files = arena_alloc(p->arena, (ev->n_files + 1) * sizeof(*p->files));
	if (p->files == NULL)
		return evidence_no_memory(e);
	for (size_t i = 0; i < ev->n_files; i++)
		if (ev->files[i].list == EVIDENCE_MANIFEST &&
			ev->files[i].git.n > 0 && ev->files[i].vendored == 0 &&
			places_is_source(ev->files[i].path))
			p->files[p->n_files++] = &ev->files[i];
	if (p->n_files > 1)
		qsort(p->files, p->n_files, sizeof(struct evidence_file *),
			places_by_path);
	return 0;
}

/* ---- votes ---- */

/* How long the end is that both paths have, in whole components. */
static size_t places_common(struct str a, struct str b)
{
	size_t n = 0, whole = 0;

	while (n < a.n && n < b.n && a.p[a.n - n - 1] == b.p[b.n - n - 1]) {
		n++;
		if ((n == a.n || a.p[a.n - n - 1] == '/') &&
			(n == b.n || b.p[b.n - n - 1] == '/'))
			whole = n;
	}
	return whole;
}

/* The place with this key, made where it is new; NULL: out of memory. */
static struct place_of_package *places_get(
	struct places *p, struct str tree, struct str inside, uint32_t package)
{
	static char memory[PLACES_KEY_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	const struct table_entry *known;
	struct place_of_package *list;
	struct str key;

	buf_fmt(&b, "%u:%.*s:%.*s", package, STR_ARG(tree), STR_ARG(inside));
	known = table_find(&p->by_key, buf_view(&b));
	if (known != NULL)
		return &p->list[known->value];
	list = arena_grow(p->arena, p->list, p->n, &p->room, sizeof(*list));
	key = (struct str){arena_copy(p->arena, buf_view(&b)), b.n};
	if (b.full || list == NULL || key.p == NULL || p->n == PLACES_MAX ||
		table_add(&p->by_key, key, (uint32_t)p->n) < 0)
		return NULL;
	p->list = list;
	list[p->n] = (struct place_of_package){
		.tree = tree, .inside = inside, .package = package};
	return &list[p->n++];
}

static int places_vote(
	struct places *p, const struct evidence_file *f, struct err *e)
{
	const struct table_entry *t = table_find(&p->index->by_id, f->git);

	for (int n = 0; t != NULL && n < PLACES_HITS_MAX; n++) {
		const struct indexed_file *g = &p->index->files[t->value];
		size_t common = places_common(f->path, g->path);
		struct place_of_package *at;

		t = table_next(&p->index->by_id, t);
		if (g->size < PLACES_FILE_MIN || common == 0 ||
			common == f->path.n)
			continue;
		at = places_get(p, str_sub(f->path, 0, f->path.n - common),
			str_sub(g->path, 0, g->path.n - common), g->package);
		if (at == NULL)
			return evidence_no_memory(e);
		at->votes++;
	}
	return 0;
}

/* ---- judgement ---- */

struct place_range places_range(const struct places *p, struct str tree)
{
	struct place_range r = {0, p->n_files};

	while (r.first < r.end) { /* the first that is not before the tree */
		size_t middle = r.first + (r.end - r.first) / 2;

		if (str_cmp(p->files[middle]->path, tree) < 0)
			r.first = middle + 1;
		else
			r.end = middle;
	}
	while (r.end < p->n_files &&
		str_has_prefix(p->files[r.end]->path, tree))
		r.end++;
	return r;
}

const struct indexed_file *places_match(const struct places *p,
	const struct place_of_package *at, const struct evidence_file *f)
{
	static char memory[PLACES_KEY_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_str(&b, at->inside);
	buf_str(&b, str_sub(f->path, at->tree.n, f->path.n));
	return b.full ? NULL
		      : file_index_find(p->index, at->package, buf_view(&b));
}

static void places_count(const struct places *p, struct place_of_package *at)
{
	struct place_range r = places_range(p, at->tree);

	at->votes = 0;
	for (size_t i = r.first; i < r.end; i++) {
		const struct evidence_file *f = p->files[i];
		const struct indexed_file *g = places_match(p, at, f);

		if (g == NULL)
			at->strange++;
		else if (str_eq(g->id, f->git))
			at->votes++;
		else
			at->changed++;
	}
}

static bool places_is_likely(const struct place_of_package *at)
{
	size_t known = at->votes + at->changed;

	return at->votes > 0 && 3 * at->votes >= known && known >= at->strange;
}

static const struct indexed_package *places_package(
	const struct places *p, const struct place_of_package *at)
{
	return &p->index->packages[at->package];
}

/* Of one directory, and one package by its name: versions of it. */
static bool places_is_rival(const struct places *p,
	const struct place_of_package *a, const struct place_of_package *b)
{
	return str_eq(a->tree, b->tree) &&
	       str_eq(places_package(p, a)->name, places_package(p, b)->name);
}

static int places_note_other(const struct places *p,
	struct place_of_package *at, const struct place_of_package *other,
	struct err *e)
{
	char memory[1024];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_fmt(&b, "%.*s%s%.*s", STR_ARG(at->others),
		at->others.n > 0 ? ", " : "",
		STR_ARG(places_package(p, other)->version));
	if (b.full)
		return 0; /* the text for people is long enough */
	at->others = (struct str){arena_copy(p->arena, buf_view(&b)), b.n};
	return at->others.p == NULL ? evidence_no_memory(e) : 0;
}

static size_t places_depth(const struct place_of_package *at)
{
	return at->tree.n;
}

/* The deepest directory first; of rivals the one that fits best, and of
   versions that fit equally the last of the index. */
static int places_order(const void *a, const void *b)
{
	const struct place_of_package *x = *(struct place_of_package *const *)a,
				      *y = *(struct place_of_package *const *)b;
	int order;

	if (places_depth(x) != places_depth(y))
		return places_depth(x) < places_depth(y) ? 1 : -1;
	order = str_cmp(x->tree, y->tree);
	if (order != 0)
		return order;
	if (x->votes != y->votes)
		return x->votes < y->votes ? 1 : -1;
	if (x->changed != y->changed)
		return x->changed < y->changed ? -1 : 1;
	return x->package < y->package ? 1 : x->package > y->package ? -1 : 0;
}

/* Does the same package lie around it? */
static bool places_is_within(const struct places *p,
	const struct place_of_package *at, const struct place_of_package *by)
{
	return at != by && by->tree.n < at->tree.n &&
	       str_has_prefix(at->tree, by->tree) &&
	       str_eq(places_package(p, at)->name, places_package(p, by)->name);
}

static int places_keep(struct places *p, struct place_of_package **likely,
	size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct place_of_package *at = likely[i];
		bool is_kept = true;

		for (size_t k = i + 1; is_kept && k < n; k++)
			is_kept = !places_is_within(p, at, likely[k]);
		for (size_t k = 0; is_kept && k < p->n_kept; k++) {
			struct place_of_package *best = p->kept[k];

			is_kept = !places_is_rival(p, best, at);
			if (!is_kept && best->votes == at->votes &&
				best->changed == at->changed &&
				best->package != at->package &&
				places_note_other(p, best, at, e) < 0)
				return -1;
		}
		if (is_kept)
			p->kept[p->n_kept++] = at;
	}
	return 0;
}

static int places_judge(struct places *p, struct err *e)
{
	struct place_of_package **likely =
		arena_alloc(p->arena, (p->n + 1) * sizeof(*likely));
	size_t n = 0;

	p->kept = arena_alloc(p->arena, (p->n + 1) * sizeof(*p->kept));
	if (likely == NULL || p->kept == NULL)
		return evidence_no_memory(e);
	for (size_t i = 0; i < p->n; i++) {
		places_count(p, &p->list[i]);
		if (places_is_likely(&p->list[i]))
			likely[n++] = &p->list[i];
	}
	if (n > 1)
		qsort(likely, n, sizeof(*likely), places_order);
	return places_keep(p, likely, n, e);
}

int places_find(struct evidence *ev, const struct file_index *x,
	struct arena *a, struct places *out, struct err *e)
{
	struct places p = {.index = x, .arena = a, .by_key = table_make(a)};

	if (places_list_files(&p, ev, e) < 0)
		return -1;
	for (size_t i = 0; i < p.n_files; i++)
		if (places_vote(&p, p.files[i], e) < 0)
			return -1;
	if (places_judge(&p, e) < 0)
		return -1;
	*out = p;
	return 0;
}
