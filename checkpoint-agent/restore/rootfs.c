/*
 * rootfs - mount a base and the archive's changes as an overlay.
 *
 * An OCI layout is unpacked first and then serves as the base.  CRIU checks
 * that the root directory has the mode it had when dumped, so the upper
 * directory, whose mode is the visible one, takes it from CRIU's images.
 * Paths that were deleted are not trusted: remove_beneath() keeps them below
 * the root.
 */
#include "checkpoint-agent/restore/rootfs.h"

#include "checkpoint-agent/restore/oci_base.h"
#include "checkpoint-agent/restore/root_mode.h"
#include "checkpoint-agent/tar/members.h"
#include "checkpoint-agent/tar/remove_beneath.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATHS_MAX (64u << 20) /* as many as a dump writes */

int rootfs_start(struct rootfs *r, const struct rootfs_base *from,
	const struct bundle *b, struct err *e)
{
	*r = (struct rootfs){.from = from, .dir = -1};
	if (!realpath(from->path, r->base))
		return err_sys(e, "%s", from->path);
	if (strpbrk(b->path, ",:") || strpbrk(r->base, ",:"))
		return err_kind(e, ERR_USAGE,
			"%s, %s: the paths of bundle and base must not "
			"contain ',' or ':'",
			b->path, r->base);
	return 0;
}

/* An OCI layout becomes a directory: BUNDLE/base, new for each bundle. */
static int unpack_base(struct rootfs *r, const struct bundle *b, struct err *e)
{
	AUTO_FD int to = -1;
	char layout[PATH_MAX];
	int n;

	if (!oci_base_is_layout(r->base))
		return 0;
	snprintf(layout, sizeof(layout), "%s", r->base);
	n = snprintf(r->base, sizeof(r->base), "%s/base", b->path);
	if (n < 0 || (size_t)n >= sizeof(r->base))
		return err_kind(e, ERR_USAGE, "%s: path too long", b->path);
	if (mkdir(r->base, 0700) < 0)
		return err_sys(e, "make %s", r->base);
	to = open(r->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to < 0)
		return err_sys(e, "%s", r->base);
	return oci_base_unpack(layout, r->from->tag, to, e);
}

/* The upper directory, with owner and mode for the root directory. */
static int make_upper(
	const struct rootfs *r, const struct bundle *b, struct err *e)
{
	AUTO_FD int upper = -1, images = -1;
	struct stat st;

	if (bundle_make_dir(b, "upper", &upper, e) < 0)
		return -1;
	if (stat(r->base, &st) < 0)
		return err_sys(e, "%s", r->base);
	images = openat(b->place.dir, MEMBER_IMAGES,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (images < 0)
		return err_sys(e, MEMBER_IMAGES);
	if (root_mode_find(images, &st.st_mode, e) < 0)
		return -1;
	if (fchown(upper, st.st_uid, st.st_gid) < 0 ||
		fchmod(upper, st.st_mode & 07777) < 0)
		return err_sys(e, "%s/upper", b->path);
	return 0;
}

static int mount_overlay(
	struct rootfs *r, const struct bundle *b, struct err *e)
{
	AUTO_BUF struct buf options = buf_growing(3 * PATH_MAX);
	char at[BUNDLE_PATH_BYTES];

	if (make_upper(r, b, e) < 0 ||
		bundle_make_dir(b, "work", NULL, e) < 0 ||
		bundle_make_dir(b, "rootfs", NULL, e) < 0)
		return -1;
	buf_fmt(&options, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work",
		r->base, b->path, b->path);
	if (whole_check(&options, "options of the overlay", e) < 0)
		return -1;
	bundle_path(b, "rootfs", at);
	if (mount("overlay", at, "overlay", 0, buf_cstr(&options)) < 0)
		return err_sys(e, "mount overlay at %s", at);
	r->is_mounted = true;
	r->dir = open(at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return r->dir < 0 ? err_sys(e, "%s", at) : 0;
}

int rootfs_mount(struct rootfs *r, const struct bundle *b, struct err *e)
{
	return unpack_base(r, b, e) < 0 ? -1 : mount_overlay(r, b, e);
}

void rootfs_close(struct rootfs *r)
{
	fd_close(&r->dir);
}

void rootfs_unmount(struct rootfs *r, const struct bundle *b)
{
	char at[BUNDLE_PATH_BYTES];

	rootfs_close(r);
	bundle_path(b, "rootfs", at);
	if (r->is_mounted)
		umount2(at, MNT_DETACH);
	r->is_mounted = false;
}

/* The paths that are no UTF-8, with a NUL after each. */
static int delete_paths(
	const struct rootfs *r, const struct bundle *b, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(PATHS_MAX);
	struct str rest, path;

	if (bundle_read_bytes(b, MEMBER_DELETED_PATHS, &text, e) < 0)
		return -1;
	rest = buf_view(&text);
	while (rest.n && str_cut(&rest, '\0', &path))
		if (remove_beneath(r->dir, path, e) < 0)
			return -1;
	return 0;
}

int rootfs_apply_changes(struct rootfs *r, struct bundle *b, struct err *e)
{
	const struct node *deleted;

	if (bundle_unpack_member(b, MEMBER_CHANGES, r->dir, e) < 0)
		return -1;
	if (bundle_read_json(b, MEMBER_DELETED, &deleted, e) < 0)
		return -1;
	for (const struct node *n = node_first(deleted); n; n = n->next)
		if (remove_beneath(r->dir, node_text(n), e) < 0)
			return err_at(e, MEMBER_DELETED);
	if (delete_paths(r, b, e) < 0)
		return err_at(e, MEMBER_DELETED_PATHS);
	return 0;
}
