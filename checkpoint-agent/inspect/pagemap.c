/*
 * pagemap - turn CRIU's pagemaps into runs of pages with their addresses.
 *
 * Shared memory has a pagemap of its own whose addresses begin at 0; they are
 * translated to those of a process that maps it.
 *
 * With a pre-dump, the final dump's pagemap marks pages that it left in the
 * pre-dump as inherited.  The runs of the pre-dump are intersected with them
 * (both lists are sorted by address, as CRIU itself requires), which drops
 * every page that was written or freed after the pre-dump.
 */
#include "checkpoint-agent/inspect/pagemap.h"

#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/criu/img_memory.h"
#include "checkpoint-agent/inspect/areas.h"
#include "checkpoint-agent/inspect/images_index.h"

#include <stdlib.h>

#define RUNS_MAX  (8u << 20)
#define PAGES_MAX (1ull << 40)

static bool has_predump(const struct images *c, uint32_t pid)
{
	return images_has_predump(c, IMG_PAGEMAP, pid);
}

uint64_t pagemap_dumped(const struct images *c, uint32_t pid)
{
	struct str rest = images_messages(c, IMG_PAGEMAP, pid), message;
	bool inherits = has_predump(c, pid);
	uint64_t pages = 0;

	if (img_next(&rest, &message, NULL) != 1) /* the head */
		return 0;
	while (img_next(&rest, &message, NULL) == 1) {
		struct img_pages p = img_pages(message);

		if ((p.is_present || (p.is_inherited && inherits)) &&
			p.pages < PAGES_MAX - pages)
			pages += p.pages;
	}
	return pages * PAGEMAP_PAGE_BYTES;
}

/* ---- runs --------------------------------------------------------------- */

static size_t count_runs(struct str rest)
{
	struct str message;
	size_t n = 0;

	while (img_next(&rest, &message, NULL) == 1)
		n++;
	return n;
}

static uint64_t run_end(const struct pagemap_run *r)
{
	return r->address + r->pages * PAGEMAP_PAGE_BYTES;
}

/* Append a run unless its numbers are impossible. */
static int add_run(struct pagemap_map *m, struct pagemap_run run, struct err *e)
{
	if (run.pages > PAGES_MAX - m->run_pages ||
		run.address % PAGEMAP_PAGE_BYTES != 0)
		return err_kind(e, ERR_INPUT,
			"pagemap: bad entry: misaligned or too "
			"many pages");
	run.before = m->run_pages;
	m->runs[m->run_count++] = run;
	m->run_pages += run.pages;
	return 0;
}

static int make_runs(
	struct images *c, struct pagemap_map *m, size_t max, struct err *e)
{
	if (max > RUNS_MAX)
		return err_kind(e, ERR_LIMIT, "pagemap: more than %u entries",
			RUNS_MAX);
	m->run_count = 0;
	m->run_pages = 0;
	m->runs = arena_alloc(&c->arena, (max + 1) * sizeof(*m->runs));
	return m->runs ? 0 : err_kind(e, ERR_LIMIT, "pagemap: out of memory");
}

/* The entries of a pagemap that are to become runs. */
struct run_source {
	struct str messages; /* after the head */
	uint64_t base;       /* added to each address */
	bool is_inherited;   /* take inherited pages, else present ones */
};

static int read_runs(struct images *c, const struct run_source *s,
	struct pagemap_map *m, struct err *e)
{
	struct str rest = s->messages, message;
	int more;

	if (make_runs(c, m, count_runs(rest), e) < 0)
		return -1;
	while ((more = img_next(&rest, &message, e)) == 1) {
		const struct img_pages p = img_pages(message);
		const struct pagemap_run run = {.address = p.address + s->base,
			.pages = p.pages,
			.index = m->run_pages};

		if ((s->is_inherited ? p.is_inherited : p.is_present) &&
			add_run(m, run, e) < 0)
			return -1;
	}
	return more;
}

/* Are the runs sorted, disjoint and within the address space? */
static bool is_in_order(const struct pagemap_map *m)
{
	uint64_t end = 0;

	for (size_t i = 0; i < m->run_count; i++) {
		const struct pagemap_run *r = &m->runs[i];

		if (r->address < end || r->pages > (UINT64_MAX - r->address) /
							   PAGEMAP_PAGE_BYTES)
			return false;
		end = r->address + r->pages * PAGEMAP_PAGE_BYTES;
	}
	return true;
}

/* Append the overlap of two runs, at its place in the pages of `had`. */
static int add_common(const struct pagemap_run *had,
	const struct pagemap_run *wanted, struct pagemap_map *m, struct err *e)
{
	uint64_t start =
		had->address > wanted->address ? had->address : wanted->address;
	uint64_t end =
		run_end(had) < run_end(wanted) ? run_end(had) : run_end(wanted);

	if (start >= end)
		return 0;
	return add_run(m,
		(struct pagemap_run){.address = start,
			.pages = (end - start) / PAGEMAP_PAGE_BYTES,
			.index = had->index +
				 (start - had->address) / PAGEMAP_PAGE_BYTES},
		e);
}

