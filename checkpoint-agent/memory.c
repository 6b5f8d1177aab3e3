/*
 * memory - see memory.h.
 *
 * Shared memory is in an image of its own, addressed from its beginning: the
 * addresses are turned into those of the first process that has it mapped.
 *
 * A dump behind a pre-dump lists the pages that it left in there: of both
 * lists, each in the order of addresses as CRIU needs them itself, what is
 * common is what counts of the pre-dump's image.
 */
#include "checkpoint-agent/memory.h"

#include <stdlib.h>
#include <sys/mman.h>

#define RUNS_MAX  (8u << 20)
#define PAGES_MAX (1ull << 40)

static bool has_predump(const struct content *c, uint32_t pid)
{
	for (size_t i = 0; i < c->image_count; i++)
		if (c->images[i].is_predump && c->images[i].number == pid &&
			c->images[i].kind == IMAGE_PAGEMAP)
			return true;
	return false;
}

uint64_t memory_dumped(const struct content *c, uint32_t pid)
{
	struct str rest = content_messages(c, IMAGE_PAGEMAP, pid), message;
	bool inherits = has_predump(c, pid);
	uint64_t pages = 0;

	if (image_next(&rest, &message, NULL) != 1) /* the head */
		return 0;
	while (image_next(&rest, &message, NULL) == 1) {
		struct image_pages p = image_pages(message);

		if ((p.is_present || (p.is_inherited && inherits)) &&
			p.pages < PAGES_MAX - pages)
			pages += p.pages;
	}
	return pages * MEMORY_PAGE_BYTES;
}

/* ---- areas -------------------------------------------------------------- */

bool memory_area(const struct content *c, uint32_t pid, uint64_t address,
	struct image_area *a)
{
	struct str mm = content_first(c, IMAGE_MM, pid);

	while (image_next_area(&mm, a) == 1)
		if (address >= a->start && address < a->end)
			return true;
	*a = (struct image_area){0};
	return false;
}

