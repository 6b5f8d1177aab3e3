/*
 * stay - which members of an archive are read where they are.
 *
 * Where an archive is an uncompressed file, the pages of memory and the tars
 * of changed files and of /dev/shm lie in it in one piece each.  They are most
 * of it, so they are not unpacked.
 *
 * Pure.  The line that tells CRIU where pages are: "OFFSET NAME", see
 * static-build/patches/criu/pages-at.patch.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_STAY_H
#define CHECKPOINT_AGENT_RESTORE_STAY_H

#include "checkpoint-agent/tar/tarfile_unpack.h"
#include "lib/base/str.h"

/* `criu check --feature` tells whether it knows such lines. */
#define STAY_FEATURE "pages_at"

/* A tar that stays. */
struct stay_part {
	uint64_t at, size; /* in the archive's file; size 0: it does not stay */
};

struct stay {
	uint64_t base;            /* where the archive begins in its file */
	struct stay_part changes; /* MEMBER_CHANGES */
	struct stay_part shm;     /* MEMBER_SHM */
	bool has_pages;           /* pages of MEMBER_IMAGES stay */
	bool has_predump;         /* pages of MEMBER_PREDUMP stay */
};

/* Is this an image of pages, as in "checkpoint/pages-1.img"? */
bool stay_is_pages(struct str path);

/*
 * Let this file stay: note it in *s, and for pages write the name of the file
 * that takes its place, and the line in it.
 */
void stay_take_pages(struct stay *s, const struct tarfile_piece *p,
	struct buf *name, struct buf *line);

/* The same for a tar.  False: it is none of those that may stay. */
bool stay_take_tar(struct stay *s, const struct tarfile_piece *p);

/* The part that holds this member; NULL: it was unpacked, or is not there. */
const struct stay_part *stay_find(const struct stay *s, const char *member);

#endif
