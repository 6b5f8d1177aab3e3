/*
 * node_watch - a feed of one object, chosen by its name.  Its facts are
 * compared with those of before, so that the Node's frequent status updates,
 * which mostly change nothing here, change nothing.
 */
#include "kube-proxy-mini/watch/node_watch.h"

#include "lib/base/log.h"

#include <stdio.h>
#include <string.h>

static void begin_nodes(void *context)
{
	struct node_watch *n = context;

	n->is_seen = false;
}

static int put_node(void *context, const struct node *object,
	struct field_reader *r, struct err *e)
{
	struct node_watch *n = context;
	struct node_facts facts = node_facts_decode(object, r);

	(void)e;
	n->is_seen = true;
	if (node_facts_keep(&facts, &n->facts))
		log_event(LOG_WARN,
			"our Node has lost addresses; the last ones stay in "
			"force",
			"node", n->node_name, NULL);
	if (facts.has_ip[MODEL_V4] || facts.has_ip[MODEL_V6])
		loop_timer_clear(n->server->loop, &n->waiting);
	n->has_changed |= memcmp(&n->facts, &facts, sizeof(facts)) != 0;
	n->facts = facts;
	return 0;
}

/* As kube-proxy does, rules stay as they are when the Node goes. */
static void drop_node(void *context, struct str ns, struct str name)
{
	const struct node_watch *n = context;

	(void)ns;
	(void)name;
	log_event(LOG_WARN,
		"our Node is gone; what was known of it stays in force", "node",
		n->node_name, NULL);
}

static void end_nodes(void *context)
{
	struct node_watch *n = context;

	if (!n->is_seen)
		log_event(LOG_WARN, "there is no Node of our name", "node",
			n->node_name, NULL);
}

/* A list counts even without changes: the first rules may wait for it. */
static void note_change(void *context, bool is_list)
{
	struct node_watch *n = context;

	if (n->has_changed || is_list)
		n->changed(n->context);
	n->has_changed = false;
}

static void give_up(void *context)
{
	struct node_watch *n = context;

	n->is_denied = true;
	log_event(LOG_WARN,
		"our Node may not be read; rules do without its addresses, "
		"zone and pod networks",
		"node", n->node_name, NULL);
	n->changed(n->context);
}

static void end_waiting(void *context)
{
	struct node_watch *n = context;

	n->is_overdue = true;
	log_event(LOG_WARN,
		"our Node has no addresses; \"primary\" NodePorts are "
		"accepted on every address",
		"node", n->node_name, NULL);
	n->changed(n->context);
}

/* The first rules may wait for a failure, too. */
static void note_answer(void *context, unsigned int status)
{
	struct node_watch *n = context;
	bool is_refusal = status == 401 || status == 403;

	if (!is_refusal || node_watch_is_known(n))
		loop_timer_clear(n->server->loop, &n->patience);
	else if (!n->patience.is_set && !n->is_denied)
		loop_timer_set(
			n->server->loop, &n->patience, NODE_WATCH_PATIENCE_MS);
	if (!node_watch_is_known(n))
		n->changed(n->context);
}

static const struct feed_kind nodes = {
	.name = "nodes",
	.path = "/api/v1/nodes",
	.begin = begin_nodes,
	.put = put_node,
	.drop = drop_node,
	.changed = note_change,
	.end = end_nodes,
	.answered = note_answer,
};

void node_watch_start(struct node_watch *n)
{
	n->facts = node_facts_none();
	n->patience = (struct loop_timer){.expired = give_up, .context = n};
	n->waiting = (struct loop_timer){.expired = end_waiting, .context = n};
	loop_timer_set(n->server->loop, &n->waiting, NODE_WATCH_PATIENCE_MS);
	snprintf(n->selector, sizeof(n->selector), "metadata.name=%s",
		n->node_name);
	n->feed.kind = &nodes;
	n->feed.server = n->server;
	n->feed.field_selector = n->selector;
	n->feed.context = n;
	feed_start(&n->feed);
}

void node_watch_stop(struct node_watch *n)
{
	loop_timer_clear(n->server->loop, &n->patience);
	loop_timer_clear(n->server->loop, &n->waiting);
	feed_stop(&n->feed);
}

bool node_watch_is_known(const struct node_watch *n)
{
	return n->feed.watch.stream.is_synced;
}

bool node_watch_is_refused(const struct node_watch *n)
{
	return n->patience.is_set;
}

bool node_watch_is_denied(const struct node_watch *n)
{
	return n->is_denied;
}

bool node_watch_has_address(const struct node_watch *n)
{
	return n->facts.has_ip[MODEL_V4] || n->facts.has_ip[MODEL_V6];
}

bool node_watch_is_overdue(const struct node_watch *n)
{
	return n->is_overdue;
}

bool node_watch_is_settled(const struct node_watch *n)
{
	return n->feed.watch.stream.is_synced || n->feed.watch.failures > 0;
}