/*
 * Reduce the map of a pre-dump to what the final dump inherits.  messages: the
 * final dump's pagemap with its head, empty when the process or the shared
 * memory no longer existed.
 */
static int keep_inherited(struct images *c, struct str messages, uint64_t base,
	struct pagemap_map *m, struct err *e)
{
	const struct pagemap_map had = *m;
	struct run_source s = {messages, base, true};
	struct pagemap_map wanted = {0};
	struct str head;
	size_t h = 0, w = 0;

	if (img_next(&s.messages, &head, e) < 0 ||
		read_runs(c, &s, &wanted, e) < 0)
		return -1;
	if (!is_in_order(&had) || !is_in_order(&wanted))
		return err_kind(
			e, ERR_INPUT, "pagemap: entries are not in order");
	if (make_runs(c, m, had.run_count + wanted.run_count, e) < 0)
		return -1;
	while (h < had.run_count && w < wanted.run_count) {
		const struct pagemap_run *a = &had.runs[h];
		const struct pagemap_run *b = &wanted.runs[w];

		if (add_common(a, b, m, e) < 0)
			return -1;
		if (run_end(a) <= run_end(b))
			h++;
		else
			w++;
	}
	if (m->run_count == 0)
		m->pid = 0; /* nobody inherits any of it */
	return 0;
}

static int read_map(struct images *c, const struct areas_sharers *sharers,
	const struct images_image *image, struct pagemap_map *m, struct err *e)
{
	const struct areas_sharer *sharer = NULL;
	struct run_source s = {.messages = image->bytes};
	struct str head;
	int more = img_next(&s.messages, &head, e);

	if (more != 1)
		return more;
	*m = (struct pagemap_map){.pages_id = img_pages_id(head),
		.is_predump = image->is_predump,
		.pid = image->number};
	if (image->kind == IMG_PAGEMAP_SHMEM) {
		sharer = areas_find_sharer(sharers, image->number);
		m->pid = sharer ? sharer->pid : 0;
		s.base = sharer ? sharer->base : 0;
	}
	if (read_runs(c, &s, m, e) < 0)
		return -1;
	m->pages = m->run_pages;
	if (!m->is_predump)
		return 0;
	return keep_inherited(c, images_messages(c, image->kind, image->number),
		s.base, m, e);
}

static uint64_t map_key(const struct pagemap_map *m)
{
	return (uint64_t)!m->is_predump << 32 | m->pages_id;
}

static int compare_maps(const void *a, const void *b)
{
	uint64_t x = map_key(a), y = map_key(b);

	return x < y ? -1 : x > y;
}

/* Sort them for pagemap_find(). */
static int sort_maps(struct pagemap *m, struct err *e)
{
	if (m->map_count)
		qsort(m->maps, m->map_count, sizeof(*m->maps), compare_maps);
	for (size_t i = 1; i < m->map_count; i++)
		if (compare_maps(&m->maps[i - 1], &m->maps[i]) == 0)
			return err_kind(e, ERR_INPUT,
				"two pagemaps for pages-%u.img",
				m->maps[i].pages_id);
	return 0;
}

static const struct pagemap_map *find_map(
	const struct pagemap *m, uint64_t pages_id, bool is_predump)
{
	const struct pagemap_map wanted = {
		.pages_id = (uint32_t)pages_id, .is_predump = is_predump};

	return m->map_count ? bsearch(&wanted, m->maps, m->map_count,
				      sizeof(*m->maps), compare_maps)
			    : NULL;
}

int pagemap_read(struct images *c, struct pagemap *m, struct err *e)
{
	struct areas_sharers sharers;

	*m = (struct pagemap){0};
	if (areas_list_sharers(c, &sharers, e) < 0)
		return -1;
	m->maps =
		arena_alloc(&c->arena, (c->image_count + 1) * sizeof(*m->maps));
	if (!m->maps)
		return err_kind(e, ERR_LIMIT, "pagemap: out of memory");
	for (size_t i = 0; i < c->image_count; i++) {
		struct pagemap_map *now = &m->maps[m->map_count];

		if (c->images[i].kind != IMG_PAGEMAP &&
			c->images[i].kind != IMG_PAGEMAP_SHMEM)
			continue;
		if (read_map(c, &sharers, &c->images[i], now, e) < 0)
			return -1;
		m->map_count++;
	}
	return sort_maps(m, e);
}

const struct pagemap_map *pagemap_find(const struct pagemap *m, struct str path)
{
	const struct str tail = STR(".img");
	struct str number;
	bool is_predump;
	uint64_t id;

	if (!images_is_pages(path, &is_predump, &number) ||
		!str_has_suffix(number, tail))
		return NULL;
	number.n -= tail.n;
	if (str_u64(number, 0, UINT32_MAX, &id) < 0)
		return NULL;
	return find_map(m, id, is_predump);
}
