/*
 * stand_in - a second table that serves while ours is replaced.
 *
 * Deleting a map and adding a new one in a single transaction is atomic for
 * rules, but not for packets: a packet that began with the old rules may look
 * into the old map just after its elements were removed.  So tables are never
 * replaced under traffic.  The same rules are first written to a second
 * table; its chains were added last, so the kernel asks them first, and the
 * other table does not see what they have decided.  Then our table is
 * replaced, and the stand-in is removed when no packet can still be within
 * the old one.
 */
#ifndef KEELSON_PROXY_STAND_IN_H
#define KEELSON_PROXY_STAND_IN_H

#include "kube-proxy-mini/plan/settle.h"
#include "kube-proxy-mini/ruleset/table.h"

/*
 * Write all planned Services to the stand-in, which is made anew, with what
 * packets wrote to our table.
 * @t  the size and shape of our table; it is not changed
 */
int stand_in_put(int fd, const struct settle *s, const struct table *t,
	const struct env *env, struct err *e);

#endif
