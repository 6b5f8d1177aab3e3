/*
 * images - collect an archive's documents and CRIU images in one pass.
 *
 * Every member is counted.  Documents are parsed and CRIU images copied into
 * the arena as they stream past; everything else is skipped.  A pre-dump
 * contributes its pagemaps only, because the final dump repeats the rest.
 * Look-ups are images_index.c's.
 */
#include "checkpoint-agent/inspect/images.h"

#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/tar/members.h"
#include "lib/base/array.h"
#include "lib/base/json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_BYTES   (256u << 20)
#define MEMBER_BYTES (64u << 20)

void images_start(struct images *c)
{
	*c = (struct images){.arena = arena_make(KEPT_BYTES)};
}

void images_free(struct images *c)
{
	free(c->images);
	arena_free(&c->arena);
}

/* ---- reading ------------------------------------------------------------ */

static int read_bytes(struct images *c, struct tarfile_reader *r,
	struct str *bytes, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(MEMBER_BYTES);
	char *copy;

	if (tarfile_read_all(r, &b, e) < 0)
		return -1;
	copy = arena_copy(&c->arena, buf_view(&b));
	if (!copy)
		return err_kind(e, ERR_LIMIT, "CRIU images exceed %u bytes",
			KEPT_BYTES);
	*bytes = (struct str){copy, b.n};
	return 0;
}

static int reserve_image(struct images *c, struct err *e)
{
	const struct array_kind kind = {
		sizeof(*c->images), IMAGES_MAX, "CRIU images"};
	struct images_image *images =
		array_grow(c->images, c->image_count, &c->image_room, &kind, e);

	if (!images)
		return -1;
	c->images = images;
	return 0;
}

/* Of a pre-dump, only the pagemaps that the final dump refers to. */
static bool is_wanted(const struct images_image *k)
{
	return !k->is_predump || k->kind == IMG_PAGEMAP ||
	       k->kind == IMG_PAGEMAP_SHMEM;
}

static int take_image(struct images *c, struct tarfile_reader *r,
	struct str name, bool is_predump, struct err *e)
{
	struct images_image k = {.is_predump = is_predump};

	if (!img_parse_name(name, &k.kind, &k.number) || !is_wanted(&k))
		return 0;
	if (reserve_image(c, e) < 0 || read_bytes(c, r, &k.bytes, e) < 0)
		return -1;
	if (img_open(&k.bytes, k.kind, e) < 0)
		return -1;
	c->images[c->image_count++] = k;
	return 0;
}

static int take_json(struct images *c, struct tarfile_reader *r,
	const struct node **tree, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(MEMBER_BYTES);

	if (*tree)
		return err_kind(e, ERR_INPUT, "occurs twice");
	if (tarfile_read_all(r, &text, e) < 0)
		return -1;
	return json_parse(buf_view(&text), &c->arena, tree, e);
}

static int take_paths(struct images *c, struct tarfile_reader *r, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(MEMBER_BYTES);

	if (c->deleted_paths.n)
		return err_kind(e, ERR_INPUT, "occurs twice");
	if (tarfile_read_all(r, &text, e) < 0)
		return -1;
	c->deleted_paths =
		(struct str){arena_copy(&c->arena, buf_view(&text)), text.n};
	return c->deleted_paths.p ? 0 : err_kind(e, ERR_LIMIT, "too long");
}

static int take_stats(
	struct tarfile_reader *r, struct criu_stats *stats, struct err *e)
{
	AUTO_BUF struct buf bytes = buf_growing(MEMBER_BYTES);

	if (tarfile_read_all(r, &bytes, e) < 0)
		return -1;
	return criumsg_parse_stats(buf_view(&bytes), stats, e);
}

static int take_content(struct images *c, struct tarfile_reader *r,
	struct str path, struct err *e)
{
	const struct str images = STR(MEMBER_IMAGES "/");
	const struct str before = STR(MEMBER_PREDUMP "/");

	if (str_is(path, MEMBER_CONFIG))
		return take_json(c, r, &c->config, e);
	if (str_is(path, MEMBER_SPEC))
		return take_json(c, r, &c->spec, e);
	if (str_is(path, MEMBER_DELETED))
		return take_json(c, r, &c->deleted, e);
	if (str_is(path, MEMBER_DELETED_PATHS))
		return take_paths(c, r, e);
	if (str_is(path, MEMBER_STATS))
		return take_stats(r, &c->stats, e);
	if (str_is(path, MEMBER_PREDUMP_STATS))
		return take_stats(r, &c->predump_stats, e);
	if (str_has_prefix(path, before))
		return take_image(
			c, r, str_sub(path, before.n, path.n), true, e);
	if (str_has_prefix(path, images))
		return take_image(
			c, r, str_sub(path, images.n, path.n), false, e);
	return 0;
}

bool images_is_pages(struct str path, bool *is_predump, struct str *rest)
{
	const struct str images = STR(MEMBER_IMAGES "/pages-");
	const struct str before = STR(MEMBER_PREDUMP "/pages-");

	*is_predump = str_has_prefix(path, before);
	*rest = str_sub(path, *is_predump ? before.n : images.n, path.n);
	return *is_predump || str_has_prefix(path, images);
}

static int take_member(struct images *c, struct tarfile_reader *r,
	const struct tarfile_entry *entry, struct err *e)
{
	struct str path = str_of(entry->path), rest;
	bool is_predump;
	char name[PATH_MAX]; /* reading invalidates entry->path */

	if (!entry->is_file || str_copy(path, name, sizeof(name)) < 0)
		return 0;
	c->members++;
	c->bytes += entry->size;
	if (images_is_pages(path, &is_predump, &rest))
		c->memory_bytes += entry->size;
	if (str_is(path, MEMBER_POD_OPTIONS))
		c->is_pod = true;
	if (str_is(path, MEMBER_CHANGES))
		c->changes_bytes += entry->size;
	return take_content(c, r, str_of(name), e) < 0 ? err_at(e, "%s", name)
						       : 0;
}

int images_scan(struct images *c, struct input *s,
	const struct images_visitor *v, struct err *e)
{
	struct tarfile_reader *r;
	struct tarfile_entry entry;
	int more;

	if (tarfile_read_from(&r, s, e) < 0)
		return -1;
	while ((more = tarfile_read_next(r, &entry, e)) == 1) {
		if (v)
			v->see(v->self, &entry);
		if (take_member(c, r, &entry, e) < 0) {
			more = -1;
			break;
		}
	}
	tarfile_read_close(r);
	return more;
}
