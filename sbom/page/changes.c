/*
 * changes - each group is a list of keys and values of each product; the two
 * are sorted and walked together.
 */
#include "sbom/page/changes.h"

#include "lib/base/buf.h"
#include "sbom/page/page_bits.h"

#include <stdlib.h>

enum { CHANGES_TEXT_MAX = 64 << 10 };

struct pair {
	struct str key, value;
	uint64_t bytes;
};

struct pairs {
	struct arena *arena;
	struct pair *list;
	size_t n, room;
	bool is_full; /* memory was out */
};

static struct str pairs_keep(struct pairs *to, const struct buf *text)
{
	char *copy = arena_copy(to->arena, buf_view(text));

	if (copy == NULL || text->full)
		to->is_full = true;
	return (struct str){copy, copy == NULL ? 0 : text->n};
}

static void pairs_add(struct pairs *to, struct pair p)
{
	struct pair *list = arena_grow(
		to->arena, to->list, to->n, &to->room, sizeof(*list));

	if (list == NULL) {
		to->is_full = true;
		return;
	}
	to->list = list;
	list[to->n++] = p;
}

/* Two texts as one key. */
static struct str pairs_key(
	struct pairs *to, struct str a, const char *between, struct str b)
{
	AUTO_BUF struct buf key = buf_growing(CHANGES_TEXT_MAX);

	buf_fmt(&key, "%.*s%s%.*s", STR_ARG(a), between, STR_ARG(b));
	return pairs_keep(to, &key);
}

/* ---- the groups ---- */

static void pairs_packages(const struct page *p, struct pairs *to)
{
	for (size_t i = 0; i < p->n_packages; i++)
		pairs_add(to, (struct pair){p->packages[i].name,
				      p->packages[i].version, 0});
}

static void pairs_licences(const struct page *p, struct pairs *to)
{
	for (size_t i = 0; i < p->n_packages; i++)
		pairs_add(to, (struct pair){p->packages[i].name,
				      p->packages[i].licence, 0});
}

static void pairs_sizes(const struct page *p, struct pairs *to)
{
	if (p->layer_bytes > 0)
		pairs_add(to,
			(struct pair){STR("download"), {0}, p->layer_bytes});
	for (size_t i = 0; i < p->n_programs; i++) {
		const struct page_program *x = &p->programs[i];

		pairs_add(to, (struct pair){x->path, {0}, x->bytes});
		for (size_t k = 0; k < x->n_parts; k++)
			pairs_add(to, (struct pair){pairs_key(to, x->path, ": ",
							    x->parts[k].name),
					      {0}, x->parts[k].bytes});
	}
}

static void pairs_verdicts(const struct page *p, struct pairs *to)
{
	for (size_t i = 0; i < p->n_verdicts; i++) {
		const struct page_verdict *v = &p->verdicts[i];

		pairs_add(to,
			(struct pair){pairs_key(to, v->cve, " in ", v->package),
				str_of(bits_status_word(v->status)), 0});
	}
}

static void pairs_patches(const struct page *p, struct pairs *to)
{
	for (size_t i = 0; i < p->n_patches; i++)
		pairs_add(to, (struct pair){pairs_key(to, p->patches[i].package,
						    ": ", p->patches[i].name),
				      STR("applied"), 0});
}

static void pairs_checks(const struct page *p, struct pairs *to)
{
	static const struct str words[] = {
		[PAGE_PASSED] = {"yes", 3},
		[PAGE_FAILED] = {"no", 2},
		[PAGE_ABSENT] = {"no, optional", 12},
		[PAGE_UNKNOWN] = {"not known", 9},
	};

	for (size_t i = 0; i < p->n_programs; i++)
		for (size_t k = 0; k < p->programs[i].n_checks; k++) {
			const struct page_check *c = &p->programs[i].checks[k];

			pairs_add(to,
				(struct pair){pairs_key(to, p->programs[i].path,
						      ": ", c->what),
					words[c->outcome], 0});
		}
}

static void pairs_files(const struct page *p, struct pairs *to)
{
	for (size_t i = 0; i < p->n_files; i++) {
		const struct page_file *f = &p->files[i];
		AUTO_BUF struct buf b = buf_growing(CHANGES_TEXT_MAX);

		buf_fmt(&b, "%.*s %04o %u:%u", STR_ARG(f->kind),
			(unsigned)f->mode, (unsigned)f->uid, (unsigned)f->gid);
		if (f->link.n > 0)
			buf_fmt(&b, " to %.*s", STR_ARG(f->link));
		if (f->sha256.n > 0)
			buf_fmt(&b, ", %llu bytes, sha256 %.*s",
				(unsigned long long)f->bytes,
				STR_ARG(str_sub(f->sha256, 0, 12)));
		pairs_add(
			to, (struct pair){pairs_key(to, STR(""), "/", f->path),
				    pairs_keep(to, &b), 0});
	}
}

static void (*const pairs_of[CHANGES_GROUPS])(
	const struct page *p, struct pairs *to) = {
	[CHANGES_PACKAGES] = pairs_packages,
	[CHANGES_SIZES] = pairs_sizes,
	[CHANGES_VERDICTS] = pairs_verdicts,
	[CHANGES_PATCHES] = pairs_patches,
	[CHANGES_CHECKS] = pairs_checks,
	[CHANGES_LICENCES] = pairs_licences,
	[CHANGES_FILES] = pairs_files,
};

/* ---- side by side ---- */

static int pair_order(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = str_cmp(x->key, y->key);

	return order != 0 ? order : str_cmp(x->value, y->value);
}

static void change_add(
	struct changes *out, const struct pair *x, const struct pair *y)
{
	struct change *c = &out->list[out->n];

	if (x != NULL && y != NULL && str_eq(x->value, y->value) &&
		x->bytes == y->bytes)
		return;
	*c = (struct change){.was_there = x != NULL, .is_there = y != NULL};
	if (x != NULL) {
		c->key = x->key;
		c->before = x->value;
		c->bytes_before = x->bytes;
	}
	if (y != NULL) {
		c->key = y->key;
		c->after = y->value;
		c->bytes_after = y->bytes;
	}
	out->added += x == NULL;
	out->removed += y == NULL;
	out->n++;
}

static void changes_walk(
	const struct pairs *a, const struct pairs *b, struct changes *out)
{
	size_t i = 0, k = 0;

	while (i < a->n || k < b->n) {
		int order = i == a->n ? 1
			    : k == b->n
				    ? -1
				    : str_cmp(a->list[i].key, b->list[k].key);

		change_add(out, order <= 0 ? &a->list[i] : NULL,
			order >= 0 ? &b->list[k] : NULL);
		i += order <= 0;
		k += order >= 0;
	}
}

int changes_find(enum changes_group group, const struct page *old,
	const struct page *new, struct changes *out, struct err *e)
{
	struct arena *a = out->arena;
	struct pairs x = {.arena = a}, y = {.arena = a};

	pairs_of[group](old, &x);
	pairs_of[group](new, &y);
	*out = (struct changes){.arena = a,
		.list = arena_alloc(
			a, (x.n + y.n + 1) * sizeof(struct change))};
	if (x.is_full || y.is_full || out->list == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the comparison");
	if (x.n > 1)
		qsort(x.list, x.n, sizeof(*x.list), pair_order);
	if (y.n > 1)
		qsort(y.list, y.n, sizeof(*y.list), pair_order);
	changes_walk(&x, &y, out);
	return 0;
}
