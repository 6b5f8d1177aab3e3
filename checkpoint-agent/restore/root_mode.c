/*
 * root_mode - read the root directory's mode from three CRIU images.
 *
 * pstree.img names the first process, fs-PID.img the id of its root
 * directory, and the entry with that id in files.img has the mode.
 */
#include "checkpoint-agent/restore/root_mode.h"

#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/criu/img_file.h"
#include "checkpoint-agent/criu/img_task.h"
#include "lib/base/regular.h"

#include <stdio.h>
#include <unistd.h>

#define IMAGE_BYTES_MAX (64u << 20)

/* A CRIU image in memory. */
struct criu_image {
	struct buf bytes;
	struct str rest; /* messages not yet taken */
};

static struct criu_image criu_image(void)
{
	return (struct criu_image){.bytes = buf_growing(IMAGE_BYTES_MAX)};
}

/* Load the messages of an image; none if the file is missing. */
static int load_image(struct criu_image *m, int images, const char *name,
	enum img_kind kind, struct err *e)
{
	struct err why = {0};

	if (regular_read_at(images, name, &m->bytes, &why) < 0)
		return why.kind == ERR_ABSENT
			       ? 0
			       : err_kind(e, why.kind, "%s", why.text);
	m->rest = buf_view(&m->bytes);
	return img_open(&m->rest, kind, e) < 0 ? err_at(e, "%s", name) : 0;
}

/* 1: *pid is the first process; 0: there is none; -1. */
static int find_process(int images, uint32_t *pid, struct err *e)
{
	struct criu_image m = criu_image();
	struct str message = {NULL, 0};
	int found = load_image(&m, images, "pstree.img", IMG_PSTREE, e);

	if (found == 0)
		found = img_next(&m.rest, &message, e);
	if (found == 1)
		*pid = img_process(message).pid;
	buf_free(&m.bytes);
	return found;
}

/* 1: *file is the id of its root directory; 0: there is none; -1. */
static int find_root(int images, uint32_t pid, uint32_t *file, struct err *e)
{
	struct criu_image m = criu_image();
	struct str message = {NULL, 0};
	char name[32];
	int found;

	snprintf(name, sizeof(name), "fs-%u.img", pid);
	found = load_image(&m, images, name, IMG_FS, e);
	if (found == 0)
		found = img_next(&m.rest, &message, e);
	if (found == 1)
		*file = img_fs_root(message);
	buf_free(&m.bytes);
	return found;
}

static int find_mode(int images, uint32_t file, mode_t *mode, struct err *e)
{
	struct criu_image m = criu_image();
	struct str message = {NULL, 0};
	int more = load_image(&m, images, "files.img", IMG_FILES, e);

	if (more == 0)
		more = 1;
	while (more == 1 && (more = img_next(&m.rest, &message, e)) == 1) {
		uint32_t found = img_file_mode(message);

		if (img_file_id(message) == file && found)
			*mode = found & 07777;
	}
	buf_free(&m.bytes);
	return more;
}

int root_mode_find(int images, mode_t *mode, struct err *e)
{
	uint32_t pid = 0, file = 0;
	int found = find_process(images, &pid, e);

	if (found == 1)
		found = find_root(images, pid, &file, e);
	return found == 1 ? find_mode(images, file, mode, e) : found;
}
