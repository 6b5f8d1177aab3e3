/*
 * room - asks the file system what is free, has retain.c choose what must go,
 * and removes it.
 */
#include "checkpoint-agent/store/room.h"

#include "checkpoint-agent/store/archive_name.h"
#include "checkpoint-agent/store/beside.h"
#include "checkpoint-agent/store/catalogue.h"
#include "checkpoint-agent/store/owner.h"
#include "lib/base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

/* A file system that tells no size, such as ramfs, has no limit of its own. */
static int read_free_bytes(int dir, uint64_t *bytes, struct err *e)
{
	struct statvfs v;

	if (fstatvfs(dir, &v) < 0)
		return err_sys(e, "free space of the directory of archives");
	*bytes = v.f_blocks ? (uint64_t)v.f_bavail * v.f_frsize : INT64_MAX;
	return 0;
}

/* --- retention ----------------------------------------------------- */

/* Without an owner the file name up to the time stands for the container. */
static struct str container_key(const struct catalogue_item *i)
{
	return i->owner.n ? i->owner : archive_name_stem(str_of(i->file));
}

static void fill_entries(const struct catalogue *c, const char *made,
	struct retain_entry *entries)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct catalogue_item *it = &c->item[i];

		entries[i] = (struct retain_entry){
			.container = container_key(it),
			.namespace = owner_name(it->owner, OWNER_NAMESPACE),
			.time_s = it->time_s,
			.bytes = it->bytes,
			.is_new = strcmp(it->file, made) == 0,
		};
	}
}

static int remove_archive(int dir, const struct catalogue_item *i,
	struct room_removed *r, struct err *e)
{
	if (unlinkat(dir, i->file, 0) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "remove %s", i->file);
	beside_remove_all(dir, i->file);
	r->archives++;
	r->bytes += i->bytes;
	log_event(LOG_INFO, "archive removed by retention", "file", i->file,
		NULL);
	return 0;
}

/* As many as can be; the error is the first. */
static int remove_gone(const struct catalogue *c,
	const struct retain_entry *entries, struct room_removed *r,
	struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < c->n; i++)
		if (entries[i].is_gone && remove_archive(c->dir, &c->item[i], r,
						  rc ? NULL : e) < 0)
			rc = -1;
	return rc;
}

int room_make(int dir, const struct retain_limits *limits, const char *made,
	struct room_removed *r, struct err *e)
{
	AUTO_CATALOGUE struct catalogue c = catalogue_of(dir);
	struct retain_now now = {.time_s = time(NULL)};
	struct retain_entry *entries;
	int rc;

	*r = (struct room_removed){0};
	if (read_free_bytes(dir, &now.free_bytes, e) < 0)
		return -1;
	if (catalogue_read(&c, e) < 0 || beside_sweep(dir, e) < 0)
		return -1;
	entries = calloc(c.n + 1, sizeof(*entries));
	if (!entries)
		return err_kind(e, ERR_LIMIT, "out of memory");
	fill_entries(&c, made, entries);
	retain_choose(entries, c.n, limits, &now);
	rc = remove_gone(&c, entries, r, e);
	free(entries);
	return rc;
}

/* --- before a dump ------------------------------------------------- */

/* What retention could remove; 0 when the directory cannot be read. */
static uint64_t removable_bytes(int dir)
{
	AUTO_CATALOGUE struct catalogue c = catalogue_of(dir);
	uint64_t bytes = 0;

	if (catalogue_read(&c, NULL) < 0)
		return 0;
	for (size_t i = 0; i < c.n; i++)
		bytes += c.item[i].bytes;
	return bytes;
}

int room_check(
	int dir, const struct retain_limits *l, uint64_t bytes, struct err *e)
{
	uint64_t have = 0, old;

	if (l->max_bytes && bytes > l->max_bytes)
		return err_kind(e, ERR_LIMIT,
			"the archive needs about %llu bytes, and --max-bytes "
			"allows %llu for all archives",
			(unsigned long long)bytes,
			(unsigned long long)l->max_bytes);
	if (read_free_bytes(dir, &have, e) < 0)
		return -1;
	old = l->min_free_bytes ? removable_bytes(dir) : 0;
	if (have >= bytes && have - bytes + old >= l->min_free_bytes)
		return 0;
	return err_kind(e, ERR_LIMIT,
		"the archive needs about %llu bytes; %llu are free, of which "
		"--min-free reserves %llu",
		(unsigned long long)bytes, (unsigned long long)have,
		(unsigned long long)l->min_free_bytes);
}
