/*
 * inspect - what an archive holds, as one JSON document.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_H
#define CHECKPOINT_AGENT_INSPECT_H

#include "checkpoint-agent/content.h"
#include "lib/base/buf.h"
#include "lib/base/json.h"

/* Append the document for what was read. 0 or -1. */
int inspect_put(const struct content *c, struct buf *out, struct err *e);

/* Parts of it, for `show`. */
void inspect_put_container(struct json_out *o, const struct content *c);
void inspect_put_statistics(struct json_out *o, const struct content *c);

#endif
