/*
 * inspect - write what a container's archive holds as JSON.
 *
 * Pure: struct images in, JSON text out.  Members that the archive does not
 * have are left out.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_INSPECT_H
#define CHECKPOINT_AGENT_INSPECT_INSPECT_H

#include "checkpoint-agent/inspect/images.h"
#include "lib/base/buf.h"
#include "lib/base/json.h"

/* Everything, as members of the JSON object that is open. */
void inspect_put(struct json_out *o, const struct images *c);

/* Parts of it, for `show`. */
void inspect_put_container(struct json_out *o, const struct images *c);
void inspect_put_statistics(struct json_out *o, const struct images *c);

#endif
