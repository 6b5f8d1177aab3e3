/*
 * guard - notices when somebody else changed our tables.
 *
 * Every commit to nf_tables, ours or not, adds one to the generation number,
 * and asking for that takes microseconds.  When it is not the number that our
 * own commits lead to, the guard looks at the tables: at chains, rules and
 * sets by a fingerprint, at elements by their number (kernels 6.15 and later
 * report it).
 *
 * The kernel's multicast of changes is not used: while anybody listens to it,
 * in any network namespace, every element of every transaction on the machine
 * becomes a message, and loading takes ten times as long.
 */
#ifndef KEELSON_PROXY_GUARD_H
#define KEELSON_PROXY_GUARD_H

#include "kube-proxy-mini/ruleset/sets.h"
#include "lib/base/err.h"

struct guard {
	const char *table;
	bool has_family[MODEL_FAMILIES];
	uint32_t generation;  /* as our own commits lead to it */
	uint64_t fingerprint; /* of chains, rules and sets */
	bool is_doubtful;     /* others committed: elements may have changed */
};

/* Take the present state as right: after a change of chains or sets. */
int guard_arm(struct guard *g, int fd, struct err *e);

/* We committed, and changed elements only. */
void guard_expect_commit(struct guard *g);

/*
 * 1: the tables are not as we left them; 0: they are, or nobody committed
 * anything; -1: error.
 * @counts  the elements that each set should have
 */
int guard_check(struct guard *g, int fd,
	uint32_t counts[MODEL_FAMILIES][RULESET_SETS], struct err *e);

/* FNV-1a of 64 bits; hash is that of the bytes before. */
#define GUARD_HASH_START UINT64_C(14695981039346656037)
uint64_t guard_hash(uint64_t hash, const void *bytes, size_t n);

#endif
