/*
 * unrepair - take TCP connections out of the kernel's repair mode.
 *
 * CRIU puts the connections of a process into repair mode while it reads
 * them: nothing is sent or acknowledged.  When CRIU is killed just then, they
 * stay in it, and the program only sees a peer that has fallen silent.
 */
#ifndef CHECKPOINT_AGENT_UNREPAIR_H
#define CHECKPOINT_AGENT_UNREPAIR_H

#include "lib/base/err.h"

#include <stddef.h>
#include <sys/types.h>

/*
 * Those of all processes of this control group directory; *mended: how many
 * there were.  A process or group that is gone is no failure. 0 or -1.
 */
int unrepair_cgroup(const char *dir, size_t *mended, struct err *e);

/* Those of one process. */
int unrepair_process(pid_t pid, size_t *mended, struct err *e);

#endif
