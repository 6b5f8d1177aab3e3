/* nodefacts: see nodefacts.h. */
#include "kube-proxy-mini/nodefacts.h"
#include "kube-proxy-mini/address.h"
#include "kube-proxy-mini/field.h"

#include <string.h>

#define LABEL_ZONE    "topology.kubernetes.io/zone"
#define TAINT_LEAVING "ToBeDeletedByClusterAutoscaler"
#define ENTRIES_MAX   1024

struct nodefacts nodefacts_none(void)
{
	return (struct nodefacts){.is_eligible = true};
}

static int decode_taints(
	const struct node *object, struct nodefacts *out, struct err *e)
{
	const struct node *list;
	size_t n;

	out->is_eligible = node_is_null(
		node_path(object, "metadata", "deletionTimestamp", NULL));
	if (field_list(node_get(object, "spec"), "taints", ENTRIES_MAX, &list,
		    &n, e) < 0)
		return err_at(e, "spec");
	for (const struct node *c = node_first(list); c; c = c->next)
		if (str_is(node_text(node_get(c, "key")), TAINT_LEAVING))
			out->is_eligible = false;
	return 0;
}

static int decode_pod_nets(
	const struct node *object, struct nodefacts *out, struct err *e)
{
	const struct node *list;
	size_t n;

	if (field_list(node_get(object, "spec"), "podCIDRs", ENV_NETS_MAX,
		    &list, &n, e) < 0)
		return err_at(e, "spec");
	for (const struct node *c = node_first(list); c; c = c->next) {
		struct model_net *net = &out->pod_nets[out->n_pod_nets];

		if (address_parse_net(node_text(c), net) < 0)
			return field_refuse(
				e, "spec.podCIDRs", "expected prefixes");
		out->n_pod_nets++;
	}
	return 0;
}

/* Take the first address of that kind in each family that has none yet. */
static void take_addresses(
	const struct node *list, const char *kind, struct nodefacts *out)
{
	for (const struct node *c = node_first(list); c; c = c->next) {
		struct model_ip ip;

		if (!str_is(node_text(node_get(c, "type")), kind) ||
			address_parse(node_text(node_get(c, "address")), &ip) <
				0 ||
			out->has_ip[ip.family])
			continue;
		out->has_ip[ip.family] = true;
		out->ips[ip.family] = ip;
	}
}

int nodefacts_decode(
	const struct node *object, struct nodefacts *out, struct err *e)
{
	const struct node *addresses;
	struct str zone = node_text(
		node_path(object, "metadata", "labels", LABEL_ZONE, NULL));
	size_t n;

	*out = nodefacts_none();
	if (str_copy(zone, out->zone, sizeof(out->zone)) < 0)
		return field_refuse(e, "metadata.labels",
			"the zone is too "
			"long");
	if (decode_taints(object, out, e) < 0 ||
		decode_pod_nets(object, out, e) < 0)
		return -1;
	if (field_list(node_get(object, "status"), "addresses", ENTRIES_MAX,
		    &addresses, &n, e) < 0)
		return err_at(e, "status");
	take_addresses(addresses, "InternalIP", out);
	take_addresses(addresses, "ExternalIP", out);
	return 0;
}

void nodefacts_apply(
	const struct nodefacts *f, bool uses_pod_nets, struct env *env)
{
	memcpy(env->zone, f->zone, sizeof(env->zone));
	memcpy(env->node_ips, f->ips, sizeof(env->node_ips));
	if (!uses_pod_nets)
		return;
	memcpy(env->pod_nets, f->pod_nets, sizeof(env->pod_nets));
	env->n_pod_nets = f->n_pod_nets;
	env->detect = f->n_pod_nets > 0 ? ENV_DETECT_NETS : ENV_DETECT_NONE;
}
