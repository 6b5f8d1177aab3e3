/*
 * rebuild - the second build of a project, in a tree of its own.
 */
#ifndef KEELSON_IMAGES_REPRODUCE_REBUILD_H
#define KEELSON_IMAGES_REPRODUCE_REBUILD_H

#include "images/project/project.h"
#include "images/reproduce/perturb.h"

#define REBUILD_PATH_BYTES 1024

struct rebuild {
	const struct project *project; /* in the working directory */
	const char *command;           /* for `sh -c` */
	const struct perturb *perturb;
	const char *place; /* a path below perturb->work */
};

/*
 * Copy the sources of the project to work/PLACE/NAME, and build there under the
 * plan; what the command prints goes to standard error.
 * @tree  where it was built
 * 0, or -1: the build failed.
 */
int rebuild(
	const struct rebuild *r, char tree[REBUILD_PATH_BYTES], struct err *e);

#endif
