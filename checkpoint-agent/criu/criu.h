/*
 * criu - run `criu swrk` as a child process and talk to it by RPC.
 *
 * The child inherits one socket; its environment is PATH and HOME only, and it
 * reads no configuration but that of the request.  Its messages arrive through
 * the loop as callbacks.
 *
 * To end a dump early, close CRIU's image pipes instead of killing CRIU: it
 * then finds its pipes broken, removes its parasite code from the processes
 * and lets them run.  Kill it only when it does not end by itself.
 */
#ifndef CHECKPOINT_AGENT_CRIU_CRIU_H
#define CHECKPOINT_AGENT_CRIU_CRIU_H

#include "checkpoint-agent/criu/criumsg.h"
#include "lib/base/err.h"
#include "lib/net/loop_child.h"

struct criu {
	struct loop *loop;
	struct loop_fd watch;
	struct loop_child child;
	int sock; /* owned; -1 when closed */
	bool is_running;
	/* set by the caller before criu_start() */
	void *context;
	/* CRIU waits at this point until criu_go_on() */
	void (*notified)(void *context, struct str script);
	/* the result of the request */
	void (*answered)(void *context, const struct criu_answer *a);
	/* the process has ended; status as from waitpid(2) */
	void (*ended)(void *context, int status);
	/* the socket is closed, or a message could not be parsed */
	void (*failed)(void *context, const struct err *e);
};

/*
 * Let every CRIU from now on keep until the next boot what it finds out about
 * the kernel, which takes 25 ms at each start otherwise: it makes the file
 * /run/criu/criu.kdat, but not the directory.  Where that cannot be made, it
 * asks each time.
 */
void criu_keep_answers(void);

/* Not started: every function but criu_start() may be called on it. */
void criu_init(struct criu *c);

/*
 * Start the child.
 * @program  a path, or a name to be found in our own PATH
 * @path     PATH of the child
 */
int criu_start(struct criu *c, struct loop *loop, const char *program,
	const char *path, struct err *e);

int criu_send_dump(struct criu *c, const struct criu_dump *d, struct err *e);

/* Answer a notification. @is_good  false: CRIU shall give up */
int criu_go_on(struct criu *c, bool is_good, struct err *e);

/* Close the socket: no callbacks but ended() follow. */
void criu_hang_up(struct criu *c);

/* SIGKILL, if it still runs. */
void criu_kill(struct criu *c);

#endif
