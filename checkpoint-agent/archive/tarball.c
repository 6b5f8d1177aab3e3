/*
 * tarball - write headers, content and padding into a flow.
 *
 * The header of a member of unknown length is a hole in the flow, which is
 * filled when the member is closed.
 */
#include "checkpoint-agent/archive/tarball.h"

#include "checkpoint-agent/tar/members.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define MODE_FILE       0600
#define MODE_DIR        0700
#define MODE_FILE_GROUP 0040
#define MODE_DIR_GROUP  0050

#define TAKE_BYTES 65536

static struct tar_entry entry_of(const struct tarball *a, const char *name,
	enum tar_type type, uint64_t size)
{
	struct tar_entry t = {
		.type = type,
		.path = str_of(name),
		.mode = type == TAR_DIR ? MODE_DIR : MODE_FILE,
		.size = size,
		.mtime_s = a->time_s,
	};

	if (a->image_gid && str_has_prefix(t.path, STR(MEMBER_IMAGES))) {
		t.gid = a->image_gid;
		t.mode |= type == TAR_DIR ? MODE_DIR_GROUP : MODE_FILE_GROUP;
	}
	return t;
}

static int put_header(
	struct tarball *a, const struct tar_entry *t, struct err *e)
{
	unsigned char block[TAR_BLOCK_BYTES];

	if (tar_header(t, block, e) < 0)
		return -1;
	return flow_put(a->to, block, sizeof(block), e);
}

static int put_padding(struct tarball *a, uint64_t size, struct err *e)
{
	static const char zeros[TAR_BLOCK_BYTES];

	return flow_put(a->to, zeros, tar_padding(size), e);
}

void tarball_start(struct tarball *a, struct flow *to, int64_t time_s)
{
	*a = (struct tarball){.to = to, .time_s = time_s};
}

void tarball_use_manifest(
	struct tarball *a, struct manifest *m, const struct flow_file *file)
{
	a->manifest = m;
	a->file = file;
	m->file = file ? file->fd : -1;
}

int tarball_dir(struct tarball *a, const char *name, struct err *e)
{
	struct tar_entry t = entry_of(a, name, TAR_DIR, 0);

	return put_header(a, &t, e);
}

int tarball_add(
	struct tarball *a, const char *name, struct str content, struct err *e)
{
	struct tar_entry t = entry_of(a, name, TAR_FILE, content.n);

	if (put_header(a, &t, e) < 0)
		return err_at(e, "%s", name);
	if (flow_put(a->to, content.p, content.n, e) < 0)
		return err_at(e, "%s", name);
	if (a->manifest)
		manifest_add(a->manifest, name, content);
	return put_padding(a, content.n, e);
}

int tarball_open(struct tarball *a, const char *name, struct err *e)
{
	struct tar_entry t = entry_of(a, name, TAR_FILE, 0);
	unsigned char block[TAR_BLOCK_BYTES];

	if (a->is_open)
		return err_set(e, "%s: %s is still open", name, a->name);
	if (tar_header(&t, block, e) < 0) /* refuse a bad name early */
		return -1;
	snprintf(a->name, sizeof(a->name), "%s", name);
	a->is_open = true;
	a->is_spliced = false;
	a->size = 0;
	if (a->manifest)
		sha256_start(&a->manifest->now);
	if (flow_hole(a->to, TAR_BLOCK_BYTES, e) < 0)
		return -1;
	a->content_at = a->file ? a->file->at : 0;
	return 0;
}

int tarball_put(struct tarball *a, const void *bytes, size_t n, struct err *e)
{
	a->size += n;
	if (a->manifest && !a->is_spliced)
		sha256_add(&a->manifest->now, bytes, n);
	return flow_put(a->to, bytes, n, e);
}

/* Without a file to read back from, the content must be hashed now. */
static int take_hashed(struct tarball *a, int pipe, size_t *got, struct err *e)
{
	static char room[TAKE_BYTES]; /* one archive in a process */
	ssize_t n;

	do
		n = read(pipe, room, sizeof(room));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "%s", a->name);
	*got = (size_t)n;
	return tarball_put(a, room, *got, e);
}

int tarball_take(struct tarball *a, int pipe, size_t *got, struct err *e)
{
	if (a->manifest && !a->file)
		return take_hashed(a, pipe, got, e);
	a->is_spliced = true;
	if (flow_take(a->to, pipe, got, e) < 0)
		return err_at(e, "%s", a->name);
	a->size += *got;
	return 0;
}

int tarball_close(struct tarball *a, struct err *e)
{
	struct tar_entry t = entry_of(a, a->name, TAR_FILE, a->size);
	unsigned char block[TAR_BLOCK_BYTES];

	a->is_open = false;
	if (a->manifest && a->is_spliced)
		manifest_add_later(
			a->manifest, a->name, a->content_at, a->size);
	else if (a->manifest)
		manifest_add_hashed(a->manifest, a->name);
	if (put_padding(a, a->size, e) < 0)
		return -1;
	if (tar_header(&t, block, e) < 0)
		return -1;
	return flow_fill(a->to, block, e);
}

static int add_manifest(struct tarball *a, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(a->manifest->lines.max);

	if (manifest_finish(a->manifest, &text, e) < 0)
		return -1;
	a->manifest = NULL;
	return tarball_add(a, MEMBER_MANIFEST, buf_view(&text), e);
}

int tarball_end(struct tarball *a, struct err *e)
{
	static const char zeros[TAR_END_BYTES];

	if (a->manifest && add_manifest(a, e) < 0)
		return -1;

	if (flow_put(a->to, zeros, sizeof(zeros), e) < 0)
		return -1;
	return flow_end(a->to, e);
}
