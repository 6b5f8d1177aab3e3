/*
 * configz - the configuration in force, as kube-proxy's /configz shows it.
 *
 * Only what this program obeys is in it, under kube-proxy's names.
 */
#include "kube-proxy-mini/address.h"
#include "kube-proxy-mini/config.h"
#include "lib/base/json.h"

#include <stdio.h>

static const char *const modes[] = {
	[ENV_DETECT_NONE] = "",
	[ENV_DETECT_NETS] = "ClusterCIDR",
	[ENV_DETECT_BRIDGE] = "BridgeInterface",
	[ENV_DETECT_PREFIX] = "InterfaceNamePrefix",
};

static void put_net(struct buf *b, const struct model_net *net)
{
	char text[ADDRESS_TEXT_BYTES];

	buf_fmt(b, "%s/%u", address_text(&net->ip, text),
		(unsigned int)net->bits);
}

static void put_bind(
	struct json_out *o, const char *key, const struct config_bind *bind)
{
	char text[ADDRESS_TEXT_BYTES], whole[ADDRESS_TEXT_BYTES + 16] = "";
	bool has_colons = bind->ip.family == MODEL_V6;

	if (bind->port != 0)
		snprintf(whole, sizeof(whole), "%s%s%s:%u",
			has_colons ? "[" : "", address_text(&bind->ip, text),
			has_colons ? "]" : "", (unsigned int)bind->port);
	json_text(o, key, whole);
}

static void put_cluster_cidr(struct json_out *o, const struct env *env)
{
	char room[ENV_NETS_MAX * (ADDRESS_TEXT_BYTES + 5)];
	struct buf b = buf_fixed(room, sizeof(room));

	for (size_t i = 0; i < env->n_pod_nets; i++) {
		if (i > 0)
			buf_byte(&b, ',');
		put_net(&b, &env->pod_nets[i]);
	}
	json_str(o, "clusterCIDR", buf_view(&b));
}

static void put_nodeports(struct json_out *o, const struct config *c)
{
	json_list(o, "nodePortAddresses");
	if (c->nodeport_primary)
		json_text(o, NULL, "primary");
	for (size_t i = 0; i < c->n_nodeport_nets; i++) {
		char room[ADDRESS_TEXT_BYTES + 5];
		struct buf b = buf_fixed(room, sizeof(room));

		put_net(&b, &c->nodeport_nets[i]);
		json_str(o, NULL, buf_view(&b));
	}
	json_list_end(o);
}

static void put_local(struct json_out *o, const struct config *c)
{
	const struct env *env = &c->env;

	json_text(o, "detectLocalMode",
		c->uses_pod_nets ? "NodeCIDR" : modes[env->detect]);
	json_map(o, "detectLocal");
	json_text(o, "bridgeInterface",
		env->detect == ENV_DETECT_BRIDGE ? env->iface : "");
	json_text(o, "interfaceNamePrefix",
		env->detect == ENV_DETECT_PREFIX ? env->iface : "");
	json_map_end(o);
}

void config_write(const struct config *c, struct buf *out)
{
	struct json_out o = json_out(out, 0);
	char period[32];

	snprintf(period, sizeof(period), "%llums",
		(unsigned long long)c->min_sync_ms);
	json_map(&o, NULL);
	json_map(&o, "kubeproxyconfig");
	json_map(&o, "clientConnection");
	json_text(&o, "kubeconfig", c->kubeconfig != NULL ? c->kubeconfig : "");
	json_map_end(&o);
	json_text(&o, "hostnameOverride", c->env.node_name);
	put_bind(&o, "healthzBindAddress", &c->healthz);
	put_bind(&o, "metricsBindAddress", &c->metrics);
	json_text(&o, "mode", "nftables");
	json_map(&o, "nftables");
	json_truth(&o, "masqueradeAll", c->env.masquerade_all);
	json_text(&o, "minSyncPeriod", period);
	json_map_end(&o);
	put_cluster_cidr(&o, &c->env);
	put_local(&o, c);
	put_nodeports(&o, c);
	json_map_end(&o);
	json_map_end(&o);
}
