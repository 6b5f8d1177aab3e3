/* nodewatch: see nodewatch.h. */
#include "kube-proxy-mini/nodewatch.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <string.h>

static void begin_list(void *context)
{
	struct nodewatch *n = context;

	n->is_seen = false;
}

static int put_node(void *context, const struct node *object, struct err *e)
{
	struct nodewatch *n = context;
	struct nodefacts facts;

	n->is_seen = true;
	if (nodefacts_decode(object, &facts, e) < 0)
		return err_at(e, "our Node");
	n->has_changed |= memcmp(&n->facts, &facts, sizeof(facts)) != 0;
	n->facts = facts;
	return 0;
}

/* As kube-proxy does, rules stay as they are when the Node goes. */
static void drop_node(void *context, struct str ns, struct str name)
{
	const struct nodewatch *n = context;

	(void)ns;
	(void)name;
	log_event(LOG_WARN,
		"our Node is gone, what it last said stays in force", "node",
		n->node_name, NULL);
}

static void end_list(void *context)
{
	struct nodewatch *n = context;

	if (!n->is_seen)
		log_event(LOG_WARN, "there is no Node of our name", "node",
			n->node_name, NULL);
}

/* A list may be what somebody waited for, whatever it says. */
static void note_change(void *context, bool is_list)
{
	struct nodewatch *n = context;

	if (n->has_changed || is_list)
		n->changed(n->context);
	n->has_changed = false;
}

static const struct feed_kind nodes = {
	.name = "nodes",
	.path = "/api/v1/nodes",
	.begin = begin_list,
	.put = put_node,
	.drop = drop_node,
	.changed = note_change,
	.end = end_list,
};

void nodewatch_start(struct nodewatch *n)
{
	n->facts = nodefacts_none();
	snprintf(n->selector, sizeof(n->selector), "metadata.name=%s",
		n->node_name);
	n->feed.kind = &nodes;
	n->feed.server = n->server;
	n->feed.field_selector = n->selector;
	n->feed.context = n;
	feed_start(&n->feed);
}

void nodewatch_stop(struct nodewatch *n)
{
	feed_stop(&n->feed);
}

bool nodewatch_is_settled(const struct nodewatch *n)
{
	return n->feed.watch.is_synced || n->feed.watch.stats.failures > 0;
}
