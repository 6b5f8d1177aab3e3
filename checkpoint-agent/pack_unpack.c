/*
 * pack_unpack - see pack.h.  Here: unpacking, of archives and of the layers
 * of images (OCI image-spec 1.1, layer.md).
 *
 * A layer's whiteouts hide what lower layers have, wherever in the layer they
 * stand: so it is read twice, first for them, then for all else.
 */
#include "checkpoint-agent/pack.h"

#include "checkpoint-agent/beneath.h"
#include "checkpoint-agent/pack_in.h"
#include "lib/arc/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHITEOUT        ".wh."
#define WHITEOUT_OPAQUE ".wh..wh..opq"

static struct archive *open_disk(struct err *e)
{
	struct archive *out = archive_write_disk_new();

	if (!out) {
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	archive_write_disk_set_options(
		out, ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM |
			     ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_XATTR |
			     ARCHIVE_EXTRACT_SPARSE |
			     ARCHIVE_EXTRACT_SECURE_SYMLINKS |
			     ARCHIVE_EXTRACT_SECURE_NODOTDOT |
			     ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS);
	return out;
}

static int copy_blocks(struct pack_reader *r, struct archive *out,
	struct pack_room *room, struct err *e)
{
	struct archive *in = pack_read_inner(r);
	const void *bytes;
	size_t n;
	la_int64_t at;
	int got;

	while ((got = archive_read_data_block(in, &bytes, &n, &at)) ==
		ARCHIVE_OK) {
		if (room && n > room->bytes)
			return err_kind(e, ERR_LIMIT, "unpacks to too much");
		if (room)
			room->bytes -= n;
		if (archive_write_data_block(out, bytes, n, at) < ARCHIVE_OK)
			return pack_err(e, out, "unpack");
	}
	return got == ARCHIVE_EOF ? 0 : pack_read_err(r, "tar", e);
}

/* They would tell the overlay above how to look things up. */
static void drop_overlay_xattrs(struct archive_entry *entry)
{
	struct archive_entry *all;
	const char *name;
	const void *value;
	size_t n;

	if (archive_entry_xattr_count(entry) == 0)
		return;
	all = archive_entry_clone(entry);
	archive_entry_xattr_clear(entry);
	archive_entry_xattr_reset(all);
	while (archive_entry_xattr_next(all, &name, &value, &n) == ARCHIVE_OK)
		if (!pack_is_overlay(name))
			archive_entry_xattr_add_entry(entry, name, value, n);
	archive_entry_free(all);
}

static int extract_entry(struct pack_reader *r, struct archive *out,
	struct archive_entry *entry, struct pack_room *room, struct err *e)
{
	drop_overlay_xattrs(entry);
	if (archive_write_header(out, entry) < ARCHIVE_WARN)
		return pack_err(e, out, "unpack");
	if (archive_entry_size(entry) > 0 && copy_blocks(r, out, room, e) < 0)
		return -1;
	if (archive_write_finish_entry(out) < ARCHIVE_WARN)
		return pack_err(e, out, "unpack");
	return 0;
}

/* 1: *entry is the next one; 0: the end; -1. */
static int next_entry(
	struct pack_reader *r, struct archive_entry **entry, struct err *e)
{
	int got = archive_read_next_header(pack_read_inner(r), entry);

	if (got == ARCHIVE_EOF)
		return 0;
	return got < ARCHIVE_WARN ? pack_read_err(r, "tar", e) : 1;
}

static int extract_all(
	struct pack_reader *r, struct archive *out, struct err *e)
{
	struct archive_entry *entry;
	int more;

	while ((more = next_entry(r, &entry, e)) == 1)
		if (extract_entry(r, out, entry, NULL, e) < 0)
			return -1;
	if (more < 0)
		return -1;
	return archive_write_close(out) == ARCHIVE_OK
		       ? 0
		       : pack_err(e, out, "unpack");
}

/* libarchive unpacks into the present directory. */
static int extract_reader(struct pack_reader *r, int dir, struct err *e)
{
	struct archive *out;
	int rc;

	if (fchdir(dir) < 0)
		return err_sys(e, "change directory");
	out = open_disk(e);
	if (!out)
		return -1;
	rc = extract_all(r, out, e);
	archive_write_free(out);
	return rc;
}

int pack_extract(int in, int dir, struct err *e)
{
	struct pack_reader *r;
	int rc;

	if (pack_read_open(&r, in, e) < 0)
		return -1;
	rc = extract_reader(r, dir, e);
	pack_read_close(r);
	return rc;
}

int pack_extract_from(struct source *s, int dir, struct err *e)
{
	struct pack_reader *r;
	int rc;

	if (pack_read_from(&r, s, e) < 0)
		return -1;
	rc = extract_reader(r, dir, e);
	pack_read_close(r);
	return rc < 0 ? -1 : source_drain(s, e);
}

/* ---- layers ------------------------------------------------------------- */

/* "a/b/.wh.c" -> "a/b" and ".wh.c" */
static struct str cut_name(struct str *path)
{
	struct str name;
	size_t at;

