/*
 * describe - a document about an archive, printed: one container's, or for a
 * pod's archive one of each of its containers.
 *
 * In JSON a container is a map; a pod is {"pod": {...}, "containers": [...]}.
 * The archive streams by once.
 */
#ifndef CHECKPOINT_AGENT_DESCRIBE_H
#define CHECKPOINT_AGENT_DESCRIBE_H

#include "checkpoint-agent/unwrap.h"
#include "checkpoint-agent/view.h"
#include "lib/base/json.h"

struct describe {
	/* Read an archive and tell it, as members of a map that is open. */
	int (*put)(struct json_out *o, struct source *s, struct err *e);
	/* That map for people. */
	void (*show)(struct buf *out, const struct node *container);
};

/* Of which container and image, dumped when: what both commands begin with. */
void describe_container(struct buf *out, const struct node *tree);

/* What people ask for, and its options. */
struct describe_order {
	bool as_json;
	const char *container;
	struct args_list identities;
};
#define DESCRIBE_ORDER_NONE                                                    \
	{                                                                      \
		false, "",                                                     \
		{                                                              \
			.n = 0                                                 \
		}                                                              \
	}
#define DESCRIBE_OPTIONS(o)                                                    \
	{"json", 0, ARGS_SWITCH, &(o).as_json, NULL, "tell it in JSON", 0, 0,  \
		NULL},                                                         \
		UNWRAP_OPTIONS((o).container, (o).identities)

/* The whole command: its exit status. */
int describe_run(const struct describe *d, const struct describe_order *o,
	const char *path);

#endif
