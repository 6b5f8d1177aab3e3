/*
 * hosts - every path of an event that is absolute, so not below the root, and
 * still there is the host's; temporary files are gone by now.
 */
#include "static-build/outside/hosts.h"

#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "static-build/outside/dpkg.h"
#include "static-build/record/known.h"

#include <stdlib.h>
#include <unistd.h>

#define HOSTS_DPKG "/var/lib/dpkg"

enum {
	HOSTS_EVENTS_MAX = 1 << 30,
	HOSTS_LINE_BYTES = 256 << 20,
	HOSTS_TEXT_MAX = 256 << 20,
};

struct hosts {
	const struct place *place;
	struct table seen;
	struct dpkg_file *files;
	size_t n, room;
};

static int hosts_add(struct hosts *h, struct str path, struct err *e)
{
	struct arena *a = h->place->arena;
	struct dpkg_file *files;

	if (!str_has_prefix(path, STR("/")) ||
		str_has_prefix(path, STR("/tmp/")) ||
		table_find(&h->seen, path) != NULL)
		return 0;
	path.p = arena_copy(a, path);
	files = arena_grow(a, h->files, h->n, &h->room, sizeof(*files));
	if (path.p == NULL || files == NULL || table_add(&h->seen, path, 0) < 0)
		return place_no_memory(e);
	h->files = files;
	if (access(path.p, R_OK) == 0)
		files[h->n++] = (struct dpkg_file){.path = path};
	return 0;
}

/* A file, a list of files, or the path of the tool. */
static int hosts_member(struct hosts *h, const struct node *n, struct err *e)
{
	if (str_is(n->key, "tool"))
		return hosts_add(h, node_text(n), e);
	if (n->type == NODE_MAP)
		return hosts_add(h, node_text(node_get(n, "path")), e);
	if (n->type != NODE_LIST)
		return 0;
	for (const struct node *c = node_first(n); c != NULL; c = c->next)
		if (hosts_add(h, node_text(node_get(c, "path")), e) < 0)
			return -1;
	return 0;
}

static int hosts_read_event(
	struct hosts *h, struct str line, struct arena *scratch, struct err *e)
{
	const struct node *event;

	arena_reset(scratch);
	if (json_parse(line, scratch, &event, e) < 0)
		return -1;
	for (const struct node *n = node_first(event); n != NULL; n = n->next)
		if (hosts_member(h, n, e) < 0)
			return -1;
	return 0;
}

static int hosts_read_events(struct hosts *h, const char *path, struct err *e)
{
	AUTO_ARENA struct arena scratch = arena_make(HOSTS_LINE_BYTES);
	AUTO_BUF struct buf events = buf_growing(HOSTS_EVENTS_MAX);
	struct str rest, line;

	if (access(path, F_OK) < 0)
		return 0; /* nothing was recorded */
	if (file_read(path, &events, e) < 0)
		return -1;
	rest = buf_view(&events);
	while (str_cut(&rest, '\n', &line))
		if (line.n > 0 && hosts_read_event(h, line, &scratch, e) < 0)
			return err_at(e, "%s", path);
	return 0;
}

static int hosts_order(const void *a, const void *b)
{
	return str_cmp(((const struct dpkg_file *)a)->path,
		((const struct dpkg_file *)b)->path);
}

static int hosts_put(const struct dpkg_file *f, struct buf *out, struct err *e)
{
	struct json_out o = json_out(out, 0);
	char hex[SHA256_HEX + 1];
	struct stat st;

	if (stat(f->path.p, &st) < 0)
		return err_sys(e, "%s", f->path.p);
	if (known_digest(f->path.p, &st, hex, e) < 0)
		return -1;
	json_map(&o, NULL);
	json_str(&o, "path", f->path);
	json_text(&o, "sha256", hex);
	json_whole(&o, "size", (int64_t)st.st_size);
	json_str(&o, "package", f->package);
	json_str(&o, "version", f->version);
	json_str(&o, "arch", f->arch);
	json_str(&o, "source", f->source);
	json_map_end(&o);
	buf_byte(out, '\n');
	return 0;
}

int hosts_write(const struct place *p, struct err *e)
{
	struct hosts h = {.place = p, .seen = table_make(p->arena)};
	AUTO_BUF struct buf out = buf_growing(HOSTS_TEXT_MAX);
	const char *events = place_path(p->arena, p->room, "events.jsonl", e);
	const char *path = place_path(p->arena, p->dir, "toolchain.jsonl", e);

	if (events == NULL || path == NULL ||
		hosts_read_events(&h, events, e) < 0 ||
		dpkg_find(HOSTS_DPKG, h.files, h.n, p->arena, e) < 0)
		return -1;
	if (h.n > 1)
		qsort(h.files, h.n, sizeof(*h.files), hosts_order);
	for (size_t i = 0; i < h.n; i++)
		if (hosts_put(&h.files[i], &out, e) < 0)
			return -1;
	if (out.full)
		return place_no_memory(e);
	return file_write(path, buf_view(&out), 0644, e);
}
