/*
 * address_watch - notices addresses that interfaces gain and lose.
 */
#ifndef KEELSON_PROXY_ADDRESS_WATCH_H
#define KEELSON_PROXY_ADDRESS_WATCH_H

#include "lib/base/err.h"
#include "lib/net/loop.h"

struct address_watch {
	/* the owner's, set before address_watch_open() */
	struct loop *loop;
	void (*changed)(void *context); /* a moment after the last change */
	void *context;

	/* inside */
	struct loop_fd watch;
	struct loop_timer timer;
};

int address_watch_open(struct address_watch *w, struct err *e);
void address_watch_close(struct address_watch *w);

#endif
