/*
 * disc - the tree is read once for the plan of the file system, and once more
 * for the content, which goes to its place; then the blocks are hashed.
 */
#include "images/export/disc.h"

#include "images/export/erofs.h"
#include "images/export/fs_extra.h"
#include "images/export/gpt.h"
#include "images/export/verity.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HEAD_BYTES_MAX ((size_t)1 << 30)

struct writing {
	const struct disc_plan *plan;
	struct fs_layer layer;
	struct erofs fs;
	struct verity verity;
	uint64_t at; /* of the file system in the file */
	int fd;
};

void disc_free(struct disc *d)
{
	buf_free(&d->hashes);
}

/* ---- what follows from image and name --------------------------------- */

/* 32 bytes for a purpose: the same image and name give the same. */
static void derive(const struct disc_plan *p, const char *purpose,
	unsigned char out[SHA256_BYTES])
{
	static const char *const kinds[] = {
		[DISC_EROFS] = "erofs",
		[DISC_SYSEXT] = "sysext",
		[DISC_CONFEXT] = "confext",
		[DISC_PORTABLE] = "portable",
	};
	/* the name is part of the files, but of a mere file system */
	const char *parts[] = {"keelson disc v1", kinds[p->kind], purpose,
		p->kind == DISC_EROFS ? "" : p->name,
		view_digest(p->view->layer)};
	struct sha256 h;

	sha256_start(&h);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		sha256_add(&h, parts[i], strlen(parts[i]) + 1);
	sha256_finish(&h, out);
}

/* A UUID of version 8 (RFC 9562 5.8). */
static void derive_uuid(const struct disc_plan *p, const char *purpose,
	unsigned char out[SHA256_BYTES])
{
	derive(p, purpose, out);
	out[6] = (unsigned char)((out[6] & 0x0f) | 0x80);
	out[8] = (unsigned char)((out[8] & 0x3f) | 0x80);
}

/* ---- the tree ------------------------------------------------------------ */

static int add_extras(struct writing *w, struct err *e)
{
	const struct fs_extra extra = {.name = w->plan->name,
		.arch = w->plan->arch,
		.digest = view_digest(w->plan->view->image),
		.time_s = w->layer.newest_s};

	switch (w->plan->kind) {
	case DISC_SYSEXT:
	case DISC_CONFEXT:
		return fs_extra_extension(&w->layer, &extra, e);
	case DISC_PORTABLE:
		return fs_extra_portable(&w->layer, &extra, e);
	case DISC_EROFS:
		break;
	}
	return 0;
}

static int plan_tree(struct writing *w, struct err *e)
{
	static const enum fs_part parts[] = {
		[DISC_EROFS] = FS_ALL,
		[DISC_SYSEXT] = FS_SYSEXT,
		[DISC_CONFEXT] = FS_CONFEXT,
		[DISC_PORTABLE] = FS_ALL,
	};

	if (fs_layer_read(&w->layer, w->plan->view, parts[w->plan->kind], e) <
			0 ||
		add_extras(w, e) < 0 ||
		fs_tree_seal(&w->layer.tree, w->layer.newest_s, e) < 0)
		return -1;
	return erofs_plan(&w->fs, &w->layer.tree, e);
}

/* ---- bytes --------------------------------------------------------------- */

