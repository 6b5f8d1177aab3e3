/*
 * netns - a new network namespace for a restored container.
 *
 * A container that was dumped in a network namespace made by somebody else,
 * as every pod's is, can only be restored into one that exists beforehand.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_NETNS_H
#define CHECKPOINT_AGENT_RESTORE_NETNS_H

#include "lib/base/err.h"

/* Make one with its loopback up, bind-mounted at path, a new file. 0 or -1. */
int netns_make(const char *path, struct err *e);

/* Remove the mount and the file; processes in the namespace keep it. */
void netns_release(const char *path);

#endif
