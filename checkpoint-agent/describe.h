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

/* To standard output. 0 or -1; after -1 nothing was printed. */
int describe_archive(const struct describe *d, const struct unwrap_place *p,
		bool as_json, struct err *e);

#endif
