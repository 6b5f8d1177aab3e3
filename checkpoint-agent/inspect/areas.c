/*
 * areas - read, find and name the VMAs in mm-PID.img.
 *
 * CRIU marks special areas (heap, stack, vdso) in the status bits; a mapped
 * file is named through its entry in files.img.  Shared anonymous memory
 * carries its shmid in the VMA itself; newer CRIU dumps it as a memfd, whose
 * shmid is found through files.img and memfd.img.
 */
#include "checkpoint-agent/inspect/areas.h"

#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/criu/img_file.h"
#include "checkpoint-agent/criu/img_memory.h"
#include "checkpoint-agent/inspect/images_index.h"
#include "lib/base/whole.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>

static int compare_areas(const void *a, const void *b)
{
	const struct img_area *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

const struct img_area *areas_list(struct images *c, uint32_t pid, size_t *n)
{
	struct str mm = images_first(c, IMG_MM, pid);
	struct str rest = mm;
	struct img_area *list, a;
	size_t count = 0;

	while (img_next_area(&rest, &a) == 1)
		count++;
	list = arena_alloc(&c->arena, (count + 1) * sizeof(*list));
	*n = list ? count : 0;
	for (size_t i = 0; i < *n; i++)
		img_next_area(&mm, &list[i]);
	if (*n)
		qsort(list, *n, sizeof(*list), compare_areas);
	return list;
}

bool areas_find(const struct images *c, uint32_t pid, uint64_t address,
	struct img_area *a)
{
	struct str mm = images_first(c, IMG_MM, pid);

	while (img_next_area(&mm, a) == 1)
		if (address >= a->start && address < a->end)
			return true;
	*a = (struct img_area){0};
	return false;
}

/* ---- shared memory ------------------------------------------------------ */

/* 0: it is no shared memory. */
static uint32_t shmid_of(const struct images *c, const struct img_area *a)
{
	uint32_t inode;

	if (a->status & IMG_AREA_MEMFD)
		return img_file_memfd(images_file(c, (uint32_t)a->id), &inode)
			       ? img_memfd(images_memfd(c, inode)).shmid
			       : 0;
	return a->status & IMG_AREA_ANON_SHARED ? (uint32_t)a->id : 0;
}

/* By memory, then by process and address, so that the choice is the same. */
static int compare_sharers(const void *a, const void *b)
{
	const struct areas_sharer *x = a, *y = b;

	if (x->shmid != y->shmid)
		return x->shmid < y->shmid ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->base < y->base ? -1 : x->base > y->base;
}

static int add_sharers(struct images *c, uint32_t pid, size_t *room,
	struct areas_sharers *s, struct err *e)
{
	struct str mm = images_first(c, IMG_MM, pid);
	struct img_area a;

	while (img_next_area(&mm, &a) == 1) {
		uint32_t shmid = shmid_of(c, &a);

		if (!shmid)
			continue;
		s->list = arena_grow(
			&c->arena, s->list, s->n, room, sizeof(*s->list));
		if (!s->list)
			return err_kind(
				e, ERR_LIMIT, "memory areas: out of memory");
		s->list[s->n++] =
			(struct areas_sharer){shmid, pid, a.start - a.offset};
	}
	return 0;
}

int areas_list_sharers(struct images *c, struct areas_sharers *s, struct err *e)
{
	size_t room = 0;

	*s = (struct areas_sharers){0};
	for (size_t i = 0; i < c->image_count; i++)
		if (c->images[i].kind == IMG_MM &&
			add_sharers(c, c->images[i].number, &room, s, e) < 0)
			return -1;
	if (s->n)
		qsort(s->list, s->n, sizeof(*s->list), compare_sharers);
	return 0;
}

const struct areas_sharer *areas_find_sharer(
	const struct areas_sharers *s, uint32_t shmid)
{
	size_t from = 0, n = s->n;

	while (n) {
		size_t half = n / 2;

		if (s->list[from + half].shmid < shmid) {
			from += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return from < s->n && s->list[from].shmid == shmid ? &s->list[from]
							   : NULL;
}

/* ---- output ------------------------------------------------------------- */

static void put_area_name(
	struct buf *b, const struct images *c, const struct img_area *a)
{
	const uint32_t file = IMG_AREA_FILE_PRIVATE | IMG_AREA_FILE_SHARED;

	if (a->status & IMG_AREA_STACK || a->flags & MAP_GROWSDOWN)
		buf_text(b, "stack");
	else if (a->status & IMG_AREA_HEAP)
		buf_text(b, "heap");
	else if (a->status & IMG_AREA_VDSO)
		buf_text(b, "vdso");
	else if (a->status & IMG_AREA_VVAR)
		buf_text(b, "vvar");
	else if (a->status & (IMG_AREA_ANON_SHARED | IMG_AREA_MEMFD))
		buf_text(b, "shared");
	else if (!(a->status & file))
		buf_text(b, a->end ? "anonymous" : "?");
	else
		img_file_put(b, images_file(c, (uint32_t)a->id));
}

void areas_put_area(
	struct json_out *o, const struct images *c, const struct img_area *a)
{
	AUTO_BUF struct buf name = buf_growing(2 * PATH_MAX);

	put_area_name(&name, c, a);
	whole_pass(&name, o->b);
	json_str(o, "area", buf_view(&name));
}

void areas_put_rights(struct json_out *o, const struct img_area *a)
{
	const char rights[] = {a->prot & PROT_READ ? 'r' : '-',
		a->prot & PROT_WRITE ? 'w' : '-',
		a->prot & PROT_EXEC ? 'x' : '-', '\0'};

	json_text(o, "rights", rights);
}

void areas_put_address(struct json_out *o, const char *key, uint64_t address)
{
	char text[32];
	struct buf b = buf_fixed(text, sizeof(text));

	buf_fmt(&b, "0x%llx", (unsigned long long)address);
	json_str(o, key, buf_view(&b));
}
