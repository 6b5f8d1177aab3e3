/*
 * inspect - what a container's archive holds, in JSON.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_H
#define CHECKPOINT_AGENT_INSPECT_H

#include "checkpoint-agent/content.h"
#include "lib/base/buf.h"
#include "lib/base/json.h"

/* What was read, as members of a map that is open. */
void inspect_put(struct json_out *o, const struct content *c);

/* Parts of it, for `show`. */
void inspect_put_container(struct json_out *o, const struct content *c);
void inspect_put_statistics(struct json_out *o, const struct content *c);

#endif
