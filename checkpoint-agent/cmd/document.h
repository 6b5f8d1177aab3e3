/*
 * document - a description of an archive, printed as JSON or as text.
 *
 * A container's archive becomes one map; a pod's archive becomes {"pod":
 * {...}, "containers": [...]}.  The archive is read once, as a stream.
 */
#ifndef CHECKPOINT_AGENT_CMD_DOCUMENT_H
#define CHECKPOINT_AGENT_CMD_DOCUMENT_H

#include "checkpoint-agent/cmd/archive_options.h"
#include "checkpoint-agent/cmd/view.h"
#include "lib/base/json.h"

/* How a container's archive is described. */
struct document {
	/* read the archive and write members of the JSON map that is open */
	int (*put)(struct json_out *o, struct input *s, struct err *e);
	/* that map as text */
	void (*show)(struct buf *out, const struct node *container);
};

/* The container, its image and command, the time: the head of the text. */
void document_container(struct buf *out, const struct node *tree);

/* Describe the archive at path.  Returns the exit status. */
int document_print(const struct document *d, const struct archive_options *o,
	const char *path);

#endif
