/*
 * pages - stream pages-N.img members and split them along their pagemaps.
 *
 * A fixed buffer holds the next part of pages-N.img; hand_out() cuts it into
 * pieces at the ends of runs and drops bytes that belong to no run (pages of
 * a pre-dump that the final dump does not inherit).  Memory may be secret:
 * the buffer is wiped after the walk.
 */
#include "checkpoint-agent/inspect/pages.h"
#include "checkpoint-agent/inspect/images_index.h"

#include <string.h>

static char room[64 * PAGEMAP_PAGE_BYTES]; /* one walk in a process */

/* Fill the buffer as far as the member goes; the number of bytes or -1. */
static long fill_room(struct tarfile_reader *r, struct err *e)
{
	size_t have = 0;

	while (have < sizeof(room)) {
		long n = tarfile_read_bytes(
			r, room + have, sizeof(room) - have, e);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (long)have;
}

/* A position in one pages-N.img. */
struct position {
	const struct pagemap_map *map;
	size_t run;  /* the first run that does not end before `at` */
	uint64_t at; /* bytes of pages-N.img before the buffer */
};

static size_t at_most(uint64_t wanted, size_t limit)
{
	return wanted < limit ? (size_t)wanted : limit;
}

/* Hand out the n bytes in the buffer; skip what lies in no run. */
static int hand_out(struct position *p, size_t n, const struct pages_visitor *v,
	struct err *e)
{
	size_t done = 0;

	while (done < n && p->run < p->map->run_count) {
		const struct pagemap_run *now = &p->map->runs[p->run];
		uint64_t begin = now->index * PAGEMAP_PAGE_BYTES, left;
		struct pagemap_piece piece = {.map = p->map};

		if (begin > p->at + done) {
			done += at_most(begin - p->at - done, n - done);
			continue;
		}
		begin = p->at + done - begin;
		left = now->pages * PAGEMAP_PAGE_BYTES - begin;
		piece.address = now->address + begin;
		piece.bytes = room + done;
		piece.n = at_most(left, n - done);
		if (piece.n && v->piece(v->self, &piece, e) < 0)
			return -1;
		done += piece.n;
		if (piece.n == left)
			p->run++;
	}
	p->at += n;
	return 0;
}

static int walk_map(const struct pagemap_map *map, struct tarfile_reader *r,
	const struct pages_visitor *v, struct err *e)
{
	const uint64_t all = map->pages * PAGEMAP_PAGE_BYTES;
	struct position p = {.map = map};
	long n;

	while ((n = fill_room(r, e)) > 0) {
		if ((uint64_t)n > all - p.at)
			return err_kind(e, ERR_INPUT,
				"more pages than its pagemap lists");
		if (hand_out(&p, (size_t)n, v, e) < 0)
			return -1;
	}
	if (n < 0)
		return -1;
	if (p.at != all)
		return err_kind(
			e, ERR_INPUT, "fewer pages than its pagemap lists");
	return 0;
}

struct walk {
	const struct pagemap *memory;
	const struct pages_visitor *visitor;
};

static int walk_member(const struct walk *w, struct tarfile_reader *r,
	const struct tarfile_entry *entry, struct err *e)
{
	const struct pages_visitor *v = w->visitor;
	struct str path = str_of(entry->path), rest;
	const struct pagemap_map *map = pagemap_find(w->memory, path);
	bool is_predump;
	char name[256]; /* reading invalidates entry->path */

	if (!entry->is_file || str_copy(path, name, sizeof(name)) < 0)
		return 0;
	if (map)
		return walk_map(map, r, v, e) < 0 ? err_at(e, "%s", name) : 0;
	if (images_is_pages(path, &is_predump, &rest))
		return err_kind(
			e, ERR_INPUT, "%s: no pagemap refers to it", name);
	return v->other ? v->other(v->self, r, entry, e) : 0;
}

static int walk_archive(void *self, struct input *s, struct err *e)
{
	struct tarfile_reader *r;
	struct tarfile_entry entry;
	int more;

	if (tarfile_read_from(&r, s, e) < 0)
		return -1;
	while ((more = tarfile_read_next(r, &entry, e)) == 1)
		if (walk_member(self, r, &entry, e) < 0) {
			more = -1;
			break;
		}
	tarfile_read_close(r);
	explicit_bzero(room, sizeof(room));
	return more;
}

/* ---- the two passes ----------------------------------------------------- */

struct first_pass {
	struct images *images;
	struct pagemap *memory;
};

static int read_archive(void *self, struct input *s, struct err *e)
{
	const struct first_pass *f = self;

	return images_read(f->images, s, e) < 0
		       ? -1
		       : pagemap_read(f->images, f->memory, e);
}

int pages_read(const struct pod_archive_place *p, struct images *c,
	struct pagemap *m, struct err *e)
{
	struct first_pass f = {c, m};

	images_start(c);
	return pod_archive_with(p, read_archive, &f, e);
}

int pages_walk(const struct pod_archive_place *p, const struct pagemap *m,
	const struct pages_visitor *v, struct err *e)
{
	struct walk w = {m, v};

	return pod_archive_with(p, walk_archive, &w, e);
}