static int write_at(int fd, uint64_t at, struct str bytes, struct err *e)
{
	while (bytes.n > 0) {
		ssize_t n = pwrite(fd, bytes.p, bytes.n, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(e, "write");
		bytes = str_sub(bytes, (size_t)n, bytes.n);
		at += (uint64_t)n;
	}
	return 0;
}

static int read_at(int fd, uint64_t at, void *out, size_t n, struct err *e)
{
	char *to = out;

	while (n > 0) {
		ssize_t got = pread(fd, to, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_sys(e, "read");
		to += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
}

static int put_content(void *self, size_t node, uint64_t offset,
	struct str bytes, struct err *e)
{
	const struct writing *w = self;

	while (bytes.n > 0) {
		uint64_t n;
		uint64_t at = erofs_where(&w->fs, node, offset, &n);

		if (n > bytes.n)
			n = bytes.n;
		if (write_at(w->fd, w->at + at, str_sub(bytes, 0, (size_t)n),
			    e) < 0)
			return -1;
		bytes = str_sub(bytes, (size_t)n, bytes.n);
		offset += n;
	}
	return 0;
}

static int write_fs(struct writing *w, struct err *e)
{
	AUTO_BUF struct buf head = buf_growing(HEAD_BYTES_MAX);
	const struct fs_content to = {put_content, w};
	unsigned char uuid[SHA256_BYTES];
	uint64_t end = w->at + w->fs.blocks * EROFS_BLOCK_BYTES;

	derive_uuid(w->plan, "file system", uuid);
	if (ftruncate(w->fd, (off_t)end) < 0)
		return err_sys(
			e, "a file of %llu bytes", (unsigned long long)end);
	if (erofs_encode(&w->fs, uuid, &head, e) < 0 ||
		write_at(w->fd, w->at, buf_view(&head), e) < 0)
		return -1;
	return fs_layer_content(&w->layer, &to, e);
}

static int hash_fs(struct writing *w, struct disc *d, struct buf *hashes,
	unsigned char root[SHA256_BYTES], struct err *e)
{
	unsigned char salt[SHA256_BYTES], uuid[SHA256_BYTES];
	unsigned char block[EROFS_BLOCK_BYTES];

	derive(w->plan, "salt", salt);
	derive_uuid(w->plan, "hashes", uuid);
	verity_begin(&w->verity, salt);
	for (uint64_t i = 0; i < w->fs.blocks; i++) {
		if (read_at(w->fd, w->at + i * EROFS_BLOCK_BYTES, block,
			    sizeof(block), e) < 0)
			return -1;
		verity_add(&w->verity, block);
	}
	if (verity_end(&w->verity, uuid, hashes, root, e) < 0)
		return -1;
	str_hex(root, SHA256_BYTES, d->root_hash);
	str_hex(salt, SHA256_BYTES, d->salt);
	return 0;
}

static int write_table(const struct writing *w, const struct buf *hashes,
	const unsigned char root[SHA256_BYTES], struct err *e)
{
	struct gpt g = {.arch = w->plan->arch,
		.data_bytes = w->fs.blocks * EROFS_BLOCK_BYTES,
		.hash_bytes = hashes->n};
	AUTO_BUF struct buf first = buf_growing(GPT_FIRST_BYTES);
	AUTO_BUF struct buf last = buf_growing(GPT_END_BYTES);

	memcpy(g.root, root, sizeof(g.root));
	if (gpt_encode(&g, &first, &last, e) < 0 ||
		write_at(w->fd, 0, buf_view(&first), e) < 0 ||
		write_at(w->fd, gpt_hash_at(&g), buf_view(hashes), e) < 0)
		return -1;
	return write_at(
		w->fd, gpt_bytes(&g) - GPT_END_BYTES, buf_view(&last), e);
}

/* ---- the whole ----------------------------------------------------------- */

static int sum_up(const struct writing *w, struct disc *d, struct err *e)
{
	unsigned char sum[SHA256_BYTES];

	if (lseek(w->fd, 0, SEEK_SET) < 0)
		return err_sys(e, "seek");
	if (sha256_fd(w->fd, sum, &d->bytes, e) < 0)
		return -1;
	str_hex(sum, sizeof(sum), d->sha256);
	d->data_blocks = w->fs.blocks;
	d->n_left_out = w->layer.n_left_out;
	snprintf(d->left_out, sizeof(d->left_out), "/%.*s",
		STR_ARG(w->layer.left_out));
	return 0;
}

static int write_all(struct writing *w, struct disc *d, struct err *e)
{
	unsigned char root[SHA256_BYTES];

	if (plan_tree(w, e) < 0 || write_fs(w, e) < 0 ||
		hash_fs(w, d, &d->hashes, root, e) < 0)
		return -1;
	if (w->plan->kind != DISC_EROFS &&
		write_table(w, &d->hashes, root, e) < 0)
		return -1;
	return sum_up(w, d, e);
}

int disc_write(const struct disc_plan *plan, struct replace *file,
	struct disc *d, struct err *e)
{
	struct writing w = {.plan = plan,
		.at = plan->kind == DISC_EROFS ? 0 : GPT_FIRST_BYTES,
		.fd = file->fd};
	int done;

	*d = (struct disc){.hashes = buf_growing(VERITY_AREA_BYTES)};
	if (plan->kind != DISC_EROFS && !gpt_knows(plan->arch))
		return err_kind(e, ERR_INPUT,
			"systemd knows no partitions of %s", plan->arch);
	done = write_all(&w, d, e);
	fs_layer_free(&w.layer);
	erofs_free(&w.fs);
	verity_free(&w.verity);
	return done;
}
