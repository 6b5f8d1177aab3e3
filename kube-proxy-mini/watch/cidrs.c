/*
 * cidrs - keeps the decoded objects in a small array.  A list marks all of
 * them stale; each that is put again is fresh, and the end of the list
 * removes the rest.
 */
#include "kube-proxy-mini/watch/cidrs.h"

#include <assert.h>
#include <string.h>

static_assert(CIDRS_OBJECTS_MAX * CIDRS_NETS_MAX <= ENV_SERVICE_NETS,
	"all that is known has room");

int cidrs_decode(const struct node *object, struct field_reader *r,
	struct cidrs_object *out, struct err *e)
{
	struct str name =
		node_text(node_path(object, "metadata", "name", NULL));
	struct field_items list;
	const struct node *c;

	*out = (struct cidrs_object){0};
	if (name.n == 0 || str_copy(name, out->name, sizeof(out->name)) < 0)
		return err_kind(e, ERR_INPUT,
			"ServiceCIDR: metadata.name is missing or too long");
	field_enter(r, "spec");
	list = field_list(r, node_get(object, "spec"), "cidrs", CIDRS_NETS_MAX);
	c = list.first;
	for (size_t at = 0; at < list.n; at++, c = c->next)
		if (field_net(r, node_text(c), "cidrs", at,
			    &out->nets[out->n_nets]))
			out->n_nets++;
	return 0;
}

static bool has_net(const struct env *env, const struct model_net *net)
{
	for (size_t i = 0; i < env->n_service_nets; i++)
		if (memcmp(&env->service_nets[i], net, sizeof(*net)) == 0)
			return true;
	return false;
}

void cidrs_apply(const struct cidrs *c, struct env *env)
{
	for (size_t i = 0; i < c->n_objects; i++) {
		const struct cidrs_object *o = &c->objects[i];

		for (size_t k = 0; k < o->n_nets; k++)
			if (!has_net(env, &o->nets[k]))
				env->service_nets[env->n_service_nets++] =
					o->nets[k];
	}
}

/* ---------------------------------------------------------------- the feed */

static struct cidrs_object *find_object(struct cidrs *c, struct str name)
{
	for (size_t i = 0; i < c->n_objects; i++)
		if (str_is(name, c->objects[i].name))
			return &c->objects[i];
	return NULL;
}

static void remove_object(struct cidrs *c, struct cidrs_object *o)
{
	*o = c->objects[--c->n_objects];
}

static void mark_stale(void *context)
{
	struct cidrs *c = context;

	for (size_t i = 0; i < c->n_objects; i++)
		c->objects[i].is_stale = true;
}

static int put_object(void *context, const struct node *object,
	struct field_reader *r, struct err *e)
{
	struct cidrs *c = context;
	struct cidrs_object decoded, *known;

	if (cidrs_decode(object, r, &decoded, e) < 0)
		return -1;
	known = find_object(c, str_of(decoded.name));
	if (known == NULL && c->n_objects < CIDRS_OBJECTS_MAX)
		known = &c->objects[c->n_objects++];
	if (known == NULL)
		return err_kind(e, ERR_LIMIT,
			"ServiceCIDR %s: there are more than %d", decoded.name,
			CIDRS_OBJECTS_MAX);
	*known = decoded;
	return 0;
}

static void drop_object(void *context, struct str ns, struct str name)
{
	struct cidrs *c = context;
	struct cidrs_object *known = find_object(c, name);

	(void)ns;
	if (known != NULL)
		remove_object(c, known);
}

static void remove_stale(void *context)
{
	struct cidrs *c = context;
	size_t i = 0;

	while (i < c->n_objects)
		if (c->objects[i].is_stale)
			remove_object(c, &c->objects[i]);
		else
			i++;
}

static void note_change(void *context, bool is_list)
{
	const struct cidrs *c = context;

	(void)is_list;
	c->changed(c->context);
}

static const struct feed_kind service_cidrs = {
	.name = "servicecidrs",
	.path = "/apis/networking.k8s.io/v1/servicecidrs",
	.may_be_absent = true,
	.begin = mark_stale,
	.put = put_object,
	.drop = drop_object,
	.changed = note_change,
	.end = remove_stale,
};

void cidrs_start(struct cidrs *c)
{
	c->feed.kind = &service_cidrs;
	c->feed.server = c->server;
	c->feed.context = c;
	feed_start(&c->feed);
}

void cidrs_stop(struct cidrs *c)
{
	feed_stop(&c->feed);
}
