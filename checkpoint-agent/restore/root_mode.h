/*
 * root_mode - the mode of a container's root directory when it was dumped.
 *
 * CRIU requires the same mode when it restores, and the root of an image has
 * a different one in every engine (podman's is 0555, whatever the layers say).
 */
#ifndef CHECKPOINT_AGENT_RESTORE_ROOT_MODE_H
#define CHECKPOINT_AGENT_RESTORE_ROOT_MODE_H

#include "lib/base/err.h"

#include <sys/types.h>

/*
 * Find it in the CRIU images below the directory `images`.  *mode, permission
 * bits only, is left alone if they do not say.  0, or -1: ERR_INPUT a
 * malformed CRIU image.
 */
int root_mode_find(int images, mode_t *mode, struct err *e);

#endif
