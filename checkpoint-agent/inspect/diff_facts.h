/*
 * diff_facts - what is known about an archive as a list of facts, so that two
 * archives can be compared.
 *
 * A fact has a kind, a key that is unique within its kind, and a value.
 * Keys and values are copied and owned by the list.
 * Limits: 8 Mi facts, 1 GiB of text.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_DIFF_FACTS_H
#define CHECKPOINT_AGENT_INSPECT_DIFF_FACTS_H

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

struct diff_facts {
	struct arena arena;
	struct fact *list; /* owned */
	size_t n, room;
};

struct diff_facts diff_facts_make(void);
void diff_facts_free(struct diff_facts *f);

/* Append a copy.  Errors: ERR_LIMIT. */
int diff_facts_add(struct diff_facts *f, enum fact_kind kind, struct str key,
	struct str value, struct err *e);

/*
 * Call `report` for each fact that differs, with its values; before is NULL
 * for an added fact, after for a removed one.  Sorts both lists.
 */
void diff_facts_compare(struct diff_facts *before, struct diff_facts *after,
	void (*report)(void *self, const struct fact *fact,
		const struct str *before, const struct str *after),
	void *self);

#endif
