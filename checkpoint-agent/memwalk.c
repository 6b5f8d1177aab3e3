/*
 * memwalk - see memwalk.h.
 */
#include "checkpoint-agent/memwalk.h"

#include <string.h>

/* Pages that have been read but not handed out are wiped with the rest. */
static char room[64 * MEMORY_PAGE_BYTES]; /* one walk in a process */

/* Fill the room, or as much of it as there is. */
static long read_room(struct pack_reader *r, struct err *e)
{
	size_t have = 0;

	while (have < sizeof(room)) {
		long n =
			pack_read_bytes(r, room + have, sizeof(room) - have, e);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (long)have;
}

/*
 * Hand out what the room holds: bytes of the image from `at` on.  What lies
 * before, between and behind the runs is nobody's.
 */
static int hand_out(const struct memory_map *map, size_t *run, uint64_t at,
	size_t n, const struct memwalk *w, struct err *e)
{
	size_t done = 0;

	while (done < n && *run < map->run_count) {
		const struct memory_run *now = &map->runs[*run];
		uint64_t begin = now->index * MEMORY_PAGE_BYTES, left;
		size_t part;

		if (begin > at + done) {
			left = begin - at - done;
			done += left < n - done ? (size_t)left : n - done;
			continue;
		}
		begin = at + done - begin;
		left = now->pages * MEMORY_PAGE_BYTES - begin;
		part = left < n - done ? (size_t)left : n - done;
		if (part && w->put(w->self, map, now->address + begin,
				    room + done, part, e) < 0)
			return -1;
		done += part;
		if (part == left)
			++*run;
	}
	return 0;
}

static int walk_map(const struct memory_map *map, struct pack_reader *r,
	const struct memwalk *w, struct err *e)
{
	uint64_t at = 0;
	size_t run = 0;
	long n;

	while ((n = read_room(r, e)) > 0) {
		if ((uint64_t)n > map->pages * MEMORY_PAGE_BYTES - at)
			return err_kind(e, ERR_INPUT,
				"more pages than its pagemap has");
		if (hand_out(map, &run, at, (size_t)n, w, e) < 0)
			return -1;
		at += (uint64_t)n;
	}
	if (n < 0)
		return -1;
	if (at != map->pages * MEMORY_PAGE_BYTES)
		return err_kind(
			e, ERR_INPUT, "fewer pages than its pagemap has");
	return 0;
}

static int walk_entry(const struct memory *m, struct pack_reader *r,
	const struct pack_entry *entry, const struct memwalk *w, struct err *e)
{
	struct str path = str_of(entry->path), rest;
	bool is_predump;
	const struct memory_map *map = memory_find(m, path);
	char name[256];

	if (!entry->is_file || str_copy(path, name, sizeof(name)) < 0)
		return 0;
	if (map)
		return walk_map(map, r, w, e) < 0 ? err_at(e, "%s", name) : 0;
	if (content_is_pages(path, &is_predump, &rest))
		return err_kind(
			e, ERR_INPUT, "%s: no pagemap is about it", name);
	return w->other ? w->other(w->self, r, entry, e) : 0;
}

static int walk_all(const struct memory *m, struct source *s,
	const struct memwalk *w, struct err *e)
{
	struct pack_reader *r;
	struct pack_entry entry;
	int more;

	if (pack_read_from(&r, s, e) < 0)
		return -1;
	while ((more = pack_read_next(r, &entry, e)) == 1)
		if (walk_entry(m, r, &entry, w, e) < 0) {
			more = -1;
			break;
		}
	pack_read_close(r);
	explicit_bzero(room, sizeof(room));
	return more;
}

/* ---- the two passes ----------------------------------------------------- */

static struct unwrap archive; /* large; one walk in a process */

int memwalk_read(const struct unwrap_place *p, struct content *c,
	struct memory *m, struct err *e)
{
	int rc = unwrap_one(&archive, p, e);

	content_start(c);
	if (rc == 0 && (content_read(c, archive.now, e) < 0 ||
			       memory_read(c, m, e) < 0))
		rc = err_at(e, "%s", p->path);
	unwrap_close(&archive);
	return rc;
}

int memwalk_run(const struct unwrap_place *p, const struct memory *m,
	const struct memwalk *w, struct err *e)
{
	int rc = unwrap_one(&archive, p, e);

	if (rc == 0 && walk_all(m, archive.now, w, e) < 0)
		rc = err_at(e, "%s", p->path);
	unwrap_close(&archive);
	return rc;
}
