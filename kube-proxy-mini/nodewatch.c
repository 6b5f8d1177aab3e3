/* nodewatch: see nodewatch.h. */
#include "kube-proxy-mini/nodewatch.h"
#include "kube-proxy-mini/proxy.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <string.h>

static void take_facts(struct nodewatch *n, const struct nodefacts *facts)
{
	if (memcmp(&n->facts, facts, sizeof(*facts)) == 0)
		return;
	n->facts = *facts;
	n->changed(n->context);
}

static void on_list_begin(void *context)
{
	struct nodewatch *n = context;

	n->is_seen = false;
}

static void on_put(void *context, const struct node *object)
{
	struct nodewatch *n = context;
	struct nodefacts facts;
	struct err e = {0};

	n->is_seen = true;
	if (nodefacts_decode(object, &facts, &e) < 0)
		log_event(LOG_ERROR, "our Node is not understood", "why",
			e.text, NULL);
	else
		take_facts(n, &facts);
}

/* As kube-proxy does, rules stay as they are when the Node goes. */
static void on_gone(void *context, const struct node *object)
{
	const struct nodewatch *n = context;

	(void)object;
	log_event(LOG_WARN, "our Node was deleted", "node", n->node_name, NULL);
}

static void on_list_end(void *context)
{
	struct nodewatch *n = context;

	if (!n->is_seen)
		log_event(LOG_WARN, "there is no Node of our name", "node",
			n->node_name, NULL);
	n->changed(n->context);
}

static void on_skipped(
	void *context, struct str ns, struct str name, uint64_t len_bytes)
{
	(void)context;
	(void)ns;
	(void)name;
	(void)len_bytes;
	log_event(LOG_ERROR, "our Node is too large to be read", NULL);
}

static const struct kubewatch_sink sink = {
	.list_begin = on_list_begin,
	.put = on_put,
	.gone = on_gone,
	.list_end = on_list_end,
	.skipped = on_skipped,
};

void nodewatch_start(struct nodewatch *n)
{
	n->facts = nodefacts_none();
	snprintf(n->selector, sizeof(n->selector), "metadata.name=%s",
		n->node_name);
	n->watch.call.loop = n->loop;
	n->watch.call.config = n->kube;
	n->watch.call.user_agent = n->user_agent;
	n->watch.name = "nodes";
	n->watch.query = (struct kubequery){
		.path = "/api/v1/nodes", .field_selector = n->selector};
	n->watch.object_max = PROXY_OBJECT_BYTES_MAX;
	n->watch.sink = &sink;
	n->watch.context = n;
	kubewatch_start(&n->watch);
}

void nodewatch_stop(struct nodewatch *n)
{
	kubewatch_stop(&n->watch);
}

bool nodewatch_is_settled(const struct nodewatch *n)
{
	return n->watch.is_synced || n->watch.stats.failures > 0;
}
