/*
 * memsearch - see memsearch.h.
 *
 * Addresses that follow each other are searched as one stretch, whatever
 * areas they belong to; a stretch ends with its process.
 */
#include "checkpoint-agent/memsearch.h"

#include "checkpoint-agent/memscan.h"
#include "checkpoint-agent/memwalk.h"
#include "lib/base/json.h"

#include <limits.h>
#include <string.h>

#define INDENT 2

struct search {
	const struct memsearch *q;
	const char *container;  /* of a pod's archive that is searched, or "" */
	struct content content; /* of that one */
	const struct memory_map *map; /* of what was put last */
	struct json_out out;
	uint64_t count, bytes;
	struct memscan scan;
};

/* ---- what is told ------------------------------------------------------- */

static void put_context(struct json_out *o, struct str around, size_t before)
{
	char hex[2 * (MEMSCAN_PATTERN_MAX + 2 * MEMSCAN_CONTEXT_MAX) + 1];
	AUTO_BUF struct buf text = buf_growing(sizeof(hex));

	for (size_t i = 0; i < around.n; i++)
		buf_byte(&text, around.p[i] >= 0x20 && around.p[i] < 0x7f
					? around.p[i]
					: '.');
	str_hex(around.p, around.n, hex);
	json_str(o, "context", buf_view(&text));
	json_text(o, "contextHex", hex);
	json_whole(o, "before", (int64_t)before);
	explicit_bzero(hex, sizeof(hex));
}

static void put_area(struct search *s, uint64_t address)
{
	AUTO_BUF struct buf name = buf_growing(2 * PATH_MAX);
	char room[8];
	struct buf rights = buf_fixed(room, sizeof(room));
	struct image_area a;

	memory_area(&s->content, s->map->pid, address, &a);
	memory_put_area(&name, &s->content, &a);
	memory_put_rights(&rights, &a);
	json_str(&s->out, "area", buf_view(&name));
	json_str(&s->out, "rights", buf_view(&rights));
}

static void tell(void *self, uint64_t address, struct str around, size_t before)
{
	struct search *s = self;
	char text[32];
	struct buf b = buf_fixed(text, sizeof(text));

	if (s->count++ >= s->q->max)
		return;
	buf_fmt(&b, "0x%llx", (unsigned long long)address);
	json_map(&s->out, NULL);
	if (*s->container)
		json_text(&s->out, "container", s->container);
	json_whole(&s->out, "pid", s->map->pid);
	json_str(&s->out, "command",
		image_command(
			content_first(&s->content, IMAGE_CORE, s->map->pid)));
	json_str(&s->out, "address", buf_view(&b));
	put_area(s, address);
	if (s->q->context)
		put_context(&s->out, around, before);
	json_map_end(&s->out);
}

/* ---- the search --------------------------------------------------------- */

static int put(void *self, const struct memory_map *map, uint64_t address,
	const void *bytes, size_t n, struct err *e)
{
	struct search *s = self;

	(void)e;
	if (s->q->pid && map->pid != s->q->pid)
		return 0;
	if (s->map != map)
		memscan_end(&s->scan);
	s->map = map;
	s->bytes += n;
	memscan_put(&s->scan, address, bytes, n);
	return 0;
}

static int search_container(struct search *s, const char *name, struct err *e)
{
	const struct memwalk walk = {.put = put, .self = s};
	struct unwrap_place p = s->q->place;
	struct memory m;
	int rc;

	p.container = s->container = name;
	s->map = NULL;
	rc = memwalk_read(&p, &s->content, &m, e);
	if (rc == 0)
		rc = memwalk_run(&p, &m, &walk, e);
	memscan_end(&s->scan);
	content_free(&s->content);
	return rc;
}

int memsearch_run(const struct memsearch *q, struct buf *out, struct err *e)
{
	static struct search s; /* large; one in a process */
	static struct unwrap_names names;
	int rc = unwrap_names(&names, &q->place, e);

	s.q = q;
	s.count = s.bytes = 0;
	s.out = json_out(out, INDENT);
	memscan_start(&s.scan, q->pattern, (size_t)q->context, tell, &s);
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
