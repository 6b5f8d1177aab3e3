/*
 * tcp_repair - take TCP connections out of the kernel's repair mode.
 *
 * CRIU puts the connections of a process into repair mode (TCP_REPAIR, tcp(7))
 * while it reads them: nothing is sent or acknowledged.  If CRIU is killed
 * meanwhile they stay in it, and to the program its peer seems silent.
 */
#ifndef CHECKPOINT_AGENT_DUMP_TCP_REPAIR_H
#define CHECKPOINT_AGENT_DUMP_TCP_REPAIR_H

#include "lib/base/err.h"

#include <stddef.h>
#include <sys/types.h>

/*
 * Repair all connections of the processes in a control group directory.  A
 * process or group that no longer exists is no error.
 * @mended  how many were in repair mode
 */
int tcp_repair_cgroup(const char *dir, size_t *mended, struct err *e);

/* The same for one process; *mended is counted up. */
int tcp_repair_process(pid_t pid, size_t *mended, struct err *e);

#endif
