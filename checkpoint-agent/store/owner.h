/*
 * owner - which container an archive is of, as "NAMESPACE/POD/CONTAINER".
 *
 * The extended attribute OWNER_ATTRIBUTE of the archive holds it; on a file
 * system without user attributes the file ARCHIVE.owner does.  Where there is
 * neither, as for archives of the kubelet, only the file name tells, in which
 * namespace and container are joined by '-'.
 */
#ifndef CHECKPOINT_AGENT_STORE_OWNER_H
#define CHECKPOINT_AGENT_STORE_OWNER_H

#include "checkpoint-agent/store/archive_name.h"
#include "lib/base/arena.h"
#include "lib/base/str.h"

#define OWNER_ATTRIBUTE "user.keelson.checkpoint"

enum owner_part { OWNER_NAMESPACE, OWNER_POD, OWNER_CONTAINER };

/*
 * Write it for an archive that is being made.  False: its file system has no
 * attributes.
 */
bool owner_write(int fd, const struct archive_name *names);

/* Write it beside the archive `file` in dir, as beside_write() does. */
int owner_write_beside(int dir, const char *file,
	const struct archive_name *names, int *lock, struct err *e);

/*
 * The text of the archive `file` in dir, open as fd, in the arena; empty when
 * there is none, or it says something else than the file name.
 */
struct str owner_read(int dir, const char *file, int fd, struct arena *a);

/* One of the three names in that text. */
struct str owner_name(struct str owner, enum owner_part part);

#endif
