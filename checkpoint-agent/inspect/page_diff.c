/*
 * page_diff - merge two sorted lists of pages by address.
 *
 * A side is the runs of all pagemaps of one process, sorted.  Two cursors
 * walk the sides; the lower address decides which one moves, and equal
 * addresses are compared by hash.
 */
#include "checkpoint-agent/inspect/page_diff.h"

#include <stdlib.h>

void page_diff_add(
	struct page_diff_count *sum, const struct page_diff_count *one)
{
	sum->same += one->same;
	sum->changed += one->changed;
	sum->added += one->added;
	sum->removed += one->removed;
}

/* ---- one side ----------------------------------------------------------- */

static int compare_runs(const void *a, const void *b)
{
	const struct page_diff_run *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static size_t count_runs(const struct pagemap *m, uint32_t pid)
{
	size_t n = 0;

	for (size_t i = 0; i < m->map_count; i++)
		if (m->maps[i].pid == pid)
			n += m->maps[i].run_count;
	return n;
}

int page_diff_collect(const struct page_hashes *h, uint32_t pid,
	struct page_diff_side *s, struct err *e)
{
	const struct pagemap *m = h->memory;

	*s = (struct page_diff_side){0};
	s->runs = calloc(count_runs(m, pid) + 1, sizeof(*s->runs));
	if (!s->runs)
		return err_kind(e, ERR_LIMIT, "out of memory");
	for (size_t i = 0; i < m->map_count; i++) {
		const struct pagemap_map *map = &m->maps[i];

		if (map->pid != pid)
			continue;
		for (size_t k = 0; k < map->run_count; k++)
			s->runs[s->n++] = (struct page_diff_run){
				map->runs[k].address, map->runs[k].pages,
				h->pages[i] + map->runs[k].before};
	}
	if (s->n)
		qsort(s->runs, s->n, sizeof(*s->runs), compare_runs);
	return 0;
}

void page_diff_side_free(struct page_diff_side *s)
{
	free(s->runs);
	s->runs = NULL;
	s->n = 0;
}

/* ---- the merge ---------------------------------------------------------- */

struct cursor {
	const struct page_diff_side *side;
	size_t run;
	uint64_t page;
};

/* The page at the cursor; false after the last one. */
static bool peek_page(struct cursor *c, uint64_t *address, uint64_t *hash)
{
	const struct page_diff_run *r;

	while (c->run < c->side->n && c->page == c->side->runs[c->run].pages) {
		c->run++;
		c->page = 0;
	}
	if (c->run == c->side->n)
		return false;
	r = &c->side->runs[c->run];
	*address = r->address + c->page * PAGEMAP_PAGE_BYTES;
	*hash = r->hash[c->page];
	return true;
}

void page_diff_walk(const struct page_diff_side *before,
	const struct page_diff_side *after,
	void (*visit)(void *self, uint64_t address,
		const struct page_diff_count *one),
	void *self)
{
	struct cursor a = {.side = before}, b = {.side = after};
	uint64_t at_a = 0, at_b = 0, hash_a = 0, hash_b = 0;

	for (;;) {
		bool has_a = peek_page(&a, &at_a, &hash_a);
		bool has_b = peek_page(&b, &at_b, &hash_b);
		bool takes_a = has_a && (!has_b || at_a <= at_b);
		bool takes_b = has_b && (!has_a || at_b <= at_a);
		bool both = takes_a && takes_b;
		struct page_diff_count one = {.same = both && hash_a == hash_b,
			.changed = both && hash_a != hash_b,
			.added = takes_b && !takes_a,
			.removed = takes_a && !takes_b};

		if (!has_a && !has_b)
			return;
		visit(self, takes_a ? at_a : at_b, &one);
		a.page += takes_a;
		b.page += takes_b;
	}
}
