/*
 * capture - name the member that a stream becomes, say whether it is bulk data,
 * and hand it to the merge (merge.h), which writes it.
 */
#include "checkpoint-agent/dump/capture.h"

#include "lib/base/fd.h"

#include <stdio.h>

/* Images that CRIU opens, writes and closes in one go. */
static const char *const bulk[] = {"pages-", "tmpfs-", "ghost-file-"};

/* Images of a pre-dump that the dump after it reads. */
static const char *const kept[] = {"pagemap-", "inventory.img"};

/* The name of the CRIU image in a member; empty when it is none. */
static struct str image_name(const struct capture *c, const char *member)
{
	struct str s = str_of(member), dir = str_of(c->images);

	if (!str_has_prefix(s, dir) || s.n == dir.n || s.p[dir.n] != '/')
		return (struct str){0};
	return str_sub(s, dir.n + 1, s.n);
}

static bool has_prefix_of(struct str name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_has_prefix(name, str_of(list[i])))
			return true;
	return false;
}

static bool is_bulk(struct str name)
{
	return has_prefix_of(name, bulk, sizeof(bulk) / sizeof(*bulk));
}

static bool is_kept(const struct capture *c, struct str name)
{
	return c->keep_dir >= 0 &&
	       has_prefix_of(name, kept, sizeof(kept) / sizeof(*kept));
}

/* ---- streams ------------------------------------------------------------ */

static int add_stream(struct capture *c, const char *name, int fd,
	bool is_added, struct err *e)
{
	struct str image = image_name(c, name);
	struct merge_stream *s = merge_free_stream(&c->merge);
	AUTO_FD int taken = fd;

	if (!s)
		return err_kind(e, ERR_LIMIT, "%s: more than %d images at once",
			name, MERGE_STREAMS_MAX);
	*s = (struct merge_stream){.owner = &c->merge,
		.is_bulk = is_bulk(image) || (is_added && c->is_plain),
		.is_added = is_added,
		.stream = {.dir = c->dir,
			.is_secret = c->merge.is_secret,
			.memory_max = is_added ? MERGE_MEMORY_MAX : 0,
			.bytes = buf_growing(STREAM_BUFFER_BYTES),
			.spill = {.fd = -1},
			.rest = {.fd = -1}}};
	snprintf(s->stream.name, sizeof(s->stream.name), "%s", name);
	if (is_kept(c, image) &&
		spill_keep(&s->stream.spill, c->keep_dir, image.p, e) < 0)
		return -1;
	if (merge_begin(s, fd, e) < 0) {
		spill_close(&s->stream.spill);
		return -1;
	}
	fd_take(&taken);
	return 0;
}

int capture_add(struct capture *c, const char *name, int fd, struct err *e)
{
	return add_stream(c, name, fd, true, e);
}

/* ---- CRIU's images ------------------------------------------------------ */

static int on_image(void *context, struct str name, int fd, struct err *e)
{
	struct capture *c = context;
	char member[TARBALL_NAME_BYTES + 1];

	snprintf(member, sizeof(member), "%s/%.*s", c->images, STR_ARG(name));
	return add_stream(c, member, fd, false, e);
}

static void on_streamer_ended(void *context)
{
	struct capture *c = context;

	c->has_peer_ended = true;
	c->merge.changed(c->merge.context);
}

static void on_streamer_failed(void *context, const struct err *e)
{
	struct capture *c = context;

	merge_fail(&c->merge, e);
}

int capture_start(struct capture *c, int at, struct err *e)
{
	c->streamer = (struct streamer){.loop = c->merge.loop,
		.context = c,
		.opened = on_image,
		.ended = on_streamer_ended,
		.failed = on_streamer_failed,
		.listener = {.fd = -1},
		.peer = {.fd = -1}};
	return streamer_start(&c->streamer, at, e);
}

bool capture_is_done(const struct capture *c)
{
	return c->has_peer_ended && c->merge.open_count == 0;
}

void capture_stop(struct capture *c)
{
	streamer_stop(&c->streamer);
	merge_stop(&c->merge);
}
