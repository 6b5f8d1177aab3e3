/*
 * inspect - see inspect.h.
 *
 * Processes come from pstree.img; core-PID.img has the command, ids-PID.img
 * the number of the table of descriptors, fdinfo-N.img that table, and
 * files.img what its entries are.  What is missing is left out.
 */
#include "checkpoint-agent/inspect.h"

#include "checkpoint-agent/criumsg.h"
#include "checkpoint-agent/image.h"
#include "checkpoint-agent/pack.h"
#include "lib/base/json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_MAX     65536
#define KEPT_BYTES   (64u << 20)
#define MEMBER_BYTES (16u << 20)
#define INDENT       2
#define IMAGES       "checkpoint/"

/* An image that is kept. */
struct kept {
	enum image_kind kind;
	uint32_t number;
	struct str bytes; /* behind the magic numbers */
};

struct inspect {
	struct arena arena;
	struct kept *kept;
	size_t n;
	const struct node *config, *spec;
	struct criu_stats stats;
	uint64_t memory_bytes;
};

/* ---- reading ------------------------------------------------------------ */

static int read_member(struct inspect *x, struct pack_reader *r,
		struct str *bytes, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(MEMBER_BYTES);
	char *copy;

	if (pack_read_all(r, &b, e) < 0)
		return -1;
	copy = arena_alloc(&x->arena, b.n + 1);
	if (!copy)
		return err_kind(e, ERR_LIMIT, "archive: too many images");
	if (b.n)
		memcpy(copy, b.p, b.n);
	*bytes = (struct str){copy, b.n};
	return 0;
}

static int take_image(struct inspect *x, struct pack_reader *r,
		struct str name, struct err *e)
{
	struct kept k;

	if (!image_of_name(name, &k.kind, &k.number) || x->n == KEPT_MAX)
		return 0;
	if (read_member(x, r, &k.bytes, e) < 0)
		return -1;
	if (image_open(&k.bytes, k.kind, e) < 0)
		return -1;
	x->kept[x->n++] = k;
	return 0;
}

static int take_json(struct inspect *x, struct pack_reader *r,
		const struct node **tree, struct err *e)
{
	struct str text;

	if (read_member(x, r, &text, e) < 0)
		return -1;
	return json_parse(text, &x->arena, tree, e);
}

static int take_member(struct inspect *x, struct pack_reader *r,
		const struct pack_entry *entry, struct err *e)
{
	const struct str images = STR(IMAGES);
	struct str path = str_of(entry->path), text;

	if (str_has_prefix(path, STR("./"))) /* podman's */
		path = str_sub(path, 2, path.n);
	if (str_is(path, "config.dump"))
		return take_json(x, r, &x->config, e);
	if (str_is(path, "spec.dump"))
		return take_json(x, r, &x->spec, e);
	if (str_is(path, "stats-dump")) {
		if (read_member(x, r, &text, e) < 0)
			return -1;
		return criumsg_parse_stats(text, &x->stats, e);
	}
	if (!str_has_prefix(path, images))
		return 0;
	path = str_sub(path, images.n, path.n);
	if (str_has_prefix(path, STR("pages-")))
		x->memory_bytes += entry->size;
	return take_image(x, r, path, e);
}

static int read_all(struct inspect *x, struct pack_reader *r, struct err *e)
{
	struct pack_entry entry;
	int more;

	while ((more = pack_read_next(r, &entry, e)) == 1) {
		char name[PATH_MAX];

		if (!entry.is_file ||
				str_copy(str_of(entry.path), name,
						sizeof(name)) < 0)
			continue;
		if (take_member(x, r, &entry, e) < 0)
			return err_at(e, "%s", name);
	}
	if (more == 0 && !x->spec)
		return err_kind(e, ERR_INPUT, "it has no spec.dump");
	return more;
}

/* ---- writing ------------------------------------------------------------ */

static const struct kept *find(const struct inspect *x, enum image_kind kind,
		uint32_t number)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->kept[i].kind == kind && x->kept[i].number == number)
			return &x->kept[i];
	return NULL;
}

/* The first message of an image; empty when there is none. */
static struct str first_of(const struct inspect *x, enum image_kind kind,
		uint32_t number)
{
	const struct kept *k = find(x, kind, number);
	struct str rest, message = {0};

	if (!k)
		return message;
	rest = k->bytes;
	return image_next(&rest, &message, NULL) == 1 ? message
						      : (struct str){0};
}

