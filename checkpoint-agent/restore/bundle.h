/*
 * bundle - the directory that a container is restored from.
 *
 * An OCI bundle (OCI runtime-spec bundle.md) and the unpacked checkpoint, in
 * memory or in BUNDLE/archive (place.h); what can stay in the archive's file
 * is not unpacked (stay.h).  The archive is not trusted: it is unpacked below
 * one directory only.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_BUNDLE_H
#define CHECKPOINT_AGENT_RESTORE_BUNDLE_H

#include "checkpoint-agent/restore/place.h"
#include "checkpoint-agent/restore/stay.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

#include <limits.h>

#define BUNDLE_PATH_BYTES (PATH_MAX + 64) /* of a file in a bundle */

struct bundle {
	char path[PATH_MAX];       /* absolute */
	int dir;                   /* owned */
	struct place place;        /* of the unpacked archive */
	struct stay stay;          /* what was not unpacked */
	int file;                  /* owned: where that is; -1: all was */
	bool is_secret;            /* the archive is encrypted */
	uint64_t max_bytes;        /* that a tar in it may expand to; or 0 */
	struct arena arena;        /* holds spec and config */
	const struct node *spec;   /* spec.dump; unpack.h reads both */
	const struct node *config; /* config.dump, NULL if missing */
};

/*
 * Make the directory, if it is missing, and open it.  bundle_close() in any
 * case.  Errors: ERR_BUSY it has what another restore made.
 */
int bundle_make(struct bundle *b, const char *path, struct err *e);

#define BUNDLE_LOG "restore.log" /* CRIU's */

/* Remove what a failed restore made in it; CRIU's log stays. */
void bundle_clear(const struct bundle *b);

/*
 * Does CRIU free pages as it reads them?  Otherwise they stay where they are,
 * in the archive or on disk.
 */
bool bundle_frees_pages(const struct bundle *b);

/* Remove the unpacked archive, which a running container does not need. */
void bundle_drop_archive(struct bundle *b);

void bundle_close(struct bundle *b);

/* A JSON member of the archive; *tree is NULL when it is missing. */
int bundle_read_json(struct bundle *b, const char *member,
	const struct node **tree, struct err *e);

/* Append another member to text, or nothing when it is missing. 0 or -1. */
int bundle_read_bytes(const struct bundle *b, const char *member,
	struct buf *text, struct err *e);

/* Write such a member, which must be there, anew. */
int bundle_replace_bytes(const struct bundle *b, const char *member,
	struct str bytes, struct err *e);

/* Unpack a tar in the archive into the directory `to`, if it is there. */
int bundle_unpack_member(
	const struct bundle *b, const char *member, int to, struct err *e);

/* Make a directory in the bundle; *out, which may be NULL, is owned. */
int bundle_make_dir(
	const struct bundle *b, const char *name, int *out, struct err *e);

/* The absolute path of a file in the bundle. */
void bundle_path(
	const struct bundle *b, const char *name, char out[BUNDLE_PATH_BYTES]);

/* Write a file in the bundle, mode 0600. */
int bundle_write(const struct bundle *b, const char *name, struct str text,
	struct err *e);

/*
 * Write config.json, which has the container's environment.  Of an encrypted
 * archive only the runtime sees it.
 */
int bundle_write_config(struct bundle *b, struct str text, struct err *e);

#endif
