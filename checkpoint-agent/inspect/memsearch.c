/*
 * memsearch - walk the pages of an archive through a scanner.
 *
 * Adjacent addresses are searched as one stretch even across areas; a stretch
 * ends with its pages-N.img, that is, with its process.  Each match becomes
 * an element of the JSON document as soon as it is found.
 */
#include "checkpoint-agent/inspect/memsearch.h"

#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/criu/img_memory.h"
#include "checkpoint-agent/criu/img_task.h"
#include "checkpoint-agent/inspect/areas.h"
#include "checkpoint-agent/inspect/images_index.h"
#include "checkpoint-agent/inspect/pages.h"
#include "checkpoint-agent/inspect/scan.h"
#include "lib/base/json.h"
#include "lib/base/whole.h"

#include <limits.h>
#include <string.h>

#define INDENT 2

struct search {
	const struct memsearch *q;
	const char *container;         /* in a pod's archive, else "" */
	struct images images;          /* of that container */
	const struct pagemap_map *map; /* of the last piece */
	struct json_out out;
	uint64_t count, bytes;
	struct scan scan;
};

/* ---- matches ------------------------------------------------------------ */

static void put_context(struct json_out *o, struct str around, size_t before)
{
	char hex[2 * (SCAN_PATTERN_MAX + 2 * SCAN_CONTEXT_MAX) + 1];
	AUTO_BUF struct buf text = buf_growing(sizeof(hex));

	for (size_t i = 0; i < around.n; i++)
		buf_byte(&text, around.p[i] >= 0x20 && around.p[i] < 0x7f
					? around.p[i]
					: '.');
	str_hex(around.p, around.n, hex);
	whole_pass(&text, o->b);
	json_str(o, "context", buf_view(&text));
	json_text(o, "contextHex", hex);
	json_whole(o, "before", (int64_t)before);
	explicit_bzero(hex, sizeof(hex));
}

static void put_area(struct search *s, uint64_t address)
{
	struct img_area a;

	areas_find(&s->images, s->map->pid, address, &a);
	areas_put_area(&s->out, &s->images, &a);
	areas_put_rights(&s->out, &a);
}

static void put_match(
	void *self, uint64_t address, struct str around, size_t before)
{
	struct search *s = self;

	if (s->count++ >= s->q->max)
		return;
	json_map(&s->out, NULL);
	if (*s->container)
		json_text(&s->out, "container", s->container);
	json_whole(&s->out, "pid", s->map->pid);
	json_str(&s->out, "command",
		img_command(images_first(&s->images, IMG_CORE, s->map->pid)));
	areas_put_address(&s->out, "address", address);
	put_area(s, address);
	if (s->q->context)
		put_context(&s->out, around, before);
	json_map_end(&s->out);
}

/* ---- the search --------------------------------------------------------- */

static int search_piece(
	void *self, const struct pagemap_piece *piece, struct err *e)
{
	struct search *s = self;

	(void)e;
	if (s->q->pid && piece->map->pid != s->q->pid)
		return 0;
	if (s->map != piece->map)
		scan_end(&s->scan);
	s->map = piece->map;
	s->bytes += piece->n;
	scan_put(&s->scan, piece->address, piece->bytes, piece->n);
	return 0;
}

static int search_container(struct search *s, const char *name, struct err *e)
{
	const struct pages_visitor v = {.piece = search_piece, .self = s};
	struct pod_archive_place p = s->q->place;
	struct pagemap m = {0};
	int rc;

	p.container = s->container = name;
	s->map = NULL;
	rc = pages_read(&p, &s->images, &m, e);
	if (rc == 0)
		rc = pages_walk(&p, &m, &v, e);
	scan_end(&s->scan);
	images_free(&s->images);
	return rc;
}

int memsearch_run(const struct memsearch *q, struct buf *out, struct err *e)
{
	static struct search s; /* large */
	static struct pod_archive_names names;
	int rc = pod_archive_names(&names, &q->place, e);

	s.q = q;
	s.count = s.bytes = 0;
	s.out = json_out(out, INDENT);
	scan_start(&s.scan, q->pattern, (size_t)q->context, put_match, &s);
	json_map(&s.out, NULL);
	json_list(&s.out, "matches");
	for (size_t i = 0; rc == 0 && i < names.n; i++)
		rc = search_container(&s, names.name[i], e);
	json_list_end(&s.out);
	json_whole(&s.out, "count", (int64_t)s.count);
	json_whole(&s.out, "searchedBytes", (int64_t)s.bytes);
	json_map_end(&s.out);
	buf_byte(out, '\n');
	return rc;
}
