/*
 * rootmode - the mode that a container's root directory had.
 *
 * CRIU compares it when it restores.  The root of an image has one of its
 * own in every engine (podman's is 0555, whatever the layers say).
 */
#ifndef CHECKPOINT_AGENT_ROOTMODE_H
#define CHECKPOINT_AGENT_ROOTMODE_H

#include "lib/base/err.h"

#include <sys/types.h>

/*
 * Out of CRIU's images in this directory.  *mode stays as it is when they do
 * not say.  0 or -1 (an image that is none).
 */
int rootmode_find(int images, mode_t *mode, struct err *e);

#endif
