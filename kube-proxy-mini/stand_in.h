/*
 * stand_in - a second table that serves while ours is replaced.
 *
 * Deleting a map and adding its like in one transaction is atomic for rules,
 * not for packets: one that began with the old rules may look into the old
 * map just after its elements went.  So a table that stands is never replaced
 * under traffic.  The same rules are first written as another table; its
 * chains were added last, so the kernel asks them first, and what they decide
 * the others do not see.  Then ours is replaced behind its back, and when no
 * packet can still be on its way through it the stand-in is removed.
 */
#ifndef KEELSON_PROXY_STAND_IN_H
#define KEELSON_PROXY_STAND_IN_H

#include "kube-proxy-mini/settle.h"
#include "kube-proxy-mini/table.h"

#define STAND_IN_TABLE "kube-proxy-mini-stand-in"

/*
 * Write all planned Services to the stand-in, which is made anew, with what
 * packets wrote to the table `from`.
 */
int stand_in_put(int fd, const struct settle *s, const struct table *t,
	const struct env *env, const char *from, struct err *e);

#endif
