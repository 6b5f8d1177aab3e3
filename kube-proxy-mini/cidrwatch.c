/* cidrwatch: see cidrwatch.h. */
#include "kube-proxy-mini/cidrwatch.h"
#include "kube-proxy-mini/address.h"
#include "kube-proxy-mini/field.h"

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

/* ---------------------------------------------------------------- the feed */

static struct cidrwatch_object *find_object(
	struct cidrwatch *c, struct str name)
{
	for (size_t i = 0; i < c->n_objects; i++)
		if (str_is(name, c->objects[i].name))
			return &c->objects[i];
	return NULL;
}

static void remove_object(struct cidrwatch *c, struct cidrwatch_object *o)
{
	*o = c->objects[--c->n_objects];
}

static void begin_list(void *context)
{
	struct cidrwatch *c = context;

	for (size_t i = 0; i < c->n_objects; i++)
		c->objects[i].is_stale = true;
}

static int put_object(void *context, const struct node *object, struct err *e)
{
	struct cidrwatch *c = context;
	struct cidrwatch_object decoded, *known;

	if (cidrwatch_decode(object, &decoded, e) < 0)
		return -1;
	known = find_object(c, str_of(decoded.name));
	if (known == NULL && c->n_objects < CIDRWATCH_OBJECTS_MAX)
		known = &c->objects[c->n_objects++];
	if (known == NULL)
		return err_kind(e, ERR_LIMIT,
			"ServiceCIDR %s: more than %d of them", decoded.name,
			CIDRWATCH_OBJECTS_MAX);
	*known = decoded;
	return 0;
}

static void drop_object(void *context, struct str ns, struct str name)
{
	struct cidrwatch *c = context;
	struct cidrwatch_object *known = find_object(c, name);

	(void)ns;
	if (known != NULL)
		remove_object(c, known);
}

static void end_list(void *context)
{
	struct cidrwatch *c = context;
	size_t i = 0;

	while (i < c->n_objects)
		if (c->objects[i].is_stale)
			remove_object(c, &c->objects[i]);
		else
			i++;
}

static void note_change(void *context, bool is_list)
{
	const struct cidrwatch *c = context;

	(void)is_list;
	c->changed(c->context);
}

static const struct feed_kind service_cidrs = {
	.name = "servicecidrs",
	.path = "/apis/networking.k8s.io/v1/servicecidrs",
	.may_be_absent = true,
	.begin = begin_list,
	.put = put_object,
	.drop = drop_object,
	.changed = note_change,
	.end = end_list,
};

void cidrwatch_start(struct cidrwatch *c)
{
	c->feed.kind = &service_cidrs;
	c->feed.server = c->server;
	c->feed.context = c;
	feed_start(&c->feed);
}

void cidrwatch_stop(struct cidrwatch *c)
{
	feed_stop(&c->feed);
}