	while (path->n && path->p[path->n - 1] == '/')
		path->n--;
	for (at = path->n; at > 0 && path->p[at - 1] != '/'; at--)
		;
	name = str_sub(*path, at, path->n);
	*path = str_sub(*path, 0, at);
	return name;
}

static bool is_whiteout(struct str path)
{
	return str_has_prefix(cut_name(&path), STR(WHITEOUT));
}

static int apply_whiteout(int dir, struct str path, struct err *e)
{
	char hidden[TAR_PATH_BYTES];
	struct buf b = buf_fixed(hidden, sizeof(hidden));
	struct str name = cut_name(&path);

	if (str_is(name, WHITEOUT_OPAQUE))
		return beneath_empty(dir, path, e);
	buf_str(&b, path);
	buf_str(&b, str_sub(name, sizeof(WHITEOUT) - 1, name.n));
	if (b.full)
		return err_kind(e, ERR_INPUT, "whiteout: path too long");
	return beneath_remove(dir, buf_view(&b), e);
}

static struct str entry_path(struct archive_entry *entry)
{
	struct str path = str_of(archive_entry_pathname(entry));

	while (str_has_prefix(path, STR("./")))
		path = str_sub(path, 2, path.n);
	return path;
}

static int apply_whiteouts(
	struct pack_reader *r, int dir, struct pack_room *room, struct err *e)
{
	struct archive_entry *entry;
	int more;

	while ((more = next_entry(r, &entry, e)) == 1) {
		struct str path = entry_path(entry);

		if (room->entries-- == 0)
			return err_kind(e, ERR_LIMIT, "too many entries");
		if (is_whiteout(path) && apply_whiteout(dir, path, e) < 0)
			return err_at(e, "%.*s", STR_ARG(path));
	}
	return more;
}

/* A file over a directory, or the reverse: the lower one goes. */
static int make_way(int dir, struct archive_entry *entry, struct err *e)
{
	const char *path = archive_entry_pathname(entry);
	bool is_dir = archive_entry_filetype(entry) == AE_IFDIR &&
		      !archive_entry_hardlink(entry);
	struct stat st;

	if (entry_path(entry).n == 0 || strcmp(path, ".") == 0 ||
		fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		S_ISDIR(st.st_mode) == is_dir)
		return 0;
	return beneath_remove(dir, entry_path(entry), e);
}

static int extract_layer(struct pack_reader *r, struct archive *out, int dir,
	struct pack_room *room, struct err *e)
{
	struct archive_entry *entry;
	int more;

	while ((more = next_entry(r, &entry, e)) == 1) {
		struct str path = entry_path(entry);

		if (is_whiteout(path))
			continue;
		if (make_way(dir, entry, e) < 0 ||
			extract_entry(r, out, entry, room, e) < 0)
			return err_at(e, "%.*s", STR_ARG(path));
	}
	if (more < 0)
		return -1;
	return archive_write_close(out) == ARCHIVE_OK
		       ? 0
		       : pack_err(e, out, "unpack");
}

static int hide_lower(int in, int dir, struct pack_room *room, struct err *e)
{
	struct pack_reader *r;
	int rc;

	if (pack_read_open(&r, in, e) < 0)
		return -1;
	rc = apply_whiteouts(r, dir, room, e);
	pack_read_close(r);
	if (rc == 0 && lseek(in, 0, SEEK_SET) < 0)
		rc = err_sys(e, "read again");
	return rc;
}

static int lay_over(int in, int dir, struct pack_room *room, struct err *e)
{
	struct pack_reader *r;
	struct archive *out;
	int rc = -1;

	if (pack_read_open(&r, in, e) < 0)
		return -1;
	out = open_disk(e);
	if (out)
		rc = extract_layer(r, out, dir, room, e);
	archive_write_free(out);
	pack_read_close(r);
	return rc;
}

int pack_apply_layer(int in, int dir, struct pack_room *room, struct err *e)
{
	if (fchdir(dir) < 0)
		return err_sys(e, "change directory");
	if (hide_lower(in, dir, room, e) < 0)
		return -1;
	return lay_over(in, dir, room, e);
}
