/*
 * unpack - to memory first, and to disk when that has no room.
 *
 * Whether memory has room cannot be known before, as an archive may be
 * compressed: the tmpfs is as large as what is free, and the archive is read
 * once more when it is full.
 */
#include "checkpoint-agent/restore/unpack.h"

#include "checkpoint-agent/restore/runtime.h"
#include "checkpoint-agent/restore/sweeper.h"
#include "checkpoint-agent/tar/members.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* The attempts at unpacking. */
struct unpack {
	struct bundle *b;
	const struct pod_archive_place *from;
	struct place_facts facts;
	enum { ASK, YES, NO } knows; /* CRIU knows where pages may stay */
};

static bool pages_may_stay(struct unpack *u)
{
	if (u->knows == ASK)
		u->knows = runtime_criu_has(STAY_FEATURE) ? YES : NO;
	return u->knows == YES && u->b->place.is_memory;
}

static int ask_to_stay(void *self, const struct tarfile_piece *p,
	struct buf *name, struct buf *bytes, struct err *e)
{
	struct unpack *u = self;

	(void)e;
	if (!stay_is_pages(str_of(p->path)))
		return stay_take_tar(&u->b->stay, p);
	if (!pages_may_stay(u))
		return 0;
	stay_take_pages(&u->b->stay, p, name, bytes);
	return 1;
}

/* Have the archive's file beside the images that tell of pages in it. */
static int lend_file(struct bundle *b, struct err *e)
{
	if (b->stay.has_pages &&
		place_lend(&b->place, b->file, MEMBER_IMAGES, e) < 0)
		return -1;
	if (b->stay.has_predump &&
		place_lend(&b->place, b->file, MEMBER_PREDUMP, e) < 0)
		return -1;
	return 0;
}

static void say_on_disk(const struct unpack *u)
{
	char path[BUNDLE_PATH_BYTES], room[32];

	bundle_path(u->b, PLACE_NAME, path);
	snprintf(room, sizeof(room), "%llu",
		(unsigned long long)u->facts.room >> 20);
	log_event(LOG_WARN,
		u->facts.is_secret
			? "memory has no room for the archive: its plain text "
			  "is on disk until the container runs"
			: "memory has no room for the archive: it is on disk "
			  "until the container runs",
		"archive", u->from->path, "room_mib", room, "directory", path,
		NULL);
}

static int check_place(struct unpack *u, const struct input *s, struct err *e)
{
	u->facts.is_secret = u->b->is_secret = s->is_secret;
	if (u->b->place.is_memory)
		return 0;
	if (place_check_disk(&u->facts, e) < 0)
		return -1;
	say_on_disk(u);
	return 0;
}

/* A descriptor of the archive that outlives the input. */
static int keep_file(struct bundle *b, const struct input *s, struct err *e)
{
	b->file = fcntl(s->where.file, F_DUPFD_CLOEXEC, 0);
	b->stay.base = s->where.at;
	return b->file < 0 ? err_sys(e, "duplicate its descriptor") : 0;
}

static int unpack_input(void *self, struct input *s, struct err *e)
{
	struct unpack *u = self;
	const struct tarfile_stay stay = {ask_to_stay, u};
	bool has_file = s->where.file >= 0;

	if (check_place(u, s, e) < 0)
		return -1;
	if (has_file && keep_file(u->b, s, e) < 0)
		return -1;
	if (tarfile_unpack_from(
		    s, u->b->place.dir, has_file ? &stay : NULL, e) < 0)
		return -1;
	return lend_file(u->b, e);
}

/* ---- memory or disk ----------------------------------------------------- */

/* 0; 1: memory has no room for it; -1. */
static int unpack_to_memory(struct unpack *u, struct err *e)
{
	struct place *place = &u->b->place;
	struct err why = {0};

	if (place_in_memory(place, &why) < 0)
		return 1;
	u->facts.room = place->room;
	u->facts.is_spent = strcmp(u->from->path, "-") == 0;
	if (pod_archive_with(u->from, unpack_input, u, &why) == 0)
		return 0;
	return why.sys == ENOSPC ? 1 : err_kind(e, why.kind, "%s", why.text);
}

static int unpack_to_disk(struct unpack *u, struct err *e)
{
	struct bundle *b = u->b;

	if (u->facts.is_spent && place_check_disk(&u->facts, e) < 0)
		return -1;
	place_close(&b->place);
	fd_close(&b->file);
	b->stay = (struct stay){0};
	if (place_on_disk(&b->place, b->dir, e) < 0 ||
		sweeper_start(b->dir, PLACE_NAME, e) < 0)
		return -1;
	return pod_archive_with(u->from, unpack_input, u, e);
}

static int read_documents(struct bundle *b, const char *path, struct err *e)
{
	if (bundle_read_json(b, MEMBER_SPEC, &b->spec, e) < 0 ||
		bundle_read_json(b, MEMBER_CONFIG, &b->config, e) < 0)
		return -1;
	if (!b->spec)
		return err_kind(e, ERR_INPUT,
			"%s: not a checkpoint: it has no spec.dump", path);
	return 0;
}

int unpack_archive(struct bundle *b, const struct pod_archive_place *p,
	bool may_be_plain, struct err *e)
{
	struct unpack u = {
		.b = b, .from = p, .facts = {.may_be_plain = may_be_plain}};

	int rc;

	b->max_bytes = p->max_bytes;
	rc = unpack_to_memory(&u, e);
	if (rc == 1)
		rc = unpack_to_disk(&u, e);
	return rc < 0 ? -1 : read_documents(b, p->path, e);
}
