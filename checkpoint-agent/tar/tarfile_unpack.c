/*
 * tarfile_unpack - libarchive's reader coupled to its writer to disk.
 *
 * A layer of an OCI image (image-spec 1.1, layer.md) is read twice: whiteouts
 * delete what lower layers brought, wherever in the layer they stand, so they
 * are applied first; the second pass unpacks everything else.
 */
#include "checkpoint-agent/tar/tarfile_unpack.h"

#include "checkpoint-agent/tar/remove_beneath.h"
#include "checkpoint-agent/tar/tarfile.h"
#include "checkpoint-agent/tar/tarfile_disk.h"
#include "checkpoint-agent/tar/tarfile_read.h"
#include "lib/arc/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHITEOUT        ".wh."
#define WHITEOUT_OPAQUE ".wh..wh..opq"
#define NOTE_MODE       0644
#define NOTE_BYTES_MAX  4096

struct unpacking {
	struct tarfile_reader *in;
	struct tarfile_disk disk;
	int dir;
	const struct tarfile_stay *stay; /* NULL: all is unpacked */
};

static int copy_blocks(struct tarfile_reader *r, struct archive *out,
	struct tarfile_quota *quota, struct err *e)
{
	struct archive *in = tarfile_read_inner(r);
	const void *bytes;
	size_t n;
	la_int64_t at;
	int got;

	while ((got = archive_read_data_block(in, &bytes, &n, &at)) ==
		ARCHIVE_OK) {
		if (quota && n > quota->bytes)
			return err_kind(e, ERR_LIMIT,
				"the layers unpack to more bytes than allowed");
		if (quota)
			quota->bytes -= n;
		else if (tarfile_read_expands(r, n, e) < 0)
			return -1;
		if (archive_write_data_block(out, bytes, n, at) < ARCHIVE_OK)
			return tarfile_err(e, out, "unpack");
	}
	return got == ARCHIVE_EOF ? 0 : tarfile_read_err(r, "tar", e);
}

static int extract_entry(struct tarfile_reader *r, struct tarfile_disk *d,
	struct archive_entry *entry, struct tarfile_quota *quota, struct err *e)
{
	struct archive *out = d->out;

	tarfile_drop_overlay_xattrs(entry);
	if (archive_write_header(out, entry) < ARCHIVE_WARN)
		return tarfile_err(e, out, "unpack");
	if (archive_entry_size(entry) > 0 && copy_blocks(r, out, quota, e) < 0)
		return -1;
	if (archive_write_finish_entry(out) < ARCHIVE_WARN)
		return tarfile_err(e, out, "unpack");
	return tarfile_acls_take(&d->acls, entry, e);
}

/* 1: *entry is the next one; 0: the end; -1. */
static int next_entry(
	struct tarfile_reader *r, struct archive_entry **entry, struct err *e)
{
	int got = tarfile_read_step(r, entry);

	if (got == ARCHIVE_EOF)
		return 0;
	return got < ARCHIVE_WARN ? tarfile_read_err(r, "tar", e) : 1;
}

static struct str entry_path(struct archive_entry *entry)
{
	struct str path = str_of(archive_entry_pathname(entry));

	while (str_has_prefix(path, STR("./")))
		path = str_sub(path, 2, path.n);
	return path;
}

/* Remove what is there when one of the two is a directory, the other not. */
static int remove_other_kind(
	int dir, struct archive_entry *entry, struct err *e)
{
	const char *path = archive_entry_pathname(entry);
	bool is_dir = archive_entry_filetype(entry) == AE_IFDIR &&
		      !archive_entry_hardlink(entry);
	struct stat st;

	if (entry_path(entry).n == 0 || strcmp(path, ".") == 0 ||
		fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		S_ISDIR(st.st_mode) == is_dir)
		return 0;
	return remove_beneath(dir, entry_path(entry), e);
}

/* ---- what stays in the input -------------------------------------------- */

/* Make the file that tells where the content of `entry` has stayed. */
static int extract_note(struct archive *out, struct archive_entry *entry,
	const struct buf *name, const struct buf *bytes, struct err *e)
{
	archive_entry_copy_pathname(entry, name->p);
	archive_entry_set_size(entry, (la_int64_t)bytes->n);
	archive_entry_set_perm(entry, NOTE_MODE);
	if (archive_write_header(out, entry) < ARCHIVE_WARN ||
		archive_write_data_block(out, bytes->p, bytes->n, 0) <
			ARCHIVE_OK ||
		archive_write_finish_entry(out) < ARCHIVE_WARN)
		return tarfile_err(e, out, "unpack");
	return 0;
}

/* 1: the file stays where it is; 0: it is to be unpacked; -1. */
static int ask_to_stay(struct unpacking *u, struct archive_entry *entry,
	struct buf *name, struct buf *bytes, struct err *e)
{
	const struct tarfile_piece piece = {
		.path = entry_path(entry).p,
		.at = (uint64_t)tarfile_read_at(u->in),
		.size = (uint64_t)archive_entry_size(entry),
	};

	if (!u->stay || tarfile_read_at(u->in) < 0 ||
		archive_entry_filetype(entry) != AE_IFREG ||
		archive_entry_hardlink(entry) ||
		archive_entry_sparse_count(entry) > 0)
		return 0;
	return u->stay->ask(u->stay->self, &piece, name, bytes, e);
}

