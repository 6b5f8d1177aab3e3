/*
 * guard - notices when somebody else changed our tables.
 *
 * Every commit to nf_tables, ours or not, adds one to the generation number;
 * asking for it takes microseconds.  When it is not the number that our own
 * commits lead to, the tables are looked at: their chains, rules and sets by
 * a fingerprint, the elements by their count (kernels 6.15 and later tell it).
 *
 * The kernel's multicast of changes is not used: while anybody listens to it,
 * in any network namespace, every element of every transaction on the machine
 * becomes a message, and loads take ten times as long.
 */
#ifndef KEELSON_PROXY_GUARD_H
#define KEELSON_PROXY_GUARD_H

#include "kube-proxy-mini/ruleset.h"

struct guard {
	const char *table;
	bool has_family[MODEL_FAMILIES];
	uint32_t generation;  /* as it should be */
	uint64_t fingerprint; /* of chains, rules and sets */
	bool is_doubtful;     /* others committed, elements may have changed */
};

/* Take the present state as right; after a change of chains or sets. */
int guard_arm(struct guard *g, int fd, struct err *e);

/* Our own commit of elements only. */
void guard_expect_commit(struct guard *g);

/*
 * 1: the tables are not as we left them; 0: they are, or nobody committed
 * anything; -1: error.
 */
int guard_check(struct guard *g, int fd,
	uint32_t counts[MODEL_FAMILIES][RULESET_SETS], struct err *e);

#endif
