/*
 * netns - a network namespace of its own for a container that comes back.
 *
 * A container that was in a namespace somebody else had made (every pod's)
 * can be restored into such a one only.
 */
#ifndef CHECKPOINT_AGENT_NETNS_H
#define CHECKPOINT_AGENT_NETNS_H

#include "lib/base/err.h"

/* A new one with its lo up, mounted at path, which is made. 0 or -1. */
int netns_make(const char *path, struct err *e);

/* Give the mount up: the namespace stays for those that are in it. */
void netns_forget(const char *path);

#endif
