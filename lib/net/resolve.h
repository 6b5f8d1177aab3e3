/*
 * resolve - resolve one host name without blocking.
 *
 * The C library's resolver blocks while it waits for name servers, so a child
 * process does the look-ups.  It is forked before privileges are dropped,
 * confines itself, and knows only that one name.  Requests made at the same
 * time share a look-up.  Nothing is cached: each look-up asks DNS again.
 */
#ifndef KEELSON_NET_RESOLVE_H
#define KEELSON_NET_RESOLVE_H

#include "lib/net/loop.h"

#include <sys/types.h>

#define RESOLVE_ADDRESSES_MAX 16 /* more are left out */
#define RESOLVE_REASON_BYTES  128

struct resolve_address {
	unsigned char bytes[16]; /* in network order */
	uint32_t n;              /* 4 or 16 */
};

/* What a look-up found. */
struct resolve_answer {
	uint32_t n; /* 0: nothing, reason says why */
	struct resolve_address address[RESOLVE_ADDRESSES_MAX];
	char reason[RESOLVE_REASON_BYTES];
};

/* A pending request, embedded in the caller's struct. */
struct resolve_asker {
	void (*answered)(void *context, const struct resolve_answer *a);
	void *context;
	bool is_waiting;
	bool is_due; /* the answer is for this one, too */
	struct resolve_asker *next;
};

struct resolve {
	/* the child is gone and no look-up will work again; may be NULL */
	void (*lost)(void *context);
	void *context;

	/* inside */
	struct loop *loop;
	struct loop_fd watch;
	pid_t pid; /* 0: not open */
	struct resolve_asker *askers;
	bool is_asking;
};

/* Look up now, blocking. */
void resolve_now(const char *host, struct resolve_answer *out);

/* Fork the child for this name; there must be no other thread. 0 or -1. */
int resolve_open(struct resolve *r, const char *host, struct err *e);

/* Deliver answers from this loop from now on. 0 or -1. */
int resolve_start(struct resolve *r, struct loop *loop, struct err *e);

/* End the child; pending requests are dropped. */
void resolve_close(struct resolve *r);

/* a->answered is called once, from the loop, unless forgotten before. */
void resolve_ask(struct resolve *r, struct resolve_asker *a);
void resolve_forget(struct resolve *r, struct resolve_asker *a);

#endif
