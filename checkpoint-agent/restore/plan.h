/*
 * plan - what a restore would obey of an archive's configuration, item by
 * item, before anything happens.
 *
 * Pure.  plan_put() shows all of it, plan_check() refuses what no option
 * allows; both ask rule.h, and config_json.h writes what remains.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_PLAN_H
#define CHECKPOINT_AGENT_RESTORE_PLAN_H

#include "checkpoint-agent/inspect/images.h"
#include "checkpoint-agent/restore/rule.h"
#include "lib/base/json.h"

/*
 * Put the members "items" and "possible" of the JSON map that is open: {what,
 * name, archived, fate, now, why} for each item.
 */
void plan_put(struct json_out *o, const struct images *c,
	const struct rule_allowed *a);

/*
 * ERR_DENIED: names what the options do not allow.  ERR_USAGE: an option that
 * fits nothing in the archive.  ERR_INPUT: the specification has no root.
 */
int plan_check(
	const struct node *spec, const struct rule_allowed *a, struct err *e);

#endif