static int extract_or_leave(
	struct unpacking *u, struct archive_entry *entry, struct err *e)
{
	AUTO_BUF struct buf name = buf_growing(TAR_PATH_BYTES);
	AUTO_BUF struct buf bytes = buf_growing(NOTE_BYTES_MAX);
	int stays = ask_to_stay(u, entry, &name, &bytes, e);

	if (stays < 0)
		return -1;
	if (!stays)
		return extract_entry(u->in, &u->disk, entry, NULL, e);
	if (*buf_cstr(&name) == '\0')
		return 0;
	return extract_note(u->disk.out, entry, &name, &bytes, e);
}

static int extract_all(struct unpacking *u, struct err *e)
{
	struct archive_entry *entry;
	int more;

	while ((more = tarfile_read_header(u->in, &entry, e)) == 1)
		if (remove_other_kind(u->dir, entry, e) < 0 ||
			extract_or_leave(u, entry, e) < 0)
			return -1;
	return more < 0 ? -1 : tarfile_disk_finish(&u->disk, e);
}

/* libarchive unpacks into the working directory. */
static int extract_reader(struct unpacking *u, struct err *e)
{
	int rc;

	if (fchdir(u->dir) < 0)
		return err_sys(e, "change directory");
	rc = tarfile_disk_open(&u->disk, u->dir, e);
	if (rc == 0)
		rc = extract_all(u, e);
	tarfile_disk_close(&u->disk);
	return rc;
}

/* A regular file may be as long as it is. */
static uint64_t choose_limit(int in, uint64_t max_bytes)
{
	uint64_t max = max_bytes ? max_bytes : INPUT_EXPANDED_MAX;
	struct stat st;

	if (fstat(in, &st) < 0 || !S_ISREG(st.st_mode) ||
		(uint64_t)st.st_size < max)
		return max;
	return (uint64_t)st.st_size;
}

int tarfile_unpack(int in, int dir, uint64_t max_bytes, struct err *e)
{
	struct unpacking u = {.dir = dir};
	int rc;

	if (tarfile_read_open(&u.in, in, e) < 0)
		return -1;
	tarfile_read_limit(u.in, choose_limit(in, max_bytes));
	rc = extract_reader(&u, e);
	tarfile_read_close(u.in);
	return rc;
}

int tarfile_unpack_from(struct input *s, int dir,
	const struct tarfile_stay *stay, struct err *e)
{
	struct unpacking u = {.dir = dir, .stay = stay};
	int rc;

	if (tarfile_read_from(&u.in, s, e) < 0)
		return -1;
	rc = extract_reader(&u, e);
	tarfile_read_close(u.in);
	return rc < 0 ? -1 : input_drain(s, e);
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
		return remove_beneath_contents(dir, path, e);
	buf_str(&b, path);
	buf_str(&b, str_sub(name, sizeof(WHITEOUT) - 1, name.n));
	if (b.full)
		return err_kind(e, ERR_INPUT, "whiteout: path too long");
	return remove_beneath(dir, buf_view(&b), e);
}

static int apply_whiteouts(struct tarfile_reader *r, int dir,
	struct tarfile_quota *quota, struct err *e)
{
	struct archive_entry *entry;
	int more;

	while ((more = next_entry(r, &entry, e)) == 1) {
		struct str path = entry_path(entry);

		if (quota->entries-- == 0)
			return err_kind(e, ERR_LIMIT,
				"the layers have more entries than allowed");
		if (is_whiteout(path) && apply_whiteout(dir, path, e) < 0)
			return err_at(e, "%.*s", STR_ARG(path));
	}
	return more;
}

static int extract_layer(struct tarfile_reader *r, struct tarfile_disk *d,
	int dir, struct tarfile_quota *quota, struct err *e)
{
	struct archive_entry *entry;
	int more;

	while ((more = next_entry(r, &entry, e)) == 1) {
		struct str path = entry_path(entry);

		if (is_whiteout(path))
			continue;
		if (remove_other_kind(dir, entry, e) < 0 ||
			extract_entry(r, d, entry, quota, e) < 0)
			return err_at(e, "%.*s", STR_ARG(path));
	}
	return more < 0 ? -1 : tarfile_disk_finish(d, e);
}

static int delete_whited_out(
	int in, int dir, struct tarfile_quota *quota, struct err *e)
{
	struct tarfile_reader *r;
	int rc;

	if (tarfile_read_open(&r, in, e) < 0)
		return -1;
	rc = apply_whiteouts(r, dir, quota, e);
	tarfile_read_close(r);
	if (rc == 0 && lseek(in, 0, SEEK_SET) < 0)
		rc = err_sys(e, "rewind the layer");
	return rc;
}

static int unpack_rest(
	int in, int dir, struct tarfile_quota *quota, struct err *e)
{
	struct tarfile_reader *r;
	struct tarfile_disk d;
	int rc;

	if (tarfile_read_open(&r, in, e) < 0)
		return -1;
	rc = tarfile_disk_open(&d, dir, e);
	if (rc == 0)
		rc = extract_layer(r, &d, dir, quota, e);
	tarfile_disk_close(&d);
	tarfile_read_close(r);
	return rc;
}

int tarfile_unpack_layer(
	int in, int dir, struct tarfile_quota *quota, struct err *e)
{
	if (fchdir(dir) < 0)
		return err_sys(e, "change directory");
	if (delete_whited_out(in, dir, quota, e) < 0)
		return -1;
	return unpack_rest(in, dir, quota, e);
}
