/*
 * archive - the tar of one checkpoint, written in one pass.
 *
 * Members are regular files of mode 0600, owned by root, all of one time, in
 * the order given.  CRIU opens images also as root of the container's user
 * namespace, so where it has one they are readable to that root's group.  A
 * member is added whole, or opened, fed and closed when its length is not
 * known before; only one is open at a time.
 */
#ifndef CHECKPOINT_AGENT_ARCHIVE_H
#define CHECKPOINT_AGENT_ARCHIVE_H

#include "checkpoint-agent/flow.h"
#include "checkpoint-agent/manifest.h"
#include "lib/arc/tar.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Longest name of a member: what fits a header without pax. */
#define ARCHIVE_NAME_BYTES 100

struct archive {
	struct flow *to;
	int64_t time_s;
	uint32_t image_gid; /* may read the images; 0: root alone */
	uint64_t size;      /* of the open member so far */
	bool is_open;
	bool is_unseen;      /* some of it went from a pipe into the file */
	uint64_t content_at; /* in the file, when `file` is set */
	struct manifest *manifest;         /* NULL: none is made; not owned */
	const struct flow_file *file;      /* set when `to` is the bare file */
	char name[ARCHIVE_NAME_BYTES + 1]; /* of the open member */
};

void archive_start(struct archive *a, struct flow *to, int64_t time_s);

/* Before the first member: note all of them.  file: when `to` is it. */
void archive_note_in(
	struct archive *a, struct manifest *m, const struct flow_file *file);

int archive_dir(struct archive *a, const char *name, struct err *e);
int archive_add(
	struct archive *a, const char *name, struct str content, struct err *e);

int archive_open(struct archive *a, const char *name, struct err *e);
int archive_put(struct archive *a, const void *bytes, size_t n, struct err *e);
/* Move what the pipe holds into the open member; *got 0 at its end. */
int archive_take(struct archive *a, int pipe, size_t *got, struct err *e);
int archive_close(struct archive *a, struct err *e);

/* The end of the archive: the manifest, if one is made, and zero blocks. */
int archive_end(struct archive *a, struct err *e);

#endif
