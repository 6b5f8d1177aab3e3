/*
 * rootmode - see rootmode.h.
 *
 * pstree.img has the first process, fs-PID.img the number of its root's
 * entry in files.img, and that the mode.
 */
#include "checkpoint-agent/rootmode.h"

#include "checkpoint-agent/image.h"
#include "lib/base/fd.h"

#include <stdio.h>
#include <unistd.h>

#define IMAGE_MAX (64u << 20)

/* An image behind its magic numbers; empty when it is not there. */
static int open_image(int images, const char *name, enum image_kind kind,
	struct buf *b, struct str *rest, struct err *e)
{
	*rest = (struct str){0};
	if (faccessat(images, name, F_OK, 0) < 0)
		return 0;
	if (file_read_at(images, name, b, e) < 0)
		return -1;
	*rest = buf_view(b);
	return image_open(rest, kind, e) < 0 ? err_at(e, "%s", name) : 0;
}

static int first_of(int images, const char *name, enum image_kind kind,
	struct buf *b, struct str *message, struct err *e)
{
	struct str rest;

	*message = (struct str){0};
	if (open_image(images, name, kind, b, &rest, e) < 0)
		return -1;
	return image_next(&rest, message, e);
}

static int find_root(int images, uint32_t *id, struct err *e)
{
	AUTO_BUF struct buf tree = buf_growing(IMAGE_MAX);
	AUTO_BUF struct buf fs = buf_growing(IMAGE_MAX);
	struct str message;
	char name[32];
	int found;

	found = first_of(
		images, "pstree.img", IMAGE_PSTREE, &tree, &message, e);
	if (found <= 0)
		return found;
	snprintf(name, sizeof(name), "fs-%u.img", image_process(message).pid);
	found = first_of(images, name, IMAGE_FS, &fs, &message, e);
	if (found == 1)
		*id = image_fs_root(message);
	return found;
}

int rootmode_find(int images, mode_t *mode, struct err *e)
{
	AUTO_BUF struct buf files = buf_growing(IMAGE_MAX);
	struct str rest, message;
	uint32_t id = 0, found;
	int more = find_root(images, &id, e);

	if (more <= 0)
		return more;
	if (open_image(images, "files.img", IMAGE_FILES, &files, &rest, e) < 0)
		return -1;
	while ((more = image_next(&rest, &message, e)) == 1) {
		if (image_file_id(message) != id)
			continue;
		found = image_file_mode(message);
		if (found)
			*mode = found & 07777;
	}
	return more;
}
