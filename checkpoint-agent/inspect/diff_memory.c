/*
 * diff_memory - compare memory page by page and report it by area.
 *
 * The pages of a process in both archives are walked in the order of
 * addresses and counted per area.  Areas are those of the second archive; for
 * a page outside of them, those of the first.  An area is written once the
 * walk has left it, and only if a page in it differs.
 */
#include "checkpoint-agent/inspect/diff_memory.h"

#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/criu/img_memory.h"
#include "checkpoint-agent/criu/img_task.h"
#include "checkpoint-agent/inspect/areas.h"
#include "checkpoint-agent/inspect/images_index.h"
#include "checkpoint-agent/inspect/page_diff.h"

#include <stdlib.h>

/* The walk over one process. */
struct process {
	struct diff_memory *d;
	struct json_out *out;
	const struct img_area *areas[2]; /* before, after */
	size_t area_count[2];
	struct img_area area;              /* the current one */
	const struct diff_gather *area_of; /* whose it is; NULL: none yet */
	struct page_diff_count in_area, all;
};

static const struct img_area *find_area(
	const struct img_area *list, size_t n, uint64_t address)
{
	size_t from = 0;

	while (n) {
		size_t half = n / 2;
		const struct img_area *a = &list[from + half];

		if (address >= a->start && address < a->end)
			return a;
		if (address < a->start) {
			n = half;
		} else {
			from += half + 1;
			n -= half + 1;
		}
	}
	return NULL;
}

static void put_count(struct json_out *o, const struct page_diff_count *n)
{
	json_whole(o, "changedPages", (int64_t)n->changed);
	json_whole(o, "addedPages", (int64_t)n->added);
	json_whole(o, "removedPages", (int64_t)n->removed);
	json_whole(o, "samePages", (int64_t)n->same);
	json_whole(o, "differentBytes",
		(int64_t)((n->changed + n->added + n->removed) *
			  PAGEMAP_PAGE_BYTES));
}

static void put_area(struct process *p)
{
	const struct page_diff_count *n = &p->in_area;
	struct json_out *o = p->out;

	page_diff_add(&p->all, n);
	if (n->changed + n->added + n->removed == 0)
		return;
	p->d->differs = true;
	json_map(o, NULL);
	areas_put_address(o, "start", p->area.start);
	areas_put_address(o, "end", p->area.end);
	areas_put_rights(o, &p->area);
	areas_put_area(o, &p->area_of->images, &p->area);
	put_count(o, n);
	json_map_end(o);
}

static void enter_area(struct process *p, uint64_t address)
{
	const struct img_area *a =
		find_area(p->areas[1], p->area_count[1], address);

	p->area_of = p->d->after;
	if (!a) {
		a = find_area(p->areas[0], p->area_count[0], address);
		p->area_of = p->d->before;
	}
	p->area = a ? *a
		    : (struct img_area){.start = address,
			      .end = address + PAGEMAP_PAGE_BYTES};
	p->in_area = (struct page_diff_count){0};
}

static void count_page(
	void *self, uint64_t address, const struct page_diff_count *one)
{
	struct process *p = self;

	if (!p->area_of || address < p->area.start || address >= p->area.end) {
		if (p->area_of)
			put_area(p);
		enter_area(p, address);
	}
	page_diff_add(&p->in_area, one);
}

static struct str command_of(const struct diff_memory *d, uint32_t pid)
{
	struct str name =
		img_command(images_first(&d->after->images, IMG_CORE, pid));

	return name.n ? name
		      : img_command(images_first(
				&d->before->images, IMG_CORE, pid));
}

static int walk_pages(struct process *p, uint32_t pid, struct err *e)
{
	struct page_diff_side before = {0}, after = {0};
	int rc = -1;

	if (page_diff_collect(&p->d->before->hashes, pid, &before, e) == 0 &&
		page_diff_collect(&p->d->after->hashes, pid, &after, e) == 0)
		rc = 0;
	if (rc == 0)
		page_diff_walk(&before, &after, count_page, p);
	if (p->area_of)
		put_area(p);
	page_diff_side_free(&before);
	page_diff_side_free(&after);
	return rc;
}

static int put_process(struct process *p, uint32_t pid, struct err *e)
{
	struct diff_memory *d = p->d;
	int rc;

	p->areas[0] = areas_list(&d->before->images, pid, &p->area_count[0]);
	p->areas[1] = areas_list(&d->after->images, pid, &p->area_count[1]);
	json_map(p->out, NULL);
	json_whole(p->out, "pid", pid);
	json_str(p->out, "command", command_of(d, pid));
	json_list(p->out, "areas");
	rc = walk_pages(p, pid, e);
	json_list_end(p->out);
	put_count(p->out, &p->all);
	json_map_end(p->out);
	return rc;
}

static int compare_pids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The owners of memory in either archive, sorted and unique; owned. */
static uint32_t *list_pids(const struct diff_memory *d, size_t *n)
{
	const struct pagemap *side[] = {&d->before->memory, &d->after->memory};
	uint32_t *pids = calloc(
		side[0]->map_count + side[1]->map_count + 1, sizeof(*pids));
	size_t all = 0;

	*n = 0;
	for (size_t s = 0; pids && s < 2; s++)
		for (size_t i = 0; i < side[s]->map_count; i++)
			pids[all++] = side[s]->maps[i].pid;
	if (all)
		qsort(pids, all, sizeof(*pids), compare_pids);
	for (size_t i = 0; i < all; i++)
		if (i == 0 || pids[i] != pids[i - 1])
			pids[(*n)++] = pids[i];
	return pids;
}

int diff_memory_put(struct diff_memory *d, struct json_out *o, struct err *e)
{
	struct page_diff_count total = {0};
	size_t n;
	uint32_t *pids = list_pids(d, &n);
	int rc = pids ? 0 : err_kind(e, ERR_LIMIT, "out of memory");

	json_map(o, "memory");
	json_list(o, "processes");
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct process p = {.d = d, .out = o};

		rc = put_process(&p, pids[i], e);
		page_diff_add(&total, &p.all);
	}
	json_list_end(o);
	put_count(o, &total);
	json_map_end(o);
	free(pids);
	return rc;
}
