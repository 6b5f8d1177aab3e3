/*
 * content - see content.h.
 */
#include "checkpoint-agent/content.h"

#include "lib/base/json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_BYTES   (256u << 20)
#define MEMBER_BYTES (64u << 20)

void content_start(struct content *c)
{
	*c = (struct content){.arena = arena_make(KEPT_BYTES)};
}

void content_free(struct content *c)
{
	free(c->images);
	arena_free(&c->arena);
}

/* ---- reading ------------------------------------------------------------ */

static int read_member(struct content *c, struct pack_reader *r,
	struct str *bytes, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(MEMBER_BYTES);
	char *copy;

	if (pack_read_all(r, &b, e) < 0)
		return -1;
	copy = arena_alloc(&c->arena, b.n + 1);
	if (!copy)
		return err_kind(e, ERR_LIMIT, "archive: too many images");
	if (b.n)
		memcpy(copy, b.p, b.n);
	*bytes = (struct str){copy, b.n};
	return 0;
}

static int make_room(struct content *c, struct err *e)
{
	size_t room = c->image_room ? 2 * c->image_room : 64;
	struct content_image *images;

	if (c->image_count < c->image_room)
		return 0;
	if (room > CONTENT_IMAGES_MAX)
		return err_kind(e, ERR_LIMIT, "archive: too many images");
	images = realloc(c->images, room * sizeof(*images));
	if (!images)
		return err_kind(e, ERR_LIMIT, "out of memory");
	c->images = images;
	c->image_room = room;
	return 0;
}

/* Of a pre-dump only what the dump behind it refers to. */
static bool is_wanted(const struct content_image *k)
{
	return !k->is_predump || k->kind == IMAGE_PAGEMAP ||
	       k->kind == IMAGE_PAGEMAP_SHMEM;
}

static int take_image(struct content *c, struct pack_reader *r, struct str name,
	bool is_predump, struct err *e)
{
	struct content_image k = {.is_predump = is_predump};

	if (!image_of_name(name, &k.kind, &k.number) || !is_wanted(&k))
		return 0;
	if (make_room(c, e) < 0 || read_member(c, r, &k.bytes, e) < 0)
		return -1;
	if (image_open(&k.bytes, k.kind, e) < 0)
		return -1;
	c->images[c->image_count++] = k;
	return 0;
}

static int take_json(struct content *c, struct pack_reader *r,
	const struct node **tree, struct err *e)
{
	struct str text;

	if (read_member(c, r, &text, e) < 0)
		return -1;
	return json_parse(text, &c->arena, tree, e);
}

static int take_stats(struct content *c, struct pack_reader *r,
	struct criu_stats *stats, struct err *e)
{
	struct str text;

	if (read_member(c, r, &text, e) < 0)
		return -1;
	return criumsg_parse_stats(text, stats, e);
}

static int take_file(struct content *c, struct pack_reader *r, struct str path,
	struct err *e)
{
	const struct str images = STR(CONTENT_IMAGES);
	const struct str before = STR(CONTENT_PREDUMP);

	if (str_is(path, "config.dump"))
		return take_json(c, r, &c->config, e);
	if (str_is(path, "spec.dump"))
		return take_json(c, r, &c->spec, e);
	if (str_is(path, "deleted.files"))
		return take_json(c, r, &c->deleted, e);
	if (str_is(path, "stats-dump"))
		return take_stats(c, r, &c->stats, e);
	if (str_is(path, CONTENT_PREDUMP "stats-dump"))
		return take_stats(c, r, &c->predump_stats, e);
	if (str_has_prefix(path, before))
		return take_image(
			c, r, str_sub(path, before.n, path.n), true, e);
	if (str_has_prefix(path, images))
		return take_image(
			c, r, str_sub(path, images.n, path.n), false, e);
	return 0;
}

bool content_is_pages(struct str path, bool *is_predump, struct str *rest)
{
	const struct str images = STR(CONTENT_IMAGES "pages-");
	const struct str before = STR(CONTENT_PREDUMP "pages-");

	*is_predump = str_has_prefix(path, before);
	*rest = str_sub(path, *is_predump ? before.n : images.n, path.n);
	return *is_predump || str_has_prefix(path, images);
}

int content_take(struct content *c, struct pack_reader *r,
	const struct pack_entry *entry, struct err *e)
{
	struct str path = str_of(entry->path), rest;
	bool is_predump;
	char name[PATH_MAX]; /* the entry's own is gone after reading */

	if (!entry->is_file || str_copy(path, name, sizeof(name)) < 0)
		return 0;
	c->members++;
	c->bytes += entry->size;
	if (content_is_pages(path, &is_predump, &rest))
		c->memory_bytes += entry->size;
	if (str_is(path, "pod.options"))
		c->is_pod = true;
	if (str_is(path, CONTENT_CHANGES))
		c->changes_bytes += entry->size;
	return take_file(c, r, str_of(name), e) < 0 ? err_at(e, "%s", name) : 0;
}

static int take_all(struct content *c, struct pack_reader *r, struct err *e)
{
	struct pack_entry entry;
	int more;

	while ((more = pack_read_next(r, &entry, e)) == 1)
		if (content_take(c, r, &entry, e) < 0)
			return -1;
	if (more == 0 && c->is_pod)
		return err_kind(e, ERR_INPUT,
			"a pod's archive must begin "
			"with pod.options");
	if (more == 0 && !c->spec)
		return err_kind(e, ERR_INPUT,
			"no checkpoint: it has no "
			"spec.dump");
	return more;
}

int content_read(struct content *c, struct source *s, struct err *e)
{
	struct pack_reader *r;
	int rc;

	content_start(c);
	if (pack_read_from(&r, s, e) < 0)
		return -1;
	rc = take_all(c, r, e);
	pack_read_close(r);
	return rc;
}

/* ---- looking up --------------------------------------------------------- */

const struct content_image *content_image(
	const struct content *c, enum image_kind kind, uint32_t number)
{
	for (size_t i = 0; i < c->image_count; i++)
		if (c->images[i].kind == kind &&
			c->images[i].number == number &&
			!c->images[i].is_predump)
			return &c->images[i];
	return NULL;
}

struct str content_messages(
	const struct content *c, enum image_kind kind, uint32_t number)
{
	const struct content_image *k = content_image(c, kind, number);

	return k ? k->bytes : (struct str){0};
}

struct str content_first(
	const struct content *c, enum image_kind kind, uint32_t number)
{
	struct str rest = content_messages(c, kind, number), message;

	return image_next(&rest, &message, NULL) == 1 ? message
						      : (struct str){0};
}

struct str content_file(const struct content *c, uint32_t id)
{
	struct str rest = content_messages(c, IMAGE_FILES, 0), message;

	while (image_next(&rest, &message, NULL) == 1)
		if (image_file_id(message) == id)
			return message;
	return (struct str){0};
}