static void put_file(struct json_out *o, const struct inspect *x, uint32_t id)
{
	const struct kept *k = find(x, IMAGE_FILES, 0);
	struct str rest = k ? k->bytes : (struct str){0}, message;

	while (image_next(&rest, &message, NULL) == 1) {
		AUTO_BUF struct buf b = buf_growing(PATH_MAX * 2);

		if (image_file_id(message) != id)
			continue;
		image_put_file(&b, message);
		json_str(o, "what", buf_view(&b));
		return;
	}
}

static void put_files(struct json_out *o, const struct inspect *x,
		uint32_t table)
{
	const struct kept *k = find(x, IMAGE_FDINFO, table);
	struct str rest = k ? k->bytes : (struct str){0}, message;

	json_list(o, "files");
	while (image_next(&rest, &message, NULL) == 1) {
		struct image_fd f = image_fd(message);

		json_map(o, NULL);
		json_whole(o, "fd", f.fd);
		put_file(o, x, f.id);
		json_map_end(o);
	}
	json_list_end(o);
}

static void put_processes(struct json_out *o, const struct inspect *x)
{
	const struct kept *k = find(x, IMAGE_PSTREE, 0);
	struct str rest = k ? k->bytes : (struct str){0}, message;

	json_list(o, "processes");
	while (image_next(&rest, &message, NULL) == 1) {
		struct image_process p = image_process(message);

		json_map(o, NULL);
		json_whole(o, "pid", p.pid);
		json_whole(o, "parent", p.ppid);
		json_whole(o, "threads", p.threads);
		json_str(o, "command",
				image_command(first_of(x, IMAGE_CORE, p.pid)));
		put_files(o, x,
				image_files_id(first_of(x, IMAGE_IDS, p.pid)));
		json_map_end(o);
	}
	json_list_end(o);
}

static void put_container(struct json_out *o, const struct inspect *x)
{
	static const char *const keys[] = {"id", "name", "rootfsImageName",
			"runtime", "createdTime", "checkpointedTime"};

	json_map(o, "container");
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (node_get(x->config, keys[i]))
			json_node(o, keys[i], node_get(x->config, keys[i]));
	json_map_end(o);
}

static void put_statistics(struct json_out *o, const struct inspect *x)
{
	json_map(o, "statistics");
	json_whole(o, "freezingMicroseconds", (int64_t)x->stats.freezing_us);
	json_whole(o, "frozenMicroseconds", (int64_t)x->stats.frozen_us);
	json_whole(o, "pagesScanned", (int64_t)x->stats.pages_scanned);
	json_whole(o, "pagesWritten", (int64_t)x->stats.pages_written);
	json_whole(o, "memoryBytes", (int64_t)x->memory_bytes);
	json_map_end(o);
}

static void put_part(struct json_out *o, const char *key,
		const struct node *part)
{
	if (part)
		json_node(o, key, part);
}

static int put_all(const struct inspect *x, struct buf *out, struct err *e)
{
	struct json_out o = json_out(out, INDENT);

	json_map(&o, NULL);
	put_container(&o, x);
	put_statistics(&o, x);
	put_part(&o, "arguments", node_path(x->spec, "process", "args", NULL));
	put_part(&o, "environment", node_path(x->spec, "process", "env", NULL));
	put_part(&o, "annotations", node_get(x->spec, "annotations"));
	put_part(&o, "mounts", node_get(x->spec, "mounts"));
	put_processes(&o, x);
	json_map_end(&o);
	buf_byte(out, '\n');
	return out->full ? err_kind(e, ERR_LIMIT, "document too large") : 0;
}

int inspect_archive(int in, struct buf *out, struct err *e)
{
	struct inspect x = {.arena = arena_make(KEPT_BYTES)};
	struct pack_reader *r;
	int rc = -1;

	if (pack_read_open(&r, in, e) < 0)
		return -1;
	x.kept = calloc(KEPT_MAX, sizeof(*x.kept));
	if (!x.kept)
		err_kind(e, ERR_LIMIT, "out of memory");
	else if (read_all(&x, r, e) == 0)
		rc = put_all(&x, out, e);
	free(x.kept);
	arena_free(&x.arena);
	pack_read_close(r);
	return rc;
}
