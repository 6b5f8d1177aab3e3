/* cidrwatch: see cidrwatch.h. */
#include "kube-proxy-mini/cidrwatch.h"
#include "kube-proxy-mini/address.h"
#include "kube-proxy-mini/field.h"
#include "kube-proxy-mini/proxy.h"
#include "lib/base/log.h"

#include <string.h>

int cidrwatch_decode(
	const struct node *object, struct cidrwatch_object *out, struct err *e)
{
	struct str name =
		node_text(node_path(object, "metadata", "name", NULL));
	const struct node *list;
	size_t n;

	*out = (struct cidrwatch_object){0};
	if (name.n == 0 || str_copy(name, out->name, sizeof(out->name)) < 0)
		return field_refuse(e, "metadata.name", "is missing");
	if (field_list(node_get(object, "spec"), "cidrs", CIDRWATCH_NETS_MAX,
		    &list, &n, e) < 0)
		return err_at(e, "ServiceCIDR %s: spec", out->name);
	for (const struct node *c = node_first(list); c; c = c->next)
		if (address_parse_net(node_text(c), &out->nets[out->n_nets++]) <
			0)
			return err_kind(e, ERR_INPUT,
				"ServiceCIDR %s: spec.cidrs: expected prefixes",
				out->name);
	return 0;
}

static bool has_net(const struct env *env, const struct model_net *net)
{
	for (size_t i = 0; i < env->n_service_nets; i++)
		if (memcmp(&env->service_nets[i], net, sizeof(*net)) == 0)
			return true;
	return false;
}

void cidrwatch_apply(const struct cidrwatch *c, struct env *env)
{
	for (size_t i = 0; i < c->n_objects; i++) {
		const struct cidrwatch_object *o = &c->objects[i];

		for (size_t k = 0; k < o->n_nets; k++)
			if (env->n_service_nets < ENV_NETS_MAX &&
				!has_net(env, &o->nets[k]))
				env->service_nets[env->n_service_nets++] =
					o->nets[k];
	}
}

/* ---------------------------------------------------------------- the sink */

static struct cidrwatch_object *find_object(
	struct cidrwatch *c, const char *name)
{
	for (size_t i = 0; i < c->n_objects; i++)
		if (strcmp(c->objects[i].name, name) == 0)
			return &c->objects[i];
	return NULL;
}

static void remove_object(struct cidrwatch *c, struct cidrwatch_object *o)
{
	*o = c->objects[--c->n_objects];
}

static void on_list_begin(void *context)
{
	struct cidrwatch *c = context;

	for (size_t i = 0; i < c->n_objects; i++)
		c->objects[i].is_stale = true;
}

static void on_put(void *context, const struct node *object)
{
	struct cidrwatch *c = context;
	struct cidrwatch_object decoded, *known;
	struct err e = {0};

	if (cidrwatch_decode(object, &decoded, &e) < 0) {
		log_event(LOG_ERROR, "object left out", "why", e.text, NULL);
		return;
	}
	known = find_object(c, decoded.name);
	if (known == NULL && c->n_objects < CIDRWATCH_OBJECTS_MAX)
		known = &c->objects[c->n_objects++];
	if (known == NULL) {
		log_event(LOG_ERROR, "too many ServiceCIDRs", "left out",
			decoded.name, NULL);
		return;
	}
	*known = decoded;
	if (!c->watch.is_list_open)
		c->changed(c->context);
}

static void on_gone(void *context, const struct node *object)
{
	struct cidrwatch *c = context;
	struct cidrwatch_object decoded, *known;

	if (cidrwatch_decode(object, &decoded, NULL) < 0)
		return;
	known = find_object(c, decoded.name);
	if (known != NULL)
		remove_object(c, known);
	c->changed(c->context);
}

static void on_list_end(void *context)
{
	struct cidrwatch *c = context;
	size_t i = 0;

	while (i < c->n_objects)
		if (c->objects[i].is_stale)
			remove_object(c, &c->objects[i]);
		else
			i++;
	c->changed(c->context);
}

static void on_skipped(
	void *context, struct str ns, struct str name, uint64_t len_bytes)
{
	(void)context;
	(void)ns;
	(void)name;
	(void)len_bytes;
	log_event(LOG_ERROR, "a ServiceCIDR is too large to be read", NULL);
}

static const struct kubewatch_sink sink = {
	.list_begin = on_list_begin,
	.put = on_put,
	.gone = on_gone,
	.list_end = on_list_end,
	.skipped = on_skipped,
};

void cidrwatch_start(struct cidrwatch *c)
{
	c->watch.call.loop = c->loop;
	c->watch.call.config = c->kube;
	c->watch.call.user_agent = c->user_agent;
	c->watch.name = "servicecidrs";
	c->watch.query = (struct kubequery){
		.path = "/apis/networking.k8s.io/v1/servicecidrs"};
	c->watch.object_max = PROXY_OBJECT_BYTES_MAX;
	c->watch.may_be_absent = true;
	c->watch.sink = &sink;
	c->watch.context = c;
	kubewatch_start(&c->watch);
}

void cidrwatch_stop(struct cidrwatch *c)
{
	kubewatch_stop(&c->watch);
}
