/*
 * facts - what is known of an archive as a sorted list, so that two of them
 * can be compared.
 *
 * A fact has a kind, a key that is there once in its kind, and a value.
 */
#ifndef CHECKPOINT_AGENT_FACTS_H
#define CHECKPOINT_AGENT_FACTS_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

enum fact_kind {
	FACT_CONTAINER,
	FACT_ENVIRONMENT,
	FACT_MOUNT,
	FACT_PROCESS,
	FACT_FILE,
	FACT_ROOTFS,
	FACT_KINDS
};

struct fact {
	enum fact_kind kind;
	struct str key;
	struct str value;
};

struct facts {
	struct arena arena;
	struct fact *list; /* owned */
	size_t n, cap;
};

struct facts facts_make(void);
void facts_free(struct facts *f);

/* Add one, copied.  ERR_LIMIT: too many. */
int facts_add(struct facts *f, enum fact_kind kind, struct str key,
	struct str value, struct err *e);

/*
 * Tell each fact that is not the same in both, and its values: one of them is
 * NULL when it is there once only.  Sorts both lists.
 */
void facts_compare(struct facts *before, struct facts *after,
	void (*tell)(void *self, const struct fact *fact,
		const struct str *before, const struct str *after),
	void *self);

#endif