static int order_areas(const void *a, const void *b)
{
	const struct image_area *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

const struct image_area *memory_areas(
	struct content *c, uint32_t pid, size_t *n)
{
	struct str mm = content_first(c, IMAGE_MM, pid);
	struct str rest = mm;
	struct image_area *list, a;
	size_t count = 0;

	while (image_next_area(&rest, &a) == 1)
		count++;
	list = arena_alloc(&c->arena, (count + 1) * sizeof(*list));
	*n = list ? count : 0;
	for (size_t i = 0; i < *n; i++)
		image_next_area(&mm, &list[i]);
	if (*n)
		qsort(list, *n, sizeof(*list), order_areas);
	return list;
}

void memory_put_area(
	struct buf *b, const struct content *c, const struct image_area *a)
{
	const uint32_t file = IMAGE_AREA_FILE_PRIVATE | IMAGE_AREA_FILE_SHARED;
	struct str entry;

	if (a->status & IMAGE_AREA_STACK || a->flags & MAP_GROWSDOWN)
		buf_text(b, "stack");
	else if (a->status & IMAGE_AREA_HEAP)
		buf_text(b, "heap");
	else if (a->status & IMAGE_AREA_VDSO)
		buf_text(b, "vdso");
	else if (a->status & IMAGE_AREA_VVAR)
		buf_text(b, "vvar");
	else if (a->status & (IMAGE_AREA_ANON_SHARED | IMAGE_AREA_MEMFD))
		buf_text(b, "shared");
	else if (!(a->status & file))
		buf_text(b, a->end ? "anonymous" : "?");
	else {
		entry = content_file(c, (uint32_t)a->id);
		image_put_file(b, entry);
	}
}

void memory_put_rights(struct buf *b, const struct image_area *a)
{
	buf_byte(b, a->prot & PROT_READ ? 'r' : '-');
	buf_byte(b, a->prot & PROT_WRITE ? 'w' : '-');
	buf_byte(b, a->prot & PROT_EXEC ? 'x' : '-');
}

static uint32_t memfd_shmid(const struct content *c, uint32_t file)
{
	struct str rest = content_messages(c, IMAGE_MEMFD, 0), message;
	uint32_t inode;

	if (!image_file_memfd(content_file(c, file), &inode))
		return 0;
	while (image_next(&rest, &message, NULL) == 1)
		if (image_memfd(message).inode == inode)
			return image_memfd(message).shmid;
	return 0;
}

static bool shares(
	const struct content *c, const struct image_area *a, uint32_t shmid)
{
	if (a->status & IMAGE_AREA_MEMFD)
		return memfd_shmid(c, (uint32_t)a->id) == shmid;
	return a->status & IMAGE_AREA_ANON_SHARED && a->id == shmid;
}

/* Who has this shared memory, and where its byte 0 is (or would be). */
static bool find_sharer(
	const struct content *c, uint32_t shmid, uint32_t *pid, uint64_t *base)
{
	for (size_t i = 0; i < c->image_count; i++) {
		struct str mm = {0};
		struct image_area a;

		if (c->images[i].kind != IMAGE_MM)
			continue;
		mm = content_first(c, IMAGE_MM, c->images[i].number);
		while (image_next_area(&mm, &a) == 1) {
			if (!shares(c, &a, shmid))
				continue;
			*pid = c->images[i].number;
			*base = a.start - a.offset;
			return true;
		}
	}
	return false;
}

/* ---- maps --------------------------------------------------------------- */

static size_t count_runs(struct str rest)
{
	struct str message;
	size_t n = 0;

	while (image_next(&rest, &message, NULL) == 1)
		n++;
	return n;
}

static uint64_t run_end(const struct memory_run *r)
{
	return r->address + r->pages * MEMORY_PAGE_BYTES;
}

/* Append a run of so many pages, as far as the numbers can be. */
static int add_run(struct memory_map *m, struct memory_run run, struct err *e)
{
	if (run.pages > PAGES_MAX - m->run_pages ||
		run.address % MEMORY_PAGE_BYTES != 0)
		return err_kind(e, ERR_INPUT, "pagemap: bad entry");
	run.before = m->run_pages;
	m->runs[m->run_count++] = run;
	m->run_pages += run.pages;
	return 0;
}

static int make_runs(
	struct content *c, struct memory_map *m, size_t max, struct err *e)
{
	if (max > RUNS_MAX)
		return err_kind(e, ERR_LIMIT, "pagemap: too many entries");
	m->run_count = 0;
	m->run_pages = 0;
	m->runs = arena_alloc(&c->arena, (max + 1) * sizeof(*m->runs));
	return m->runs ? 0 : err_kind(e, ERR_LIMIT, "pagemap: too large");
}

/* The runs of a pagemap that are present, or those that are inherited. */
static int read_runs(struct content *c, struct str rest, bool is_inherited,
	uint64_t base, struct memory_map *m, struct err *e)
{
	struct str message;
	int more;

	if (make_runs(c, m, count_runs(rest), e) < 0)
		return -1;
	while ((more = image_next(&rest, &message, e)) == 1) {
		const struct image_pages p = image_pages(message);
		const struct memory_run run = {.address = p.address + base,
			.pages = p.pages,
			.index = m->run_pages};

		if ((is_inherited ? p.is_inherited : p.is_present) &&
			add_run(m, run, e) < 0)
			return -1;
	}
	return more;
}

/* Do they follow each other, each ending where there still are addresses? */
static bool is_in_order(const struct memory_map *m)
{
	uint64_t end = 0;

	for (size_t i = 0; i < m->run_count; i++) {
		const struct memory_run *r = &m->runs[i];

		if (r->address < end || r->pages > (UINT64_MAX - r->address) /
							   MEMORY_PAGE_BYTES)
			return false;
		end = r->address + r->pages * MEMORY_PAGE_BYTES;
	}
	return true;
}

/* What both have of the address space, where `had` has it in its image. */
static int add_common(const struct memory_run *had,
	const struct memory_run *wanted, struct memory_map *m, struct err *e)
{
	uint64_t start =
		had->address > wanted->address ? had->address : wanted->address;
	uint64_t end =
		run_end(had) < run_end(wanted) ? run_end(had) : run_end(wanted);

	if (start >= end)
		return 0;
	return add_run(m,
		(struct memory_run){.address = start,
			.pages = (end - start) / MEMORY_PAGE_BYTES,
			.index = had->index +
				 (start - had->address) / MEMORY_PAGE_BYTES},
		e);
}

/*
 * Of a pre-dump's map keep what the dump behind it has inherited; rest: the
 * messages of that one's pagemap behind the head, nothing when the process
 * or the shared memory was gone.
 */
static int keep_inherited(struct content *c, struct str rest, uint64_t base,
	struct memory_map *m, struct err *e)
{
	const struct memory_map had = *m;
	struct memory_map wanted = {0};
	struct str head;
	size_t h = 0, w = 0;

	if (image_next(&rest, &head, e) < 0 ||
		read_runs(c, rest, true, base, &wanted, e) < 0)
		return -1;
	if (!is_in_order(&had) || !is_in_order(&wanted))
		return err_kind(e, ERR_INPUT, "pagemap: not in order");
	if (make_runs(c, m, had.run_count + wanted.run_count, e) < 0)
		return -1;
	while (h < had.run_count && w < wanted.run_count) {
		const struct memory_run *a = &had.runs[h];
		const struct memory_run *b = &wanted.runs[w];

		if (add_common(a, b, m, e) < 0)
			return -1;
		if (run_end(a) <= run_end(b))
			h++;
		else
			w++;
	}
	if (m->run_count == 0)
		m->pid = 0; /* nobody has any of it */
	return 0;
}

static int read_map(struct content *c, const struct content_image *image,
	struct memory_map *m, struct err *e)
{
	struct str rest = image->bytes, message;
	uint64_t base = 0;
	int more = image_next(&rest, &message, e);

	if (more != 1)
		return more;
	*m = (struct memory_map){.pages_id = image_pages_id(message),
		.is_predump = image->is_predump,
		.pid = image->number,
		.is_shared = image->kind == IMAGE_PAGEMAP_SHMEM};
	if (m->is_shared && !find_sharer(c, image->number, &m->pid, &base))
		m->pid = 0;
	if (read_runs(c, rest, false, base, m, e) < 0)
		return -1;
	m->pages = m->run_pages;
	if (!m->is_predump)
		return 0;
	return keep_inherited(
		c, content_messages(c, image->kind, image->number), base, m, e);
}

static bool is_known(const struct memory *m, const struct memory_map *map)
{
	for (size_t i = 0; i < m->map_count; i++)
		if (m->maps[i].pages_id == map->pages_id &&
			m->maps[i].is_predump == map->is_predump)
			return true;
	return false;
}

int memory_read(struct content *c, struct memory *m, struct err *e)
{
	*m = (struct memory){0};
	m->maps =
		arena_alloc(&c->arena, (c->image_count + 1) * sizeof(*m->maps));
	if (!m->maps)
		return err_kind(e, ERR_LIMIT, "too many pagemaps");
	for (size_t i = 0; i < c->image_count; i++) {
		struct memory_map *now = &m->maps[m->map_count];

		if (c->images[i].kind != IMAGE_PAGEMAP &&
			c->images[i].kind != IMAGE_PAGEMAP_SHMEM)
			continue;
		if (read_map(c, &c->images[i], now, e) < 0)
			return -1;
		if (is_known(m, now))
			return err_kind(e, ERR_INPUT,
				"two pagemaps for pages-%u.img", now->pages_id);
		m->map_count++;
	}
	return 0;
}

const struct memory_map *memory_find(const struct memory *m, struct str path)
{
	const struct str tail = STR(".img");
	struct str number;
	bool is_predump;
	uint64_t id;

	if (!content_is_pages(path, &is_predump, &number) ||
		!str_has_suffix(number, tail))
		return NULL;
	number.n -= tail.n;
	if (str_u64(number, 0, UINT32_MAX, &id) < 0)
		return NULL;
	for (size_t i = 0; i < m->map_count; i++)
		if (m->maps[i].pages_id == id &&
			m->maps[i].is_predump == is_predump)
			return &m->maps[i];
	return NULL;
}
