/*
 * criu - one `criu swrk` as a child, driven over its RPC.
 *
 * The child gets a socket, an empty environment but for PATH, and nothing
 * else of ours.  What it says arrives through the loop as callbacks.
 *
 * To end it early close its image stream, not its life: CRIU then finds its
 * pipes broken, takes its parasite code out of the processes and lets them
 * run.  Only one that does not end by itself is killed.
 */
#ifndef CHECKPOINT_AGENT_CRIU_H
#define CHECKPOINT_AGENT_CRIU_H

#include "checkpoint-agent/criumsg.h"
#include "lib/base/err.h"
#include "lib/net/loop.h"

struct criu {
	struct loop *loop;
	struct loop_fd watch;
	struct loop_child child;
	int sock; /* owned; -1 when closed */
	bool is_running;
	/* filled in by the user before criu_start() */
	void *context;
	/* all stands still until criu_go_on() */
	void (*notified)(void *context, struct str script);
	/* the last word on the request */
	void (*answered)(void *context, const struct criu_answer *a);
	/* the process has ended; status as waitpid(2) gives it */
	void (*ended)(void *context, int status);
	/* the socket broke or spoke nonsense */
	void (*failed)(void *context, const struct err *e);
};

/* program: a path, or a name to be found in path (a PATH for the child). */
int criu_start(struct criu *c, struct loop *loop, const char *program,
	const char *path, struct err *e);

int criu_send_dump(struct criu *c, const struct criu_dump *d, struct err *e);
int criu_go_on(struct criu *c, bool is_good, struct err *e);

/* Stop listening to it. */
void criu_hang_up(struct criu *c);

/* SIGKILL. */
void criu_kill(struct criu *c);

#endif
