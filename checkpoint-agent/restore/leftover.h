/*
 * leftover - what a runtime leaves of a container that it could not restore.
 *
 * crun keeps the name, and its cgroups of version 1; the next restore would
 * fail for both.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_LEFTOVER_H
#define CHECKPOINT_AGENT_RESTORE_LEFTOVER_H

#include <stddef.h>

#define LEFTOVER_HIERARCHIES 32
#define LEFTOVER_NAME_BYTES  64

struct leftover {
	const char *program; /* "runc", "crun" or a path */
	const char *name;    /* of the container */
	const char *bundle;  /* its directory */
	/* hierarchies of cgroups that do not know the name yet */
	size_t n;
	char hierarchy[LEFTOVER_HIERARCHIES][LEFTOVER_NAME_BYTES];
};

/* Before the restore: note which cgroups of that name are not there. */
void leftover_expect(struct leftover *l);

/*
 * After it has failed: delete the container and remove its cgroups, unless the
 * name is that of a container of another bundle, which came between.
 */
void leftover_remove(const struct leftover *l);

#endif
