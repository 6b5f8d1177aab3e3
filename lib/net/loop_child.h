/*
 * loop_child - a child process, watched by the loop through its pidfd.
 */
#ifndef KEELSON_NET_LOOP_CHILD_H
#define KEELSON_NET_LOOP_CHILD_H

#include "lib/net/loop.h"

#include <sys/types.h>

struct loop_child {
	struct loop_fd watch; /* of the pidfd; watch.fd is -1 without one */
	pid_t pid;
	struct loop *loop;
	/* called once the child has been reaped; status as for waitpid(2) */
	void (*exited)(void *context, int status);
	void *context;
};

/* Watch a child of this process; exited and context must be set. 0 or -1. */
int loop_child_add(
	struct loop *l, struct loop_child *c, pid_t pid, struct err *e);

/* Stop watching; the child is not reaped then.  May be called again. */
void loop_child_remove(struct loop *l, struct loop_child *c);

#endif
