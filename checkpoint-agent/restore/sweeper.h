/*
 * sweeper - a process that removes an unpacked archive from disk should this
 * one be killed.
 *
 * In memory it is gone by itself; on disk somebody has to do it.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_SWEEPER_H
#define CHECKPOINT_AGENT_RESTORE_SWEEPER_H

#include "lib/base/err.h"

/*
 * Start it.  It ends when this process does, however that is, and removes
 * `name`, a literal, in the directory first.
 * @dir  stays the caller's
 */
int sweeper_start(int dir, const char *name, struct err *e);

#endif
