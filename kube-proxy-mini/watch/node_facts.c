/*
 * node_facts - one function for each kind of fact.  A Node whose addresses
 * are not all understood still serves: addresses that do not parse, such as
 * host names, are passed over.
 */
#include "kube-proxy-mini/watch/node_facts.h"

#include "kube-proxy-mini/model/address.h"

#include <string.h>

#define LABEL_ZONE    "topology.kubernetes.io/zone"
#define TAINT_LEAVING "ToBeDeletedByClusterAutoscaler"
#define ENTRIES_MAX   1024

struct node_facts node_facts_none(void)
{
	return (struct node_facts){.is_eligible = true};
}

static void decode_taints(struct field_reader *r, const struct node *object,
	struct node_facts *out)
{
	struct field_items list =
		field_list(r, node_get(object, "spec"), "taints", ENTRIES_MAX);
	const struct node *c = list.first;

	out->is_eligible = node_is_null(
		node_path(object, "metadata", "deletionTimestamp", NULL));
	for (size_t i = 0; i < list.n; i++, c = c->next)
		if (str_is(node_text(node_get(c, "key")), TAINT_LEAVING))
			out->is_eligible = false;
}

static void decode_pod_nets(struct field_reader *r, const struct node *object,
	struct node_facts *out)
{
	struct field_items list = field_list(
		r, node_get(object, "spec"), "podCIDRs", ENV_NETS_MAX);
	const struct node *c = list.first;

	for (size_t at = 0; at < list.n; at++, c = c->next)
		if (field_net(r, node_text(c), "podCIDRs", at,
			    &out->pod_nets[out->n_pod_nets]))
			out->n_pod_nets++;
}

/* Take the first address of that kind in each family that has none yet. */
static void take_addresses(const struct field_items *list, const char *kind,
	struct node_facts *out)
{
	const struct node *c = list->first;

	for (size_t i = 0; i < list->n; i++, c = c->next) {
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

struct node_facts node_facts_decode(
	const struct node *object, struct field_reader *r)
{
	struct node_facts facts = node_facts_none();
	struct field_items addresses;
	struct str zone = node_text(
		node_path(object, "metadata", "labels", LABEL_ZONE, NULL));

	if (str_copy(zone, facts.zone, sizeof(facts.zone)) < 0)
		field_odd(r, "metadata.labels", "the zone is too long");
	field_enter(r, "spec");
	decode_taints(r, object, &facts);
	decode_pod_nets(r, object, &facts);
	field_enter(r, "status");
	addresses = field_list(
		r, node_get(object, "status"), "addresses", ENTRIES_MAX);
	take_addresses(&addresses, "InternalIP", &facts);
	take_addresses(&addresses, "ExternalIP", &facts);
	return facts;
}

bool node_facts_keep(struct node_facts *now, const struct node_facts *before)
{
	bool is_any = false;

	for (size_t f = 0; f < MODEL_FAMILIES; f++)
		if (before->has_ip[f] && !now->has_ip[f]) {
			now->has_ip[f] = true;
			now->ips[f] = before->ips[f];
			is_any = true;
		}
	if (before->n_pod_nets > 0 && now->n_pod_nets == 0) {
		memcpy(now->pod_nets, before->pod_nets, sizeof(now->pod_nets));
		now->n_pod_nets = before->n_pod_nets;
		is_any = true;
	}
	return is_any;
}

void node_facts_apply(
	const struct node_facts *f, bool uses_pod_nets, struct env *env)
{
	memcpy(env->zone, f->zone, sizeof(env->zone));
	memcpy(env->node_ips, f->ips, sizeof(env->node_ips));
	if (!uses_pod_nets)
		return;
	memcpy(env->pod_nets, f->pod_nets, sizeof(env->pod_nets));
	env->n_pod_nets = f->n_pod_nets;
	env->detect = f->n_pod_nets > 0 ? ENV_DETECT_NETS : ENV_DETECT_NONE;
}
