/*
 * bundle - make a bundle directory and unpack an archive into it.
 *
 * All access to what was unpacked goes through the descriptor of
 * BUNDLE/archive and does not follow a symbolic link in the last component.
 * Documents are parsed into an arena that lives as long as the bundle.
 */
#include "checkpoint-agent/restore/bundle.h"

#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/tar/members.h"
#include "checkpoint-agent/tar/remove_beneath.h"
#include "checkpoint-agent/tar/tarfile_unpack.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/regular.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_MAX (64u << 20)
#define TEXT_MAX  (16u << 20)
#define CONFIG    "config.json"

/* All that a restore makes. */
static const char *const made[] = {PLACE_NAME, "base", "upper", "work",
	"rootfs", CONFIG, "rpc.conf", "criu.conf", "net"};

static int check_unused(const struct bundle *b, struct err *e)
{
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		if (faccessat(b->dir, made[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return err_kind(e, ERR_BUSY,
				"%s is already a bundle: it has %s", b->path,
				made[i]);
	unlinkat(b->dir, BUNDLE_LOG, 0); /* of a restore that failed */
	return 0;
}

void bundle_clear(const struct bundle *b)
{
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		remove_beneath(b->dir, str_of(made[i]), NULL);
}

static int open_bundle(struct bundle *b, const char *path, struct err *e)
{
	if (dir_make(path, 0700, e) < 0)
		return -1;
	if (!realpath(path, b->path))
		return err_sys(e, "%s", path);
	b->dir = open(b->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->dir < 0)
		return err_sys(e, "%s", b->path);
	if (dir_check_owner(b->dir, b->path, 022, e) < 0)
		return -1;
	return check_unused(b, e);
}

int bundle_make(struct bundle *b, const char *path, struct err *e)
{
	*b = (struct bundle){.dir = -1, .place = PLACE_NONE, .file = -1};
	b->arena = arena_make(ARENA_MAX);
	return open_bundle(b, path, e);
}

bool bundle_frees_pages(const struct bundle *b)
{
	return b->place.is_memory && !b->stay.has_pages && !b->stay.has_predump;
}

void bundle_drop_archive(struct bundle *b)
{
	if (b->place.hidden)
		unlinkat(b->dir, b->place.hidden, 0);
	place_close(&b->place);
	fd_close(&b->file);
	remove_beneath(b->dir, STR(PLACE_NAME), NULL);
}

void bundle_close(struct bundle *b)
{
	place_close(&b->place);
	fd_close(&b->file);
	fd_close(&b->dir);
	arena_free(&b->arena);
}

int bundle_make_dir(
	const struct bundle *b, const char *name, int *out, struct err *e)
{
	if (mkdirat(b->dir, name, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "make %s/%s", b->path, name);
	if (!out)
		return 0;
	*out = openat(
		b->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *out < 0 ? err_sys(e, "%s/%s", b->path, name) : 0;
}

void bundle_path(
	const struct bundle *b, const char *name, char out[BUNDLE_PATH_BYTES])
{
	snprintf(out, BUNDLE_PATH_BYTES, "%s/%s", b->path, name);
}

int bundle_write(const struct bundle *b, const char *name, struct str text,
	struct err *e)
{
	char path[BUNDLE_PATH_BYTES];

	bundle_path(b, name, path);
	return file_write(path, text, 0600, e);
}

int bundle_write_config(struct bundle *b, struct str text, struct err *e)
{
	if (b->is_secret && b->place.is_memory)
		return place_hide(&b->place, b->dir, CONFIG, text, e);
	return bundle_write(b, CONFIG, text, e);
}

/* ---- members of the archive --------------------------------------------- */

int bundle_read_bytes(const struct bundle *b, const char *member,
	struct buf *text, struct err *e)
{
	struct err why = {0};

	if (regular_read_at(b->place.dir, member, text, &why) == 0 ||
		why.kind == ERR_ABSENT)
		return 0;
	return err_kind(e, why.kind, "%s", why.text);
}

int bundle_replace_bytes(const struct bundle *b, const char *member,
	struct str bytes, struct err *e)
{
	AUTO_FD int fd = -1;

	if (hostfs_open_beneath(
		    b->place.dir, member, O_WRONLY | O_TRUNC, &fd, e) < 0)
		return err_at(e, "%s", member);
	return fd_write(fd, bytes.p, bytes.n, e) < 0 ? err_at(e, "%s", member)
						     : 0;
}

int bundle_read_json(struct bundle *b, const char *member,
	const struct node **tree, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(TEXT_MAX);

	*tree = NULL;
	if (bundle_read_bytes(b, member, &text, e) < 0)
		return -1;
	if (!text.n)
		return 0;
	if (json_parse(buf_view(&text), &b->arena, tree, e) < 0)
		return err_at(e, "%s", member);
	return 0;
}

/* A part of a file that others may read at the same time. */
struct part_reader {
	int file;
	uint64_t at, left;
};

static long read_part(void *self, void *bytes, size_t n, struct err *e)
{
	struct part_reader *p = self;
	ssize_t got;

	if (n > p->left)
		n = (size_t)p->left;
	do
		got = pread(p->file, bytes, n, (off_t)p->at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_sys(e, "read");
	p->at += (uint64_t)got;
	p->left -= (uint64_t)got;
	return (long)got;
}

static int unpack_part(const struct bundle *b, const struct stay_part *part,
	int to, struct err *e)
{
	static struct input s; /* large */
	struct part_reader from = {b->file, part->at, part->size};
	const struct input_feed feed = {read_part, &from};
	int rc = input_open_feed(&s, feed, NULL, e);

	s.max_bytes = b->max_bytes ? b->max_bytes : INPUT_EXPANDED_MAX;
	if (s.max_bytes < part->size)
		s.max_bytes = part->size;
	if (rc == 0)
		rc = tarfile_unpack_from(&s, to, NULL, e);
	input_close(&s);
	return rc;
}

int bundle_unpack_member(
	const struct bundle *b, const char *member, int to, struct err *e)
{
	const struct stay_part *part = stay_find(&b->stay, member);
	AUTO_FD int fd = -1;
	struct err why = {0};
	int rc;

	if (!part && regular_open_at(b->place.dir, member, &fd, &why) < 0)
		return why.kind == ERR_ABSENT
			       ? 0
			       : err_kind(e, why.kind, "%s", why.text);
	rc = part ? unpack_part(b, part, to, e)
		  : tarfile_unpack(fd, to, b->max_bytes, e);
	return rc < 0 ? err_at(e, "%s", member) : 0;
}
