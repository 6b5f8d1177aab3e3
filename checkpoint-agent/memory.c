/*
 * memory - see memory.h.
 *
 * Shared memory is in an image of its own, addressed from its beginning: the
 * addresses are turned into those of the first process that has it mapped.
 */
#include "checkpoint-agent/memory.h"

#include <stdlib.h>
#include <sys/mman.h>

#define RUNS_MAX  (8u << 20)
#define PAGES_MAX (1ull << 40)

uint64_t memory_dumped(const struct content *c, uint32_t pid)
{
	struct str rest = content_messages(c, IMAGE_PAGEMAP, pid), message;
	uint64_t pages = 0;

	if (image_next(&rest, &message, NULL) != 1) /* the head */
		return 0;
	while (image_next(&rest, &message, NULL) == 1) {
		struct image_pages p = image_pages(message);

		if (p.is_present && p.pages < PAGES_MAX - pages)
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

const struct image_area *memory_areas(struct content *c, uint32_t pid,
		size_t *n)
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

void memory_put_area(struct buf *b, const struct content *c,
		const struct image_area *a)
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

static bool shares(const struct content *c, const struct image_area *a,
		uint32_t shmid)
{
	if (a->status & IMAGE_AREA_MEMFD)
		return memfd_shmid(c, (uint32_t)a->id) == shmid;
	return a->status & IMAGE_AREA_ANON_SHARED && a->id == shmid;
}

/* Who has this shared memory, and where its byte 0 is (or would be). */
static bool find_sharer(const struct content *c, uint32_t shmid,
		uint32_t *pid, uint64_t *base)
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

static int add_run(struct memory_map *m, struct image_pages p, uint64_t base,
		struct err *e)
{
	if (p.pages > PAGES_MAX - m->pages ||
			p.address % MEMORY_PAGE_BYTES != 0)
		return err_kind(e, ERR_INPUT, "pagemap: bad entry");
	m->runs[m->run_count++] = (struct memory_run){
			.address = p.address + base,
			.pages = p.pages,
			.index = m->pages};
	m->pages += p.pages;
	return 0;
}

static int read_map(struct content *c, const struct content_image *image,
		struct memory_map *m, struct err *e)
{
	struct str rest = image->bytes, message;
	size_t max = count_runs(rest);
	uint64_t base = 0;
	int more = image_next(&rest, &message, e);

	if (more != 1)
		return more;
	*m = (struct memory_map){.pages_id = image_pages_id(message),
			.pid = image->number,
			.is_shared = image->kind == IMAGE_PAGEMAP_SHMEM};
	if (m->is_shared && !find_sharer(c, image->number, &m->pid, &base))
		m->pid = 0;
	if (max > RUNS_MAX)
		return err_kind(e, ERR_LIMIT, "pagemap: too many entries");
	m->runs = arena_alloc(&c->arena, max * sizeof(*m->runs));
	if (!m->runs)
		return err_kind(e, ERR_LIMIT, "pagemap: too large");
	while ((more = image_next(&rest, &message, e)) == 1) {
		struct image_pages p = image_pages(message);

		if (p.is_present && add_run(m, p, base, e) < 0)
			return -1;
	}
	return more;
}

static bool is_known(const struct memory *m, uint32_t pages_id)
{
	for (size_t i = 0; i < m->map_count; i++)
		if (m->maps[i].pages_id == pages_id)
			return true;
	return false;
}

int memory_read(struct content *c, struct memory *m, struct err *e)
{
	*m = (struct memory){0};
	m->maps = arena_alloc(&c->arena, (c->image_count + 1) *
			sizeof(*m->maps));
	if (!m->maps)
		return err_kind(e, ERR_LIMIT, "too many pagemaps");
	for (size_t i = 0; i < c->image_count; i++) {
		struct memory_map *now = &m->maps[m->map_count];

		if (c->images[i].kind != IMAGE_PAGEMAP &&
				c->images[i].kind != IMAGE_PAGEMAP_SHMEM)
			continue;
		if (read_map(c, &c->images[i], now, e) < 0)
			return -1;
		if (is_known(m, now->pages_id))
			return err_kind(e, ERR_INPUT,
					"two pagemaps for pages-%u.img",
					now->pages_id);
		m->map_count++;
	}
	return 0;
}

const struct memory_map *memory_find(const struct memory *m, struct str path)
{
	const struct str head = STR(CONTENT_PAGES), tail = STR(".img");
	uint64_t id;

	if (!str_has_prefix(path, head) || !str_has_suffix(path, tail) ||
			path.n < head.n + tail.n)
		return NULL;
	path = str_sub(path, head.n, path.n - head.n - tail.n);
	if (str_u64(path, 0, UINT32_MAX, &id) < 0)
		return NULL;
	for (size_t i = 0; i < m->map_count; i++)
		if (m->maps[i].pages_id == id)
			return &m->maps[i];
	return NULL;
}
