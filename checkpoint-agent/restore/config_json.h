/*
 * config_json - the config.json for a restored container.
 *
 * Pure: the archive's spec.dump, an OCI runtime configuration, as far as
 * rule.h obeys it, with the members changed that depend on the node.
 * Source: OCI runtime-spec config.md, config-linux.md.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_CONFIG_JSON_H
#define CHECKPOINT_AGENT_RESTORE_CONFIG_JSON_H

#include "checkpoint-agent/restore/rule.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

struct config_json {
	const char *rootfs; /* root.path */
	struct rule_allowed allowed;
	const char *criu_config; /* configuration file for CRIU, or NULL */
};

/*
 * Append the new config.json; what a rule refuses is left out, so plan_check()
 * comes first.  Errors: ERR_INPUT the specification has no root; ERR_LIMIT.
 */
int config_json_put(struct buf *b, const struct node *spec,
	const struct config_json *r, struct err *e);

#endif
