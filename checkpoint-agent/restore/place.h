/*
 * place - where an archive is unpacked to while its container is restored.
 *
 * In memory wherever there is room: in a tmpfs that is not attached to the
 * node's mount tree.  The runtime sees it in a mount namespace of its own, so
 * it is gone with the last of the two processes, however they end.  On disk it
 * is BUNDLE/archive.  CRIU frees pages in memory as it reads them; pages that
 * lie in an uncompressed archive it reads there.
 * Source: mount_setattr(2), open_tree(2), move_mount(2), tmpfs(5).
 */
#ifndef CHECKPOINT_AGENT_RESTORE_PLACE_H
#define CHECKPOINT_AGENT_RESTORE_PLACE_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define PLACE_NAME "archive" /* of the directory in the bundle */
#define PLACE_LENT                                                             \
	"archive"     /* of the archive's own file beside CRIU's images */
#define PLACE_LENDS 2 /* directories that it may be lent to */

struct place {
	int dir; /* owned: the directory; -1: none yet */
	bool is_memory;
	uint64_t room; /* in memory, in bytes */
	struct {
		const char *dir; /* below the place; NULL: not lent */
		int mount;       /* owned: the file, read-only */
	} lent[PLACE_LENDS];
	const char *hidden; /* a literal; NULL: no file of the bundle is */
};

/* Nothing yet; place_close() is then allowed. */
#define PLACE_NONE                                                             \
	(struct place)                                                         \
	{                                                                      \
		.dir = -1                                                      \
	}

/*
 * Make one in memory.  ERR_LIMIT: no memory is left; ERR_FAILED the kernel
 * (before Linux 5.2) or its rights do not allow it.
 */
int place_in_memory(struct place *p, struct err *e);

/* Make one in the bundle, whose directory `bundle` stays the caller's. */
int place_on_disk(struct place *p, int bundle, struct err *e);

/* What decides whether an archive may be unpacked to disk. */
struct place_facts {
	uint64_t room;     /* in memory, in bytes; 0: none */
	bool is_secret;    /* the archive is encrypted */
	bool may_be_plain; /* an option allows plain text on disk */
	bool is_spent;     /* it was read from what cannot be read again */
};

/*
 * Pure: may it, when memory has no room for it?  0, or -1: ERR_LIMIT with what
 * can be done about it.
 */
int place_check_disk(const struct place_facts *f, struct err *e);

/*
 * Have the file `archive` appear, read-only, as PLACE_LENT in the directory
 * `dir`, a literal, for who enters the place.  Its bytes are not copied.
 * Errors: ERR_FAILED the kernel (before Linux 5.12) does not allow it;
 * ERR_INPUT the directory already has such a file, or is none.
 */
int place_lend(struct place *p, int archive, const char *dir, struct err *e);

/*
 * Write a file of the bundle into the place instead: only who enters it finds
 * the text under this name in the bundle, which itself gets an empty file.
 * One file, in memory.  ERR_INPUT: the archive has brought one of that name.
 */
int place_hide(struct place *p, int bundle, const char *name, struct str text,
	struct err *e);

/*
 * Leave the mount namespace of this process for a new one where BUNDLE/archive
 * is the place, and go into the bundle.  Nothing to do for one on disk.
 */
int place_enter(const struct place *p, const char *bundle, struct err *e);

void place_close(struct place *p);

#endif
